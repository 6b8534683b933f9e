//! Rules of TCP's extensions: timestamps that protect (PAWS), and signatures.

use super::words::role;
use super::{Finding, Rule};
use crate::tcp::Signature;
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
        id: "signed-md5",
        severity: Lesson,
        rfc: "RFC 2385",
        explain: (
            "The segments bear an MD5 signature, as routers do for BGP. There is one key, and no way to change it while the connection lives; TCP-AO (RFC 5925) replaces it. A segment with a wrong or missing signature is dropped without a word: an endless SYN without answer may mean that the keys differ.",
            "报文段带有 MD5 签名，路由器的 BGP 会话常用。只有一个密钥，连接存续期间无法更换；TCP-AO（RFC 5925）已取代它。签名错误或缺失的报文段会被静默丢弃：SYN 始终无应答可能意味着两端密钥不同。",
        ),
        advice: Some((
            "Linux counts what it drops: nstat TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure. A NAT on the way breaks every signature.",
            "Linux 对丢弃有计数：nstat TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure。途中的 NAT 会使所有签名失效。",
        )),
        check: signed_md5,
    },
    Rule {
        id: "signed-ao",
        severity: Lesson,
        rfc: "RFC 5925 2.2",
        explain: (
            "The segments bear an authentication option (TCP-AO). KeyID names the key that this segment is signed by, RNextKeyID the one that its sender wants to receive: keys change while the connection lives. A segment with a wrong or missing signature is dropped without a word: an endless SYN without answer may mean that the keys differ.",
            "报文段带有认证选项（TCP-AO）。KeyID 指明本报文段所用的密钥，RNextKeyID 指明发送方希望收到的密钥：连接存续期间可以更换密钥。签名错误或缺失的报文段会被静默丢弃：SYN 始终无应答可能意味着两端密钥不同。",
        ),
        advice: Some((
            "Linux counts what it drops: nstat TcpExtTCPAORequired TcpExtTCPAOBad TcpExtTCPAOKeyNotFound. Look that both sides have a key of this id.",
            "Linux 对丢弃有计数：nstat TcpExtTCPAORequired TcpExtTCPAOBad TcpExtTCPAOKeyNotFound。检查两端是否都有该编号的密钥。",
        )),
        check: signed_ao,
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

fn signed_md5(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let is_first = seen.ordinal == 0 && seen.segment.options.signature == Some(Signature::Md5);
    is_first.then(|| Finding::new("signed by TCP-MD5", "带 TCP-MD5 签名"))
}

fn signed_ao(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let Some(Signature::Ao { key_id, next_key_id }) = seen.segment.options.signature else { return None };
    (seen.ordinal == 0).then(|| {
        Finding::new(
            format!("signed by TCP-AO with key {key_id}; wants to receive key {next_key_id}"),
            format!("带 TCP-AO 签名，密钥 {key_id}；希望收到密钥 {next_key_id}"),
        )
    })
}
