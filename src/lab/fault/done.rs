//! A fault that was carried out, in Chinese. (Its English is the sentence in which it was asked for.)

use super::{Action, Fault, Kind, Selector, Which};
use crate::tcp::Peer;

impl Fault {
    /// What was done, as `丢弃了客户端的第 1 个 SYN`.
    pub fn done_zh(&self) -> String {
        let whom = self.selector.zh();
        match &self.action {
            Action::Drop => format!("丢弃了{whom}"),
            Action::Delay(by) => format!("把{}推迟了 {}", apart(whom), milliseconds(by.as_secs_f64())),
            Action::Duplicate => format!("复制了{whom}"),
            Action::Reorder => format!("让后一个报文段超过了{whom}"),
            Action::Corrupt => format!("损坏了{whom}"),
            Action::Hold(until) => format!("扣留了{whom}，直到{}出现", apart(until.zh())),
        }
    }
}

impl Selector {
    fn zh(&self) -> String {
        let from = match self.from {
            Some(Peer::A) => "客户端的",
            Some(Peer::B) => "服务器的",
            None => "",
        };
        let kind = match self.kind {
            Kind::Syn => "SYN",
            Kind::SynAck => "SYN-ACK",
            Kind::Ack => "ACK",
            Kind::LastAck => return format!("{from}最后一个 ACK"),
            Kind::Data => "数据报文段",
            Kind::Fin => "FIN",
            Kind::Rst => "RST",
            Kind::Segment => "报文段",
        };
        // Chinese and Latin letters stand apart.
        let gap = if kind.is_ascii() { " " } else { "" };
        match self.which {
            Which::Nth(nth) => format!("{from}第 {nth} 个{gap}{kind}"),
            Which::First(count) => format!("{from}前 {count} 个{gap}{kind}"),
            Which::Every => format!("{from}每个{gap}{kind}"),
        }
    }
}

/// With a space behind Latin letters, where Chinese follows.
fn apart(mut words: String) -> String {
    if words.ends_with(|last: char| last.is_ascii()) {
        words.push(' ');
    }
    words
}

fn milliseconds(seconds: f64) -> String {
    if seconds < 1.0 { format!("{} ms", (seconds * 1e6).round() / 1e3) } else { format!("{seconds} s") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_asked_for_in_english_is_told_in_chinese() {
        let told = |text: &str| Fault::parse(text).unwrap().done_zh();
        assert_eq!(told("drop the first SYN from the client"), "丢弃了客户端的第 1 个 SYN");
        assert_eq!(told("drop the last ACK, if any"), "丢弃了最后一个 ACK");
        assert_eq!(told("delay every FIN by 300ms"), "把每个 FIN 推迟了 300 ms");
        assert_eq!(told("corrupt the 2nd data segment from the server"), "损坏了服务器的第 2 个数据报文段");
        assert_eq!(told("reorder the next 3 segments"), "让后一个报文段超过了前 3 个报文段");
        let hold = "hold the first FIN from the client until the first FIN from the server";
        assert_eq!(told(hold), "扣留了客户端的第 1 个 FIN，直到服务器的第 1 个 FIN 出现");
    }
}
