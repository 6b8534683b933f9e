//! One sentence on the whole life of a connection.

use super::close::first_reset;
use super::close_words::in_short;
use super::open_words::is_held;
use super::{Closing, Opening};
use crate::annotate::words::{octets, role, span, times};
use crate::tcp::{MslProfile, Peer, Timestamp};
use crate::timeline::{CloseKind, OpenCause, OpenKind, Text};
use crate::track::{Connection, Ended, Flow, SynFact};

/// The verdict: opened how, carried what, closed how, who waits.
pub fn story(connection: &Connection, opened: &Opening, closed: &Closing, msl: MslProfile) -> Text {
    let (mut en, mut zh) = match opened.kind {
        OpenKind::Refused if is_held(connection) => {
            return Text::new(
                "connection refused while its ports were still in TIME-WAIT",
                "连接被拒绝：其端口仍处于 TIME-WAIT",
            );
        }
        OpenKind::Refused => {
            return Text::new("connection refused: nobody listens there", "连接被拒绝：该端口没有进程监听");
        }
        OpenKind::Unreachable => return unreachable(opened),
        OpenKind::Unanswered => return unanswered(connection, opened),
        OpenKind::MidStream | OpenKind::OneSided => (opened.title.en.clone(), opened.title.zh.clone()),
        OpenKind::HalfOpen if closed.kind == CloseKind::None => {
            return Text::new(format!("half-open: {}", opened.why.en), format!("半打开：{}", opened.why.zh));
        }
        OpenKind::HalfOpen => ("half-open".into(), "半打开".into()),
        OpenKind::SelfConnect => ("one socket, connected to itself".into(), "一个套接字连接到自己".into()),
        OpenKind::Split if opened.cause == Some(OpenCause::FiveWay) => {
            ("opened by a split handshake (five-way)".into(), "以拆分握手（五次）建立".into())
        }
        OpenKind::Split => ("opened by a split handshake (four-way)".into(), "以拆分握手（四次）建立".into()),
        OpenKind::ThreeWay => ("opened by three-way handshake".into(), "经三次握手建立".into()),
        OpenKind::Simultaneous => ("both sides opened at once".into(), "双方同时打开".into()),
        OpenKind::FastOpen => (format!("opened by {}", opened.title.en), format!("以 {} 建立", opened.title.zh)),
    };
    let again = |fact: Option<SynFact>| fact.map_or(0, |fact| fact.copies.saturating_sub(1));
    let ([syn, _], [_, syn_ack]) = (connection.opening.syn, connection.opening.syn_ack);
    for (name, count) in [("SYN", again(syn)), ("SYN,ACK", again(syn_ack))] {
        if count > 0 {
            en += &format!(", the {name} sent again {}", times(count));
            zh += &format!("，{name} 重传 {count} 次");
        }
    }
    let [client, server] = &connection.flows;
    if client.bytes + server.bytes + client.missing + server.missing > 0 {
        let (sent, received) = (amount(client), amount(server));
        en += &format!("; {} to the server, {} to the client", sent.en, received.en);
        zh += &format!("；发往服务器 {}，发往客户端 {}", sent.zh, received.zh);
    }
    let by = closed.active_closer.map(role);
    match (closed.kind, by) {
        (CloseKind::None, _) if closed.cause.is_none() => {
            en += &format!("; {}", closed.title.en);
            zh += &format!("；{}", closed.title.zh);
        }
        (CloseKind::Simultaneous, _) | (_, None) => {
            en += &format!("; {}", closed.title.en);
            zh += &format!("；{}", closed.title.zh);
        }
        (CloseKind::Reset, Some(by)) => {
            en += &format!("; reset by the {}", by.en);
            zh += &format!("；被{}以 RST 终止", by.zh);
            add_cause(connection, closed, &mut en, &mut zh);
        }
        (CloseKind::ResetAfterFin, Some(by)) => {
            let reset_by = first_reset(connection).map(role).unwrap_or_default();
            en += &format!("; closed first by the {}, then reset by the {}", by.en, reset_by.en);
            zh += &format!("；{}先关闭，随后被{}以 RST 终止", by.zh, reset_by.zh);
            add_cause(connection, closed, &mut en, &mut zh);
        }
        (_, Some(by)) => {
            en += &format!("; closed first by the {}: {}", by.en, closed.title.en);
            zh += &format!("；{}先关闭：{}", by.zh, closed.title.zh);
            add_cause(connection, closed, &mut en, &mut zh);
        }
    }
    for peer in Peer::BOTH {
        let Some(wait) = peer.of(&connection.time_wait) else { continue };
        let (who, two_msl) = (role(peer), span(msl.two_msl_ns()));
        let lasted = |at: Timestamp| span(at.since(wait.begins));
        let (how_en, how_zh) = match wait.ended {
            None | Some((Ended::Unwatched, _)) => {
                (format!("waits in TIME-WAIT for {two_msl}"), format!("在 TIME-WAIT 等待 {two_msl}"))
            }
            Some((Ended::Expired, _)) => {
                (format!("waited out TIME-WAIT ({two_msl})"), format!("完成了 TIME-WAIT（{two_msl}）"))
            }
            Some((Ended::Reused, at)) => (
                format!("waited in TIME-WAIT until a new SYN took its ports after {}", lasted(at)),
                format!("在 TIME-WAIT 等待 {} 后，新的 SYN 重用了其端口", lasted(at)),
            ),
            Some((Ended::Reset | Ended::ResetByNext, at)) => (
                format!("left TIME-WAIT early, after {}, by a RST", lasted(at)),
                format!("的 TIME-WAIT 在 {} 后因 RST 提前结束", lasted(at)),
            ),
        };
        let (again_en, again_zh) = match wait.rearmed {
            0 => Default::default(),
            count => (format!(", started again {}", times(count)), format!("，重新计时 {count} 次")),
        };
        en += &format!("; the {} {how_en}{again_en}", who.en);
        zh += &format!("；{}{how_zh}{again_zh}", who.zh);
    }
    Text::new(en, zh)
}

