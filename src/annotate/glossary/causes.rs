//! What lies behind an opening or a closing, explained: each cause of the timeline, and what to do about it.

use crate::timeline::{CloseCause, OpenCause};

/// What it means, and what to do about it.
pub(super) fn of_opening(cause: OpenCause) -> [(&'static str, &'static str); 2] {
    match cause {
        OpenCause::SynLost => [
            (
                "The first SYN did not arrive: the answer echoes the timestamp of a later one, or the other end's capture lacks it.",
                "第一个 SYN 没有到达：应答回显的是后一个 SYN 的时间戳，或另一端的捕获中没有它。",
            ),
            (
                "One is normal. If it repeats, look for loss on the way to the server, and for a full accept queue (nstat TcpExtListenOverflows).",
                "偶尔出现属正常。若反复出现，检查到服务器方向的丢包和全连接队列是否已满（nstat TcpExtListenOverflows）。",
            ),
        ],
        OpenCause::SynAckLost => [
            (
                "A SYN,ACK was seen to be lost, or the SYN came again after it: it did not reach the client in time.",
                "SYN,ACK 已证实丢失，或在它之后 SYN 再次发送：它没有及时到达客户端。",
            ),
            (
                "If it repeats, look for loss, or for a firewall, on the way from the server to the client.",
                "若反复出现，检查服务器到客户端方向的丢包或防火墙。",
            ),
        ],
        OpenCause::SynAckOrAckLost => [
            (
                "The SYN,ACK came again before any acknowledgment was seen: it was lost, or the client's ACK was. From one place both look the same.",
                "在看到任何确认之前 SYN,ACK 再次发送：它丢失了，或客户端的 ACK 丢失了。只从一处捕获无法区分。",
            ),
            (
                "Capture at both ends to tell (synfin replay --client ONE --server OTHER).",
                "在两端同时捕获即可区分（synfin replay --client 一端 --server 另一端）。",
            ),
        ],
        OpenCause::SynOrAnswerLost => [
            (
                "The SYN came again and no answer was seen in between: the SYN or its answer was lost, and nothing tells which.",
                "SYN 再次发送，其间没有看到应答：SYN 或其应答丢失，无法判断是哪一个。",
            ),
            ("Capture at the server too: does the SYN arrive there?", "在服务器端也捕获：SYN 是否到达？"),
        ],
        OpenCause::ThirdAckLost => [
            (
                "The client's ACK was seen, yet the SYN,ACK came again: the ACK was lost or late.",
                "看到了客户端的 ACK，但 SYN,ACK 仍再次发送：该 ACK 丢失或迟到。",
            ),
            (
                "One is normal. If it repeats, look for loss on the way to the server.",
                "偶尔出现属正常。若反复出现，检查到服务器方向的丢包。",
            ),
        ],
        OpenCause::AcceptQueueFull => [
            (
                "The server repeats its SYN,ACK whatever the client acknowledges, or ignores SYNs after it had accepted others: likely its accept queue is full.",
                "无论客户端如何确认，服务器都重传 SYN,ACK，或在接受过其他连接之后忽略 SYN：其全连接队列很可能已满。",
            ),
            (
                "Let the program accept() faster, or raise its backlog and net.core.somaxconn (ss -ltn shows the queue, nstat TcpExtListenOverflows counts).",
                "让程序更快地 accept()，或加大 backlog 与 net.core.somaxconn（ss -ltn 显示队列，nstat TcpExtListenOverflows 计数）。",
            ),
        ],
        OpenCause::ClosedPort => [
            (
                "A RST answered the SYN: nobody listens on the port, or a firewall says so.",
                "SYN 得到 RST 应答：该端口没有进程监听，或防火墙代为拒绝。",
            ),
            ("Check the port and whether the server runs (ss -ltn).", "检查端口号以及服务器是否在运行（ss -ltn）。"),
        ],
        OpenCause::Filtered => [
            (
                "No answer at all: a firewall drops the SYN, nobody is there, or the answer takes another way.",
                "完全没有应答：防火墙丢弃了 SYN、目标不存在，或应答走了另一条路。",
            ),
            (
                "Check the address, the route and the firewalls; capture at the server to see whether the SYN arrives.",
                "检查地址、路由和防火墙；在服务器端捕获，看 SYN 是否到达。",
            ),
        ],
        OpenCause::Withdrawn => [
            (
                "The client took its SYN back by a RST before any answer: tools do so, kernels do not.",
                "在得到应答之前，客户端以 RST 撤回了 SYN：某些工具会这样做，内核不会。",
            ),
            (
                "Nothing, unless many come from one address: then it is a scan.",
                "无需处理；若同一地址大量出现，则为扫描。",
            ),
        ],
        OpenCause::NoAck => [
            (
                "The SYN,ACK was never acknowledged: a forged sender (SYN flood), a client that is gone, or loss.",
                "SYN,ACK 始终没有得到确认：伪造的源地址（SYN 洪泛）、客户端已消失，或丢包。",
            ),
            (
                "Many at once are a SYN flood: net.ipv4.tcp_syncookies=1. A few: look for loss or a one-way filter towards the client.",
                "大量同时出现为 SYN 洪泛：设 net.ipv4.tcp_syncookies=1。少量：检查到客户端方向的丢包或单向过滤。",
            ),
        ],
        OpenCause::AckTooLate => [
            (
                "The client's ACK came when the server had given up SYN-RECEIVED, and was answered by RST.",
                "客户端的 ACK 到达时服务器已放弃 SYN-RECEIVED，因此以 RST 应答。",
            ),
            (
                "Find what held the ACK back or lost it for so long; the server's patience is net.ipv4.tcp_synack_retries.",
                "查找是什么使 ACK 迟到或丢失这么久；服务器等待多久由 net.ipv4.tcp_synack_retries 决定。",
            ),
        ],
        OpenCause::SynScan => [
            (
                "SYN, SYN,ACK, RST and no more: a port scan that found the port open, or a SYN that its sender did not know.",
                "SYN、SYN,ACK、RST，仅此而已：发现端口开放的扫描，或发送方并不认识的 SYN。",
            ),
            ("Nothing for one; many from one address are a scan.", "单个无需处理；同一地址大量出现则为扫描。"),
        ],
        OpenCause::StaleSyn => [
            (
                "A SYN of an earlier connection, or one that its supposed sender had not sent, was answered, and the answer refused by RST (RFC 9293 figure 8).",
                "较早连接的 SYN（或所称发送方并未发送的 SYN）得到了应答，该应答被 RST 拒绝（RFC 9293 图 8）。",
            ),
            ("Nothing: the handshake protects against it.", "无需处理：握手机制正是为此设计的。"),
        ],
        OpenCause::WrongAck => [
            (
                "The SYN,ACK was answered by a number that was never sent, so the server did not open.",
                "对 SYN,ACK 的应答使用了从未发送过的序号，因此服务器没有建立连接。",
            ),
            (
                "Look for a device on the way that rewrites sequence numbers, or for forged segments.",
                "检查途中是否有改写序号的设备，或伪造的报文段。",
            ),
        ],
        OpenCause::OldConnection => [
            (
                "The server still knew an older connection of these ports and answered with its numbers (RFC 9293 figure 9): the client had crashed, or its ports were taken again too soon.",
                "服务器仍保留着这些端口上的旧连接，并以其序号应答（RFC 9293 图 9）：客户端曾崩溃，或端口重用过早。",
            ),
            (
                "Let the server find dead peers by keep-alives; avoid fixed client ports.",
                "让服务器用保活探测发现已消失的对方；避免固定的客户端端口。",
            ),
        ],
        OpenCause::FourWay => [
            (
                "The server answered the SYN by a SYN of its own, and the client acknowledged that.",
                "服务器以自己的 SYN 应答，由客户端确认。",
            ),
            (
                "Allowed and unusual: look at who does it; some filters are slipped past so.",
                "允许但少见：检查是谁这样做；这可用于绕过某些过滤器。",
            ),
        ],
        OpenCause::FiveWay => [
            (
                "The server answered by ACK first, and by a SYN of its own afterwards.",
                "服务器先以 ACK 应答，之后才发送自己的 SYN。",
            ),
            (
                "Allowed and unusual: look at who does it; some filters are slipped past so.",
                "允许但少见：检查是谁这样做；这可用于绕过某些过滤器。",
            ),
        ],
        OpenCause::NetUnreachable => [
            ("ICMP: there is no way to the network.", "ICMP：没有到该网络的路由。"),
            (
                "Check the route on the router that reports it (ip route get ADDRESS).",
                "检查报告方路由器上的路由（ip route get 地址）。",
            ),
        ],
        OpenCause::HostUnreachable => [
            ("ICMP: the host does not answer, or there is no way to it.", "ICMP：主机不应答，或没有到它的路由。"),
            (
                "Check that the host is up and in the network (ip neigh on the last router).",
                "检查主机是否在线并在该网络中（最后一跳路由器上的 ip neigh）。",
            ),
        ],
        OpenCause::ProtocolUnreachable => [
            ("ICMP: the host does not speak TCP.", "ICMP：该主机不支持 TCP。"),
            ("Check the address: no ordinary host says so.", "检查地址：普通主机不会这样应答。"),
        ],
        OpenCause::PortUnreachable => [
            (
                "ICMP: no such port; for TCP this comes from a firewall that rejects.",
                "ICMP：端口不可达；对 TCP 而言来自拒绝连接的防火墙。",
            ),
            ("Check the firewall of who reports it.", "检查报告方的防火墙。"),
        ],
        OpenCause::Prohibited => [
            ("ICMP: a firewall forbids it.", "ICMP：被防火墙禁止。"),
            ("Check the firewall of who reports it.", "检查报告方的防火墙。"),
        ],
        OpenCause::TimeExceeded => [
            (
                "ICMP: the time to live ran out on the way: a routing loop, or a TTL that is too small.",
                "ICMP：生存时间在途中耗尽：路由环路，或 TTL 过小。",
            ),
            ("Look for a routing loop (traceroute -T).", "检查路由环路（traceroute -T）。"),
        ],
    }
}

