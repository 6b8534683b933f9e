//! Rules of MPTCP: who offers several paths, who declines, and which connection a further path joins.

use super::{Finding, Rule};
use crate::tcp::Multipath;
use crate::timeline::Severity::{Lesson, Note};
use crate::track::{Seen, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "multipath",
        severity: Lesson,
        rfc: "RFC 8684 3.1",
        explain: (
            "Both sides speak MPTCP: this connection is the first path of several. Each has a key, whose hash gives the token by which further paths name the whole.",
            "双方支持多路径 TCP（MPTCP）：本连接是多条路径中的第一条。每一方都有一个密钥，其散列值给出令牌，后续路径用令牌指明所属的整体。",
        ),
        advice: Some((
            "Look at the other paths too: this one alone does not show all the data.",
            "同时查看其他路径：仅此一条不能显示全部数据。",
        )),
        check: multipath,
    },
    Rule {
        id: "multipath-declined",
        severity: Note,
        rfc: "RFC 8684 3.7",
        explain: (
            "MPTCP was asked for and the answer does not speak of it: the server has none, or a device on the way took the option off. It goes on as an ordinary connection.",
            "请求了 MPTCP，但应答中没有该选项：服务器不支持，或途中设备删去了选项。连接按普通 TCP 继续。",
        ),
        advice: Some((
            "Linux servers speak it when their socket has IPPROTO_MPTCP (`mptcpize run` for programs of old); nstat MPTcpExtMPCapableFallbackSYNACK counts this.",
            "Linux 服务器的套接字须使用 IPPROTO_MPTCP（旧程序可用 `mptcpize run`）；nstat MPTcpExtMPCapableFallbackSYNACK 有计数。",
        )),
        check: declined,
    },
    Rule {
        id: "multipath-join",
        severity: Note,
        rfc: "RFC 8684 3.2",
        explain: (
            "A further path of an MPTCP connection: the token names that one. Its octets are only some of the whole, and lost ones may be sent again on another path.",
            "MPTCP 连接的又一条路径（子流）：令牌指明所属的连接。它只传送整体数据的一部分，丢失的数据可能在另一条路径上重传。",
        ),
        advice: Some(("Read it together with the connection that it joins.", "请与它所加入的连接一起阅读。")),
        check: join,
    },
];

fn multipath(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let flags = seen.segment.flags;
    let Some(Multipath::Capable { version, sender, .. }) = seen.segment.multipath else { return None };
    if !flags.syn() || flags.rst() || seen.repeats.is_some() {
        return None;
    }
    let (en, zh) = match flags.ack() {
        false => (format!("asks for MPTCP version {version}"), format!("请求 MPTCP 版本 {version}")),
        true => (format!("agrees to MPTCP version {version}"), format!("同意 MPTCP 版本 {version}")),
    };
    Some(match sender {
        Some(token) => Finding::new(format!("{en}; its token is {token:#010x}"), format!("{zh}；令牌为 {token:#010x}")),
        None => Finding::new(en, zh),
    })
}

fn declined(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let flags = seen.segment.flags;
    if !flags.syn() || !flags.ack() || flags.rst() || seen.repeats.is_some() {
        return None;
    }
    let paths = step.connection.paths()?;
    let asked = *(!seen.peer).of(&paths.speaks) && !*seen.peer.of(&paths.speaks);
    let is_join = paths.joins.is_some();
    asked.then(|| match is_join {
        false => Finding::new(
            "MPTCP was asked for; the answer has none: an ordinary connection",
            "请求了 MPTCP，应答中没有：按普通连接继续",
        ),
        true => Finding::new("the answer does not take the path in", "应答未接纳这条路径"),
    })
}

fn join(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    if !matches!(seen.segment.multipath, Some(Multipath::Join { .. })) || seen.repeats.is_some() {
        return None;
    }
    let joins = step.connection.paths()?.joins?;
    let token = joins.token;
    Some(match joins.of {
        Some(of) => Finding::new(
            format!("joins connection {of} as a further path (MPTCP, token {token:#010x})"),
            format!("作为又一条路径加入连接 {of}（MPTCP，令牌 {token:#010x}）"),
        ),
        None => Finding::new(
            format!("joins an MPTCP connection whose key was not captured (token {token:#010x})"),
            format!("加入一个未捕获到密钥的 MPTCP 连接（令牌 {token:#010x}）"),
        ),
    })
}
