//! Sequences that go by a name: one small text each. Those of a phase leave the rest of the connection open.

use super::line::Sequence;

/// A sequence that goes by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    pub name: &'static str,
    /// The sequence, ready for [`Sequence::parse`].
    pub text: &'static str,
    /// What it is, English and Chinese.
    pub about: (&'static str, &'static str),
}

/// The sequence of this name.
pub fn named(name: &str) -> Option<&'static Named> {
    NAMED.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// The name that is likest to one that is not known.
pub fn likest(name: &str) -> Option<String> {
    super::parse::likest(name, NAMED.iter().map(|known| known.name))
}

impl Named {
    /// Ready to be checked.
    pub fn sequence(&self) -> Sequence {
        // A test reads them all.
        Sequence::parse(self.text).unwrap_or_default()
    }
}

macro_rules! table {
    ($($name:literal, $en:literal, $zh:literal;)*) => {
        /// All of them: openings, closings, then what happens to segments on their way.
        pub const NAMED: &[Named] =
            &[$(Named { name: $name, text: include_str!(concat!("named/", $name, ".txt")), about: ($en, $zh) }),*];
    };
}

table! {
    "three-way-handshake", "opening: SYN, SYN-ACK, ACK", "建立：SYN、SYN-ACK、ACK（三次握手）";
    "simultaneous-open", "opening: both SYNs cross", "建立：双方的 SYN 交错（同时打开）";
    "refused", "opening: RST answers the SYN", "建立：SYN 得到 RST（连接被拒绝）";
    "unanswered", "opening: nothing answers the SYN", "建立：SYN 得不到应答";
    "syn-lost", "opening: the first SYN is lost", "建立：第一个 SYN 丢失";
    "syn-ack-lost", "opening: the SYN-ACK is lost", "建立：SYN-ACK 丢失";
    "four-way-close", "closing: FIN, ACK, FIN, ACK", "关闭：FIN、ACK、FIN、ACK（四次挥手）";
    "three-way-close", "closing: the second FIN rides on the ACK", "关闭：第二个 FIN 与 ACK 合并（三次挥手）";
    "simultaneous-close", "closing: both FINs cross", "关闭：双方的 FIN 交错（同时关闭）";
    "half-close", "closing: data still comes after the first FIN", "关闭：第一个 FIN 之后仍有数据（半关闭）";
    "fin-lost", "closing: the first FIN is lost", "关闭：第一个 FIN 丢失";
    "last-ack-lost", "closing: the last ACK is lost, TIME-WAIT begins anew", "关闭：最后的 ACK 丢失，TIME-WAIT 重新计时";
    "reset", "closing: RST", "关闭：RST（异常终止）";
    "zero-window", "flow control: the window closes and opens again", "流量控制：窗口关闭后重新打开";
    "fast-retransmit", "loss: duplicate ACKs, fast retransmit", "丢失：重复确认与快速重传";
    "timeout-retransmission", "loss: the retransmission timer runs out", "丢失：超时重传";
}
