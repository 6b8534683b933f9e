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

/// How the kernel's states are come by, and where they have gaps.
pub(super) const STATES: (&str, &str) = (
    "The lab asks both kernels every 2 ms which state each socket is in (sock_diag); as root it also hears each change, to the microsecond, from the kernel's tracepoints. Both must be the states that the packets give. Three gaps are no contradiction. A state shorter than the time between two questions may be missing from the answers. SYN-RECEIVED is only a request until the last ACK makes a socket of it: tracepoints tell of it when it is over, so the answers stand. TIME-WAIT, and FIN-WAIT-2 of a socket that no program holds, are kept in a smaller form: tracepoints show the change to it as CLOSE, long before the wait is over, so again the answers stand.",
    "实验每 2 ms 向两个内核询问每个套接字的状态（sock_diag）；以 root 运行时还从内核跟踪点得知每次变化，精确到微秒。两者都必须与数据包给出的状态一致。有三处缺口不算矛盾：短于两次询问间隔的状态可能不在回答中；SYN-RECEIVED 在最后的 ACK 使其成为套接字之前只是一个请求，跟踪点在其结束时才报告，故以回答为准；TIME-WAIT 以及没有程序持有的 FIN-WAIT-2 以更小的形式保存，跟踪点把转入该形式显示为 CLOSE，远早于等待结束，故同样以回答为准。",
);
