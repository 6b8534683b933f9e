//! One sentence on the whole life of a connection.

use super::{Closing, Opening};
use crate::annotate::words::{octets, role, span};
use crate::tcp::{MslProfile, Peer};
use crate::timeline::{CloseKind, OpenKind, Text};
use crate::track::{Connection, Ended, Flow};

/// The verdict: opened how, carried what, closed how, who waits.
pub fn story(connection: &Connection, opened: &Opening, closed: &Closing, msl: MslProfile) -> Text {
    let (mut en, mut zh) = match opened.kind {
        OpenKind::Refused => {
            return Text::new("connection refused: nobody listens there", "连接被拒绝：该端口没有进程监听");
        }
        OpenKind::Unreachable => return Text::new("the destination is unreachable", "目标不可达"),
        OpenKind::Unanswered => return unanswered(connection),
        OpenKind::MidStream | OpenKind::OneSided => (opened.title.en.clone(), opened.title.zh.clone()),
        OpenKind::HalfOpen => (format!("half-open: {}", opened.why.en), format!("半打开：{}", opened.why.zh)),
        OpenKind::SelfConnect => ("one socket, connected to itself".into(), "一个套接字连接到自己".into()),
        OpenKind::Split => ("opened by a split handshake".into(), "以拆分握手建立".into()),
        OpenKind::ThreeWay => ("opened by three-way handshake".into(), "经三次握手建立".into()),
        _ => (format!("opened by {}", opened.title.en), format!("以{}建立", opened.title.zh)),
    };
    let [client, server] = &connection.flows;
    if client.bytes + server.bytes + client.missing + server.missing > 0 {
        let (sent, received) = (amount(client), amount(server));
        en += &format!("; {} to the server, {} to the client", sent.en, received.en);
        zh += &format!("；发往服务器 {}，发往客户端 {}", sent.zh, received.zh);
    }
    let by = closed.active_closer.map(role);
    match (closed.kind, by) {
        (CloseKind::None | CloseKind::Simultaneous, _) | (_, None) => {
            en += &format!("; {}", closed.title.en);
            zh += &format!("；{}", closed.title.zh);
        }
        (CloseKind::Reset, Some(by)) => {
            en += &format!("; reset by the {}", by.en);
            zh += &format!("；被{}以 RST 终止", by.zh);
        }
        (_, Some(by)) => {
            en += &format!("; closed first by the {}: {}", by.en, closed.title.en);
            zh += &format!("；{}先关闭：{}", by.zh, closed.title.zh);
        }
    }
    for peer in Peer::BOTH {
        let Some(wait) = peer.of(&connection.time_wait) else { continue };
        let (who, two_msl) = (role(peer), span(msl.two_msl_ns()));
        let (how_en, how_zh) = match wait.ended.map(|(ended, _)| ended) {
            None => (format!("waits in TIME-WAIT for {two_msl}"), format!("在 TIME-WAIT 等待 {two_msl}")),
            Some(Ended::Expired) => {
                (format!("waited out TIME-WAIT ({two_msl})"), format!("完成了 TIME-WAIT（{two_msl}）"))
            }
            Some(Ended::Reused) => (
                "waited in TIME-WAIT until a new SYN took its ports".into(),
                "在 TIME-WAIT 等待，直到新的 SYN 重用端口".into(),
            ),
            Some(Ended::Reset) => ("left TIME-WAIT early, by a RST".into(), "的 TIME-WAIT 因 RST 提前结束".into()),
        };
        en += &format!("; the {} {how_en}", who.en);
        zh += &format!("；{}{how_zh}", who.zh);
    }
    Text::new(en, zh)
}

fn unanswered(connection: &Connection) -> Text {
    let [syn, _] = &connection.opening.syn;
    let copies = syn.map_or(0, |syn| syn.copies);
    match copies {
        0 | 1 => Text::new("the SYN was never answered", "SYN 没有得到应答"),
        _ => {
            let within = syn.map_or(0, |syn| syn.last.time.since(syn.first.time));
            Text::new(
                format!("the SYN was sent {copies} times in {} and never answered", span(within)),
                format!("SYN 在 {} 内发送了 {copies} 次，始终没有得到应答", span(within)),
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
