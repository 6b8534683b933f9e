//! The kernel's own words: Linux's names of the reasons for which it sends RST (`enum sk_rst_reason`), and what its states
//! do not tell.

use crate::timeline::Text;

/// What a reason means; `None`: a name of which nothing more can be said.
pub fn reset_reason(name: &str) -> Option<Text> {
    REASONS.into_iter().find(|(known, ..)| *known == name).map(|(_, en, zh)| Text::new(en, zh))
}

/// As the tracepoint names them: with and without `TCP_`.
pub(super) const REASONS: [(&str, &str, &str); 16] = [
    ("NO_SOCKET", "no socket has this address", "没有套接字使用此地址"),
    // From close(): octets lay in the receive queue.
    ("TCP_ABORT_ON_CLOSE", "closed while octets were unread", "关闭时还有未读数据"),
    ("TCP_ABORT_ON_DATA", "data came after it was closed", "关闭后又有数据到达"),
    ("TCP_ABORT_ON_LINGER", "no wait in FIN-WAIT-2 was wanted", "不愿在 FIN-WAIT-2 中等待"),
    ("TCP_ABORT_ON_MEMORY", "too many sockets without a program, or no memory", "无主套接字过多或内存不足"),
    // From tcp_disconnect(), to which close() comes with SO_LINGER 0.
    ("TCP_STATE", "given up while connected, as by SO_LINGER 0", "在已连接时放弃，如 SO_LINGER 0"),
    ("TCP_DISCONNECT_WITH_DATA", "given up with octets unsent", "放弃时还有未发送的数据"),
    ("TCP_KEEPALIVE_TIMEOUT", "keep-alives went unanswered", "保活探测无应答"),
    // The kernel keeps an abandoned FIN-WAIT-2 as it keeps TIME-WAIT.
    ("TCP_TIMEWAIT_SOCKET", "its socket only waits, and takes no data", "其套接字仅在等待，不再接收数据"),
    ("TCP_INVALID_ACK_SEQUENCE", "an ACK of what was never sent", "确认了从未发送的数据"),
    ("TCP_ACK_UNSENT_DATA", "an ACK of what was never sent", "确认了从未发送的数据"),
    ("TCP_TOO_OLD_ACK", "an ACK from long ago", "过旧的确认"),
    ("TCP_OLD_ACK", "an ACK from long ago", "过旧的确认"),
    ("TCP_RFC7323_PAWS", "an outdated timestamp", "时间戳过旧"),
    ("TCP_FLAGS", "flags that do not belong here", "不应出现的标志位"),
    ("INVALID_SYN", "a SYN where none may be", "不应出现的 SYN"),
];

