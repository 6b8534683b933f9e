//! Linux's names of the reasons for which it sends RST (`enum sk_rst_reason`), in plain words.

use crate::timeline::Text;

/// What a reason means; `None`: a name of which nothing more can be said.
pub fn reset_reason(name: &str) -> Option<Text> {
    let (en, zh) = match name {
        "NO_SOCKET" => ("no socket has this address", "没有套接字使用此地址"),
        // From the call of close(): octets lay in the receive queue.
        "TCP_ABORT_ON_CLOSE" => ("closed while octets were unread", "关闭时还有未读数据"),
        "TCP_ABORT_ON_DATA" => ("data came after it was closed", "关闭后又有数据到达"),
        "TCP_ABORT_ON_LINGER" => ("no wait in FIN-WAIT-2 was wanted", "不愿在 FIN-WAIT-2 中等待"),
        "TCP_ABORT_ON_MEMORY" => ("too many sockets without a program, or no memory", "无主套接字过多或内存不足"),
        // From tcp_disconnect(), to which close() comes with SO_LINGER 0.
        "TCP_STATE" => ("given up while connected, as by SO_LINGER 0", "在已连接时放弃，如 SO_LINGER 0"),
        "TCP_DISCONNECT_WITH_DATA" => ("given up with octets unsent", "放弃时还有未发送的数据"),
        "TCP_KEEPALIVE_TIMEOUT" => ("keep-alives went unanswered", "保活探测无应答"),
        // The kernel keeps an abandoned FIN-WAIT-2 as it keeps TIME-WAIT.
        "TCP_TIMEWAIT_SOCKET" => ("its socket only waits, and takes no data", "其套接字仅在等待，不再接收数据"),
        "TCP_INVALID_ACK_SEQUENCE" | "TCP_ACK_UNSENT_DATA" => ("an ACK of what was never sent", "确认了从未发送的数据"),
        "TCP_TOO_OLD_ACK" | "TCP_OLD_ACK" => ("an ACK from long ago", "过旧的确认"),
        "TCP_RFC7323_PAWS" => ("an outdated timestamp", "时间戳过旧"),
        "TCP_FLAGS" => ("flags that do not belong here", "不应出现的标志位"),
        "INVALID_SYN" | "TCP_INVALID_SYN" => ("a SYN where none may be", "不应出现的 SYN"),
        _ => return None,
    };
    Some(Text::new(en, zh))
}
