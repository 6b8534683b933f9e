//! Words that several rules and verdicts share.

use crate::tcp::{IcmpReason, Peer};
use crate::timeline::Text;
pub use crate::timeline::amount::{octets, some, span, times};

/// The peer by its role: A opened, so A is the client.
pub fn role(peer: Peer) -> Text {
    match peer {
        Peer::A => Text::new("client", "客户端"),
        Peer::B => Text::new("server", "服务器"),
    }
}

/// What an ICMP error says, to follow "X says".
pub fn icmp_reason(reason: IcmpReason) -> Text {
    let (en, zh) = match reason {
        IcmpReason::NetUnreachable => ("network unreachable", "网络不可达"),
        IcmpReason::HostUnreachable => ("host unreachable", "主机不可达"),
        IcmpReason::ProtocolUnreachable => ("protocol unreachable", "协议不可达"),
        IcmpReason::PortUnreachable => ("port unreachable", "端口不可达"),
        IcmpReason::Prohibited => ("administratively prohibited", "被管理策略禁止"),
        IcmpReason::TimeExceeded => ("time to live exceeded on the way", "生存时间 TTL 在途中耗尽"),
        IcmpReason::TooBig { mtu: 0 } => ("packet too big", "数据包过大"),
        IcmpReason::TooBig { mtu } => {
            return Text::new(
                format!("packet too big, next hop's MTU is {mtu}"),
                format!("数据包过大，下一跳 MTU 为 {mtu}"),
            );
        }
        IcmpReason::Other { kind, code } => {
            return Text::new(format!("ICMP type {kind} code {code}"), format!("ICMP 类型 {kind} 代码 {code}"));
        }
    };
    Text::new(en, zh)
}