/// What a reason means at length, and what to do about it: each pair English and Chinese.
pub(super) fn explained(name: &str) -> Option<[(&'static str, &'static str); 2]> {
    Some(match name {
        "NO_SOCKET" => [
            (
                "A segment came for which this host has no socket: nobody listens on the port, or the connection is over, or was never here. The RST says so (RFC 9293 3.5.2).",
                "收到的报文段在本机没有对应的套接字：端口无人监听、连接已结束，或从未存在。RST 告知这一点（RFC 9293 3.5.2）。",
            ),
            (
                "Answering a SYN: start the server, or correct the port. Later: look for a program that ended, or a host that restarted.",
                "若应答的是 SYN：启动服务器或更正端口。若在之后：查找已结束的程序或重启过的主机。",
            ),
        ],
        "TCP_ABORT_ON_CLOSE" => [
            (
                "The program called close() while octets that had arrived were still unread. TCP may not pretend that they were taken, so Linux sends RST instead of FIN (RFC 2525 2.17); what it had sent itself and was still under way may be lost too.",
                "程序调用 close() 时，已到达的数据还未读取。TCP 不能假装数据已被接收，因此 Linux 发送 RST 而不是 FIN（RFC 2525 2.17）；它自己尚在途中的数据也可能丢失。",
            ),
            (
                "Read until recv() gives 0 before close(), or shutdown(SHUT_WR) first and then read to the end.",
                "在 close() 之前一直读到 recv() 返回 0；或先 shutdown(SHUT_WR)，再读到结尾。",
            ),
        ],
        "TCP_ABORT_ON_DATA" => [
            (
                "Data came for a socket that its program had closed: nobody is left to read it, so Linux answers by RST. The sender gets ECONNRESET, then EPIPE.",
                "数据到达时，程序已关闭该套接字：再没有人读取，因此 Linux 以 RST 应答。发送方先得到 ECONNRESET，之后是 EPIPE。",
            ),
            (
                "Let the peer stop sending once recv() gave 0, or close only when all has been read (shutdown() ends one direction alone).",
                "让对方在 recv() 返回 0 后停止发送，或在全部读完后再关闭（shutdown() 只结束一个方向）。",
            ),
        ],
        "TCP_ABORT_ON_LINGER" => [
            (
                "The socket was closed with TCP_LINGER2 below zero: it does not wait in FIN-WAIT-2 for the other FIN.",
                "套接字关闭时 TCP_LINGER2 为负值：不在 FIN-WAIT-2 中等待对方的 FIN。",
            ),
            ("Leave TCP_LINGER2 alone, unless that is meant.", "除非有意如此，不要设置 TCP_LINGER2。"),
        ],
        "TCP_ABORT_ON_MEMORY" => [
            (
                "The kernel had too many sockets that no program holds any more, or no memory for TCP, and cut this one off.",
                "没有程序持有的套接字过多，或 TCP 内存不足，内核因此终止了该套接字。",
            ),
            (
                "Look at net.ipv4.tcp_max_orphans and net.ipv4.tcp_mem, and why so many closed sockets never come to their end.",
                "检查 net.ipv4.tcp_max_orphans 与 net.ipv4.tcp_mem，以及为何这么多已关闭的套接字无法结束。",
            ),
        ],
        "TCP_STATE" => [
            (
                "The socket was given up while it was connected: close() with SO_LINGER set to 0, or connect() to no address (AF_UNSPEC). No FIN, no TIME-WAIT; data under way is lost.",
                "套接字在连接状态下被放弃：SO_LINGER 为 0 时调用 close()，或以 AF_UNSPEC 调用 connect()。没有 FIN，也没有 TIME-WAIT；在途数据丢失。",
            ),
            (
                "Do not set SO_LINGER to 0 to avoid TIME-WAIT; let the client close first, or use SO_REUSEADDR.",
                "不要为避免 TIME-WAIT 而把 SO_LINGER 设为 0；可让客户端先关闭，或使用 SO_REUSEADDR。",
            ),
        ],
        "TCP_DISCONNECT_WITH_DATA" => [
            (
                "The socket was given up while octets of its own had not been sent or acknowledged: they are lost.",
                "套接字被放弃时，自身还有数据未发送或未确认：这些数据丢失。",
            ),
            (
                "Close without SO_LINGER 0, and wait for the peer's FIN before the process ends.",
                "关闭时不要使用 SO_LINGER 0，并在进程结束前等待对方的 FIN。",
            ),
        ],
        "TCP_KEEPALIVE_TIMEOUT" => [
            (
                "So many keep-alives as the socket allows went unanswered: the kernel takes the peer for gone. The program gets ETIMEDOUT.",
                "无应答的保活探测达到套接字允许的次数：内核认为对方已不存在。程序得到 ETIMEDOUT。",
            ),
            (
                "Look for a host that is down, or a NAT or firewall that forgot the connection; TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT set the times.",
                "检查对方主机是否宕机，或 NAT、防火墙是否丢失了连接；时间由 TCP_KEEPIDLE、TCP_KEEPINTVL 和 TCP_KEEPCNT 设定。",
            ),
        ],
        "TCP_TIMEWAIT_SOCKET" => [
            (
                "What is left of the connection only waits (TIME-WAIT, or FIN-WAIT-2 without a program) and takes no new data or SYN; so it answers by RST.",
                "该连接只剩下等待（TIME-WAIT，或没有程序的 FIN-WAIT-2），不接收新的数据或 SYN，因此以 RST 应答。",
            ),
            (
                "The peer must not send after it has been told that nobody reads; for new connections choose another port, or wait until 2MSL is over.",
                "对方在得知无人读取后不应再发送；新连接请换用其他端口，或等待 2MSL 结束。",
            ),
        ],
        "TCP_INVALID_ACK_SEQUENCE" | "TCP_ACK_UNSENT_DATA" => [
            (
                "A segment acknowledged octets that were never sent: it belongs to another connection of these ports, or is forged (RFC 9293 3.10.7).",
                "报文段确认了从未发送的数据：它属于相同端口的另一个连接，或是伪造的（RFC 9293 3.10.7）。",
            ),
            (
                "Look for an old duplicate, for a host that restarted, and for devices that change sequence numbers.",
                "检查旧的重复报文段、重启过的主机，以及会改写序号的设备。",
            ),
        ],
        "TCP_TOO_OLD_ACK" | "TCP_OLD_ACK" => [
            (
                "The acknowledgment lies so far behind what is under way that no honest peer sends it now (RFC 5961 5): a late duplicate, or a guess.",
                "该确认远远落后于在途数据，正常的对方此时不会发送（RFC 5961 5）：迟到的重复报文段，或猜测的伪造。",
            ),
            ("Nothing for one; many may be an attempt to break in.", "单个无需处理；大量出现可能是攻击尝试。"),
        ],
        "TCP_RFC7323_PAWS" => [
            (
                "The timestamp is older than the newest that was taken: the segment counts as an old duplicate (PAWS, RFC 7323 5.3).",
                "时间戳早于已接收的最新时间戳：该报文段视为旧的重复（PAWS，RFC 7323 5.3）。",
            ),
            (
                "Look for several hosts behind one address (NAT) whose clocks differ, or a clock that went backwards.",
                "检查是否有时钟不同的多台主机共用一个地址（NAT），或时钟倒退。",
            ),
        ],
        "TCP_FLAGS" => [
            (
                "The control bits make no sense where the connection stands, as an ACK for a socket that only listens.",
                "控制位与连接当前状态不符，例如发往仅在监听的套接字的 ACK。",
            ),
            (
                "Look for a scan, or for a peer that remembers a connection this host has forgotten.",
                "检查是否有扫描，或对方仍记得本机已丢失的连接。",
            ),
        ],
        "INVALID_SYN" => [
            (
                "A SYN came in the middle of a connection, within its window: the peer restarted, or somebody forged it (RFC 5961 4).",
                "连接进行中收到窗口内的 SYN：对方已重启，或有人伪造（RFC 5961 4）。",
            ),
            (
                "Find out whether the peer lost its memory of the connection; a firewall can drop forged SYNs.",
                "查明对方是否丢失了连接状态；防火墙可以丢弃伪造的 SYN。",
            ),
        ],
        _ => return None,
    })
}

