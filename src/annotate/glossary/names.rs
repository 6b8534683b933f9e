//! Words about names, explained: what stands before the SYN.

/// Each with its meaning, and what to do about it.
pub(super) const NAMES: [(&str, [(&str, &str); 2]); 9] = [
    (
        "lookup",
        [
            (
                "The name of a host was made an address before the connection began: by the hosts file, or by a DNS server (RFC 1035). An answer belongs to the connections that the same client opens to an address in it, while it may be kept; of several answers the latest counts.",
                "连接开始之前，主机的名字先被变成地址：由 hosts 文件或 DNS 服务器（RFC 1035）给出。同一客户端在应答的有效期内向其中的地址建立的连接，都算作由它而来；若有多个应答，以最近的为准。",
            ),
            (
                "It costs a round trip to the DNS server unless somebody remembers the answer. Where it takes much longer, ask the server itself: dig NAME @SERVER.",
                "除非有缓存，否则需要一次到 DNS 服务器的往返。若耗时明显更长，可直接询问该服务器：dig 名字 @服务器。",
            ),
        ],
    ),
    (
        "dns",
        [
            (
                "The Domain Name System: a query and its answer carry the same number, mostly in one UDP datagram each, to port 53. A asks for IPv4 addresses, AAAA for IPv6; CNAME says that a name stands for another one. What does not fit is asked for again over TCP.",
                "域名系统：查询与应答带有相同的编号，通常各占一个发往 53 端口的 UDP 数据报。A 查询 IPv4 地址，AAAA 查询 IPv6 地址，CNAME 表示一个名字是另一个名字的别名。放不下的应答改用 TCP 再查一次。",
            ),
            (
                "Where UDP to port 53 is filtered, lookups take seconds or fail: see whether the queries of the capture have answers.",
                "若发往 UDP 53 端口的数据被过滤，查询会耗时数秒或失败：看看捕获中的查询是否都有应答。",
            ),
        ],
    ),
    (
        "hosts-file",
        [
            (
                "The host's own list of names, older than DNS, and mostly asked before it: an address and its names on each line.",
                "主机自己的名字表，比 DNS 更早，通常也先于 DNS 查询：每行一个地址及其名字。",
            ),
            (
                "Where a name leads somewhere odd, look here first: /etc/hosts, or C:\\Windows\\System32\\drivers\\etc\\hosts.",
                "若某个名字指向奇怪的地方，先看这里：/etc/hosts，或 C:\\Windows\\System32\\drivers\\etc\\hosts。",
            ),
        ],
    ),
    (
        "nxdomain",
        [
            (
                "There is no such name, says a server that must know (RFC 2308). No address, no connection.",
                "权威的答复：没有这个名字（RFC 2308）。没有地址，就没有连接。",
            ),
            (
                "Check the spelling. A name that only exists inside a company needs the company's DNS server.",
                "检查拼写。只在公司内部存在的名字需要公司的 DNS 服务器。",
            ),
        ],
    ),
    (
        "servfail",
        [
            (
                "The DNS server could not find an answer: it did not reach those that know, or their answer was not trusted (DNSSEC).",
                "DNS 服务器未能得到答案：它联系不上知道答案的服务器，或对方的应答不可信（DNSSEC）。",
            ),
            (
                "Ask another server, to see whose fault it is: dig NAME @SERVER.",
                "换一个服务器查询，判断问题在哪一方：dig 名字 @服务器。",
            ),
        ],
    ),
    (
        "loopback",
        [
            (
                "An address of the host itself: 127.0.0.0/8 (RFC 1122 3.2.1.3) and ::1 (RFC 4291 2.5.3). What is sent there never leaves it. localhost stands for both (RFC 6761 6.3).",
                "主机自身的地址：127.0.0.0/8（RFC 1122 3.2.1.3）和 ::1（RFC 4291 2.5.3）。发往这里的数据不会离开本机。localhost 代表这两个地址（RFC 6761 6.3）。",
            ),
            (
                "A server that listens there cannot be reached from other hosts: let it listen at 0.0.0.0 or [::].",
                "在这里监听的服务器无法从其他主机访问：请监听 0.0.0.0 或 [::]。",
            ),
        ],
    ),
    (
        "private",
        [
            (
                "An address of a private network: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918), fc00::/7 (RFC 4193). The same address may stand for different hosts in different networks; to the Internet it must be translated (NAT).",
                "私有网络的地址：10.0.0.0/8、172.16.0.0/12、192.168.0.0/16（RFC 1918），fc00::/7（RFC 4193）。同一地址在不同网络中可能是不同的主机；访问互联网要经过地址转换（NAT）。",
            ),
            (
                "To be reached from outside, such a host needs a port that the translator hands on to it.",
                "若要从外部访问这样的主机，需要在地址转换设备上设置端口转发。",
            ),
        ],
    ),
    (
        "link-local",
        [
            (
                "An address that means something on one link only: 169.254.0.0/16 (RFC 3927), which hosts choose where nobody assigns them one, and fe80::/10 (RFC 4291 2.5.6), which every IPv6 interface has.",
                "只在一条链路上有意义的地址：169.254.0.0/16（RFC 3927，没有分配到地址的主机自行选用）和 fe80::/10（RFC 4291 2.5.6，每个 IPv6 接口都有）。",
            ),
            (
                "An IPv4 address of this kind mostly means that DHCP did not answer.",
                "出现这类 IPv4 地址，通常说明 DHCP 没有应答。",
            ),
        ],
    ),
    (
        "public",
        [
            (
                "An address of the Internet, known everywhere and once only (IANA hands them out).",
                "互联网地址，全球唯一、处处可达（由 IANA 分配）。",
            ),
            (
                "It can be reached from everywhere: let a firewall say by whom it may.",
                "它处处可达：请用防火墙限定谁可以访问。",
            ),
        ],
    ),
];
