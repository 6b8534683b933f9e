//! Rules of what both vantage points show of a segment's way: lost between the two, or sent by neither.

use super::words::span;
use super::{Finding, Rule};
use crate::tcp::{Checksum, Passage};
use crate::timeline::Severity::{Note, Warning};
use crate::track::{Seen, Sending, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "lost-on-the-way",
        severity: Note,
        rfc: "RFC 9293 3.8.1",
        explain: (
            "The sender's capture has this segment and the receiver's has not, although it covers the time: it was lost between the two. TCP sends again what needs it.",
            "发送方的捕获中有该报文段，接收方的捕获覆盖了这段时间却没有：它在两者之间丢失。TCP 会重传需要的部分。",
        ),
        advice: Some((
            "Capture at a point between the two to halve the way, and look at the drop counters of the devices (ethtool -S, tc -s qdisc).",
            "在两者之间再设一个观测点以缩小范围，并查看途中设备的丢包计数（ethtool -S、tc -s qdisc）。",
        )),
        check: |_, seen| {
            (seen.segment.passage == Passage::Lost && seen.segment.checksum != Checksum::Invalid)
                .then(|| Finding::new("lost between the two captures", "在两个捕获点之间丢失"))
        },
    },
    Rule {
        id: "arrived-twice",
        severity: Note,
        rfc: "RFC 9293 3.4",
        explain: (
            "It was sent once and arrived twice: the network doubled it. Its numbers tell TCP that the second copy is old; it is thrown away, and acknowledged once more.",
            "它只发送了一次，却到达了两次：由网络复制。TCP 根据序号识别出第二份是旧的，将其丢弃并再确认一次。",
        ),
        advice: None,
        check: |_, seen| {
            matches!(seen.segment.passage, Passage::ArrivedTwice(_)).then(|| {
                Finding::new("sent once, arrived twice: the network doubled it", "发送一次，到达两次：由网络复制")
            })
        },
    },
    Rule {
        id: "sent-by-neither",
        severity: Warning,
        rfc: "RFC 9293 3.5.2",
        explain: (
            "Only the receiver's capture has this segment, although the sender's covers the time: a device on the way made it (a firewall's RST, a proxy's answer), or the sender's capture missed it.",
            "只有接收方的捕获中有该报文段，而发送方的捕获覆盖了这段时间：它由途中的设备产生（防火墙的 RST、代理的应答），或发送方的捕获遗漏了它。",
        ),
        advice: Some((
            "Look for a firewall, a proxy or a load balancer between the two hosts; compare the TTL with that of the peer's other segments.",
            "检查两台主机之间的防火墙、代理或负载均衡；把它的 TTL 与对端其他报文段比较。",
        )),
        check: |_, seen| {
            let is_old = matches!(seen.recovery.sending, Sending::OldDuplicate { .. });
            (seen.segment.passage == Passage::Appeared && !is_old).then(|| {
                Finding::new(
                    "its sender's capture does not have it: made by a device on the way, or missed there",
                    "发送方的捕获中没有它：由途中设备产生，或在那里被遗漏",
                )
            })
        },
    },
    Rule {
        id: "old-duplicate",
        severity: Note,
        rfc: "RFC 9293 3.4.3, 3.10.7.4",
        explain: (
            "Only the receiver's capture has this segment, and its octets had been sent before: a copy that the network kept back, or one that somebody put in. Its sender did not send it again. Old numbers tell the receiver so; it drops it and acknowledges.",
            "只有接收方的捕获中有该报文段，而其内容以前已发送过：是滞留在网络中的副本，或由他人注入。发送方并没有重传。接收方根据旧序号识别出来，将其丢弃并确认。",
        ),
        advice: Some((
            "Nothing: TIME-WAIT, initial sequence numbers and timestamps (PAWS) are there for such copies. Many of them: look for a device on the way that repeats packets.",
            "无需处理：TIME-WAIT、初始序号和时间戳（PAWS）正是为此而设。若大量出现，检查途中是否有设备重复发送。",
        )),
        check: old_duplicate,
    },
];

fn old_duplicate(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let Sending::OldDuplicate { of, after_ns, of_earlier } = seen.recovery.sending else { return None };
    let [en, zh] = match (of, after_ns) {
        _ if of_earlier => [
            "an old duplicate from an earlier connection of these ports: its number lies before this one's first"
                .into(),
            "来自这些端口上先前连接的旧副本：其序号在本连接的初始序号之前".into(),
        ],
        (Some(_), Some(after_ns)) => {
            let after = span(after_ns);
            [
                format!("an old duplicate, out of the network {after} after it was sent: its sender did not repeat it"),
                format!("旧副本，在发送 {after} 后才从网络中出来：发送方并没有重传"),
            ]
        }
        _ => [
            "an old duplicate, out of the network: its sender did not repeat it".into(),
            "旧副本，从网络中出来：发送方并没有重传".into(),
        ],
    };
    Some(Finding::new(en, zh).about(of.map(|place| place.ordinal)))
}