/// Adds what lies behind the closing, in a few words.
fn add_cause(connection: &Connection, closed: &Closing, en: &mut String, zh: &mut String) {
    let Some(cause) = closed.cause else { return };
    let reset = connection.evidence.as_ref().and_then(|evidence| evidence.reset.as_ref());
    let Text { en: cause_en, zh: cause_zh } = in_short(cause, reset);
    *en += &format!(" ({cause_en})");
    *zh += &format!("（{cause_zh}）");
}

fn unreachable(opened: &Opening) -> Text {
    Text::new(format!("unreachable: {}", opened.why.en), format!("目标不可达：{}", opened.why.zh))
}

fn unanswered(connection: &Connection, opened: &Opening) -> Text {
    let [syn, _] = &connection.opening.syn;
    let copies = syn.map_or(0, |syn| syn.copies);
    let (why_en, why_zh) = match opened.cause {
        Some(OpenCause::Withdrawn) => return opened.why.clone(),
        Some(OpenCause::AcceptQueueFull) => (
            ", though the port had accepted others: a full accept queue?",
            "，而该端口接受过其他连接：全连接队列已满？",
        ),
        _ => ("", ""),
    };
    match copies {
        0 | 1 => Text::new("the SYN was never answered", "SYN 没有得到应答"),
        _ => {
            let within = span(syn.map_or(0, |syn| syn.last.time.since(syn.first.time)));
            Text::new(
                format!("the SYN was sent {copies} times in {within} and never answered{why_en}"),
                format!("SYN 在 {within} 内发送了 {copies} 次，始终没有得到应答{why_zh}"),
            )
        }
    }
}

/// What one peer sent, and how much of it the capture lacks.
fn amount(flow: &Flow) -> Text {
    let bytes = octets(flow.bytes);
    if flow.missing == 0 {
        return Text::new(bytes.clone(), bytes);
    }
    let missing = octets(flow.missing);
    Text::new(format!("{bytes} (and {missing} not captured)"), format!("{bytes}（另有 {missing} 没有捕获到）"))
}
