//! Rules of TCP's extensions: timestamps that protect (PAWS), signatures, several paths.

use super::words::role;
use super::{Finding, Rule};
use crate::timeline::Severity::{Lesson, Warning};
use crate::track::{Seen, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "outdated-timestamp",
        severity: Warning,
        rfc: "RFC 7323 5.3",
        explain: (
            "Its timestamp is older than the newest that the receiver took: an old duplicate, or a sender whose clock went backwards. The receiver drops it and answers by an acknowledgment (PAWS).",
            "其时间戳早于接收方已接受的最新值：旧的重复报文段，或发送方时钟倒退。接收方将其丢弃并以确认应答（PAWS）。",
        ),
        advice: Some((
            "Where it stops a connection, look for hosts behind one NAT address whose clocks differ, or for a device that rewrites timestamps (nstat TcpExtPAWSEstab counts them).",
            "若连接因此停顿，检查同一 NAT 地址后时钟不同的主机，或改写时间戳的设备（nstat TcpExtPAWSEstab 有计数）。",
        )),
        check: outdated,
    },
    Rule {
        id: "signed",
        severity: Lesson,
        rfc: "RFC 2385, RFC 5925",
        explain: (
            "The segments bear a signature (TCP-MD5 or TCP-AO), as routers do for BGP. A segment with a wrong or missing one is dropped without a word: an endless SYN without answer may mean a wrong key.",
            "报文段带有签名（TCP-MD5 或 TCP-AO），路由器的 BGP 会话常用。签名错误或缺失的报文段会被静默丢弃：SYN 始终无应答可能意味着密钥错误。",
        ),
        advice: None,
        check: signed,
    },
];

fn outdated(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let ticks = seen.recovery.outdated?;
    let other = role(!seen.peer);
    Some(Finding::new(
        format!("its timestamp is {ticks} ticks older than the last one taken: the {} drops it (PAWS)", other.en),
        format!("其时间戳比上次接受的早 {ticks} 个刻度：{}将其丢弃（PAWS）", other.zh),
    ))
}

fn signed(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    (seen.ordinal == 0 && seen.segment.options.signed)
        .then(|| Finding::new("signed segments (TCP-MD5 or TCP-AO)", "报文段带签名（TCP-MD5 或 TCP-AO）"))
}
