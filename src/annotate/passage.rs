//! Rules of what both vantage points show of a segment's way: lost between the two, or sent by neither.

use super::{Finding, Rule};
use crate::tcp::{Checksum, Passage};
use crate::timeline::Severity::{Note, Warning};

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
            (seen.segment.passage == Passage::Appeared).then(|| {
                Finding::new(
                    "its sender's capture does not have it: made by a device on the way, or missed there",
                    "发送方的捕获中没有它：由途中设备产生，或在那里被遗漏",
                )
            })
        },
    },
];