/// What it means, and what to do about it.
pub(super) fn of_closing(cause: CloseCause) -> [(&'static str, &'static str); 2] {
    match cause {
        CloseCause::OtherDevice => [
            (
                "The RST does not look like its sender's segments, or its sender's own capture lacks it: a device on the way may have sent it.",
                "该 RST 与其发送方的其他报文段不符，或发送方自己的捕获中没有它：可能由途中的设备发出。",
            ),
            (
                "Look for a firewall, load balancer or filter on the way; capture at both ends.",
                "检查途中的防火墙、负载均衡器或过滤设备；在两端捕获。",
            ),
        ],
        CloseCause::ClosedPort => [
            (
                "A RST answers a first segment without SYN and ACK, as NULL, FIN and XMAS scans send it: no connection was there, and nobody listens on the port.",
                "RST 应答的是首个既无 SYN 也无 ACK 的报文段（NULL、FIN 或 XMAS 扫描）：没有连接，该端口也没有进程监听。",
            ),
            ("Nothing for one; many from one address are a scan.", "单个无需处理；同一地址大量出现则为扫描。"),
        ],
        CloseCause::FinWait2Abandoned => [
            (
                "The closer had waited in FIN-WAIT-2 and forgot the connection; what came later was answered by RST.",
                "先关闭的一方在 FIN-WAIT-2 等待后放弃了连接；之后到来的报文段得到 RST 应答。",
            ),
            (
                "Let the other program close its socket soon after it reads the end of the data (Linux waits net.ipv4.tcp_fin_timeout).",
                "让另一方程序在读到数据结尾后尽快关闭套接字（Linux 等待 net.ipv4.tcp_fin_timeout）。",
            ),
        ],
        CloseCause::DataAfterClose => [
            ("Data arrived after its receiver had closed its socket.", "数据在接收方关闭套接字之后到达。"),
            (
                "Read until the end before you close, or use shutdown() and read on.",
                "关闭之前应读到结尾，或使用 shutdown() 后继续读取。",
            ),
        ],
        CloseCause::VanishedSocket => [
            (
                "The sender of the RST knows no such connection any more: its process or host restarted, or a device on the way forgot the connection.",
                "RST 的发送方已没有这个连接：进程或主机已重启，或途中设备丢失了连接状态。",
            ),
            (
                "Look for a restart at that time; else make keep-alives shorter than the idle timeouts on the way.",
                "检查当时是否有重启；否则让保活间隔短于途中设备的空闲超时。",
            ),
        ],
        CloseCause::AbortAfterFin => [
            (
                "The closer sent FIN, and then aborted without waiting for the other side.",
                "先关闭的一方发送了 FIN，随后不等对方结束就异常终止。",
            ),
            (
                "Harmless if nothing more was wanted; else read until the other side's end before the socket is closed.",
                "若不再需要数据则无害；否则应读到对方结束后再关闭套接字。",
            ),
        ],
        CloseCause::IdleTimeout => [
            (
                "Aborted after a silence: an idle timeout of the program, or of a device on the way.",
                "静默之后异常终止：程序的空闲超时，或途中设备的超时。",
            ),
            (
                "Find whose timeout it is; keep-alives more often than that keep the connection.",
                "查明是谁的超时；更频繁的保活可维持连接。",
            ),
        ],
        CloseCause::PeerVanished => [
            (
                "Its keep-alives or retransmissions had gone unanswered: it likely gave the peer up (ETIMEDOUT).",
                "其保活或重传一直没有得到应答：很可能放弃了对方（ETIMEDOUT）。",
            ),
            (
                "Look at the silent side and the way to it: a crash, a lost link, a NAT that forgot the connection.",
                "检查沉默的一方以及到它的路径：崩溃、链路中断、NAT 丢失了连接。",
            ),
        ],
        CloseCause::ClosedWindow => [
            (
                "The other side's window had been closed for long: its program did not read, and the sender gave up.",
                "对方的窗口长时间关闭：其程序没有读取，发送方放弃了。",
            ),
            (
                "Look at the program that does not read (ss -tmi), not at the network.",
                "检查不读取数据的程序（ss -tmi），而不是网络。",
            ),
        ],
        CloseCause::UnreadData => [
            (
                "Aborted while data had arrived, or was arriving, that its program had not read.",
                "异常终止时有已到达或正在到达而程序未读取的数据。",
            ),
            (
                "Read until the end before you close: a close with unread data sends RST instead of FIN (RFC 2525 2.17).",
                "关闭之前应读到结尾：有未读数据时关闭会发送 RST 而不是 FIN（RFC 2525 2.17）。",
            ),
        ],
        CloseCause::MidTransfer => [
            (
                "Aborted while its own data was under way, which may be lost.",
                "异常终止时自身的数据尚在途中，可能已丢失。",
            ),
            (
                "Look at the program of who sent the RST: was it stopped, or does it close with SO_LINGER 0?",
                "检查发送 RST 的程序：是否被终止，或以 SO_LINGER 0 关闭？",
            ),
        ],
        CloseCause::LingerZero => [
            (
                "Aborted although nothing had arrived that could be unread: as with linger 0.",
                "在没有任何可能未读的数据时异常终止：如 linger 0。",
            ),
            (
                "Look for SO_LINGER 0 in the program of who sent the RST; health checks and scans do it on purpose.",
                "检查发送 RST 的程序是否使用 SO_LINGER 0；健康检查和扫描会有意这样做。",
            ),
        ],
        CloseCause::FinBehindData => [
            (
                "The kernel says that the program has closed; its FIN comes after the data that is still to be sent, and that did not get through: so no FIN was seen (RFC 9293 3.10.4).",
                "内核表明程序已经关闭；FIN 须排在尚未送达的数据之后，因此没有看到 FIN（RFC 9293 3.10.4）。",
            ),
            (
                "Find out why the data does not get through (loss, corruption, a closed window); the kernel tries on after close() and gives up in the end (net.ipv4.tcp_orphan_retries).",
                "查明数据为何未能送达（丢包、损坏或窗口关闭）；close() 之后内核仍会重试，最终放弃（net.ipv4.tcp_orphan_retries）。",
            ),
        ],
        CloseCause::Abort => [
            (
                "Aborted: linger 0 or unread data, which the wire does not tell apart.",
                "异常终止：linger 0 或有未读数据，从报文中无法区分。",
            ),
            (
                "Look at the program of who sent the RST: does it read until the end, does it set SO_LINGER 0?",
                "检查发送 RST 的程序：是否读到结尾，是否设置 SO_LINGER 0？",
            ),
        ],
    }
}