/// How the kernel's states are come by, and where they have gaps.
pub(super) const STATES: (&str, &str) = (
    "The lab asks both kernels every 2 ms which state each socket is in (sock_diag); as root it also hears each change, to the microsecond, from the kernel's tracepoints. Both must be the states that the packets give. Three gaps are no contradiction. A state shorter than the time between two questions may be missing from the answers. SYN-RECEIVED is only a request until the last ACK makes a socket of it: tracepoints tell of it when it is over, so the answers stand. TIME-WAIT, and FIN-WAIT-2 of a socket that no program holds, are kept in a smaller form: tracepoints show the change to it as CLOSE, long before the wait is over, so again the answers stand.",
    "实验每 2 ms 向两个内核询问每个套接字的状态（sock_diag）；以 root 运行时还从内核跟踪点得知每次变化，精确到微秒。两者都必须与数据包给出的状态一致。有三处缺口不算矛盾：短于两次询问间隔的状态可能不在回答中；SYN-RECEIVED 在最后的 ACK 使其成为套接字之前只是一个请求，跟踪点在其结束时才报告，故以回答为准；TIME-WAIT 以及没有程序持有的 FIN-WAIT-2 以更小的形式保存，跟踪点把转入该形式显示为 CLOSE，远早于等待结束，故同样以回答为准。",
);
