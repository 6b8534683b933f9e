//! How a connection opened, by name.

use crate::annotate::words::{span, times};
use crate::tcp::{Basis, Peer};
use crate::timeline::{Negotiated, OpenKind, PerPeer, Text};
use crate::track::{Connection, SynFact};

/// An opening, judged.
#[derive(Debug, Clone)]
pub struct Opening {
    pub kind: OpenKind,
    pub basis: Basis,
    pub title: Text,
    pub why: Text,
    pub negotiated: Option<Negotiated>,
}

/// Names the opening.
pub fn opening(connection: &Connection) -> Opening {
    let kind = open_kind(connection);
    let basis = match kind {
        OpenKind::ThreeWay if connection.opening.ack.is_none() => Basis::Inferred,
        OpenKind::MidStream | OpenKind::OneSided | OpenKind::Unanswered => Basis::Inferred,
        _ => Basis::Observed,
    };
    Opening { kind, basis, title: title(kind), why: why(connection, kind), negotiated: negotiated(connection) }
}

/// SYN to SYN,ACK and SYN,ACK to ACK in nanoseconds, and whether they may be used: not where one was sent twice (Karn).
pub fn round_trips(connection: &Connection) -> Option<(i64, i64, bool)> {
    let facts = &connection.opening;
    if facts.syn.iter().all(Option::is_some) {
        // Crossing SYNs answer nothing.
        return None;
    }
    let (syn, syn_ack, ack) = (facts.syn[0].or(facts.syn[1])?, facts.syn_ack[1].or(facts.syn_ack[0])?, facts.ack?);
    let valid = syn.copies == 1 && syn_ack.copies == 1;
    // The last SYN before the answer, and the last answer before its acknowledgment, are the likelier pairs.
    let asked = if syn.last.time <= syn_ack.first.time { syn.last.time } else { syn.first.time };
    let answered = if syn_ack.last.time <= ack.time { syn_ack.last.time } else { syn_ack.first.time };
    let first_answer = syn_ack.first.time.max(asked);
    if syn_ack.last.time < syn.first.time {
        return None;
    }
    let (to_syn_ack, to_ack) = (first_answer.since(asked), ack.time.since(answered));
    (to_syn_ack >= 0 && to_ack >= 0).then_some((to_syn_ack, to_ack, valid))
}

/// The kind of an opening without a word: cheap enough to be asked of a million connections.
pub fn open_kind(connection: &Connection) -> OpenKind {
    let facts = &connection.opening;
    let [syn_a, syn_b] = facts.syn.map(|syn| syn.is_some());
    let [syn_ack_a, syn_ack_b] = facts.syn_ack.map(|syn| syn.is_some());
    let one_sided = connection.has_only_one_side();
    if connection.is_self_connect() {
        return if syn_a { OpenKind::SelfConnect } else { OpenKind::MidStream };
    }
    if !(syn_a || syn_b || syn_ack_a || syn_ack_b) {
        return if one_sided { OpenKind::OneSided } else { OpenKind::MidStream };
    }
    if syn_a && syn_b {
        return match (syn_ack_a, syn_ack_b) {
            _ if facts.bare_ack_of_syn => OpenKind::Split,
            (true, true) => OpenKind::Simultaneous,
            // The answer's SYN came without its ACK, and the client answered that.
            (true, false) => OpenKind::Split,
            // The server's own SYN crossed the client's and was lost.
            (false, true) => OpenKind::ThreeWay,
            (false, false) => OpenKind::Unanswered,
        };
    }
    if facts.refused.is_some() {
        return OpenKind::Refused;
    }
    if facts.ack.is_none() && (facts.met_old || facts.dropped.is_some()) {
        return OpenKind::HalfOpen;
    }
    if one_sided {
        let only = Peer::BOTH.into_iter().find(|peer| connection.has_sent(*peer)).unwrap_or(Peer::A);
        let repeats = only.of(&facts.syn).map_or(0, |syn| u64::from(syn.copies));
        let more = only.of(&connection.flows).segments > repeats;
        return if more || !only.of(&facts.syn).is_some() { OpenKind::OneSided } else { OpenKind::Unanswered };
    }
    if !syn_ack_a && !syn_ack_b {
        if facts.bare_ack_of_syn {
            return OpenKind::Split;
        }
        let answered = connection.state(Peer::B).is_some_and(|state| state.is_synchronized());
        return if answered { OpenKind::ThreeWay } else { OpenKind::Unanswered };
    }
    match () {
        () if facts.early_data > 0 && facts.syn.iter().flatten().any(|syn| syn.options.fast_open.is_some()) => {
            OpenKind::FastOpen
        }
        () if facts.ack.is_none() => OpenKind::HalfOpen,
        () => OpenKind::ThreeWay,
    }
}

fn title(kind: OpenKind) -> Text {
    let (en, zh) = match kind {
        OpenKind::ThreeWay => ("three-way handshake", "三次握手"),
        OpenKind::Simultaneous => ("simultaneous open", "同时打开"),
        OpenKind::SelfConnect => ("self-connect", "自连接"),
        OpenKind::FastOpen => ("TCP Fast Open", "TCP 快速打开"),
        OpenKind::Split => ("split handshake", "拆分握手"),
        OpenKind::Refused => ("refused", "连接被拒绝"),
        OpenKind::Unreachable => ("unreachable", "目标不可达"),
        OpenKind::Unanswered => ("unanswered", "无应答"),
        OpenKind::HalfOpen => ("half-open", "半打开"),
        OpenKind::MidStream => ("seen from mid-stream", "从中途开始捕获"),
        OpenKind::OneSided => ("one direction only", "只捕获到一个方向"),
    };
    Text::new(en, zh)
}

fn why(connection: &Connection, kind: OpenKind) -> Text {
    let facts = &connection.opening;
    let repeats = |fact: &Option<SynFact>| fact.map_or(0, |fact| fact.copies.saturating_sub(1));
    let [asked, _] = &facts.syn;
    let [_, answered] = &facts.syn_ack;
    let (syn_again, syn_ack_again) = (repeats(asked), repeats(answered));
    let (mut en, mut zh) = match kind {
        OpenKind::ThreeWay => {
            let mut missing = Vec::new();
            if asked.is_none() {
                missing.push("SYN");
            }
            if answered.is_none() {
                missing.push("SYN,ACK");
            }
            if missing.is_empty() {
                ("SYN, SYN,ACK, ACK".to_string(), "SYN、SYN,ACK、ACK".to_string())
            } else {
                let missing = missing.join(", ");
                (
                    format!("{missing} not captured, but what follows implies it"),
                    format!("没有捕获到 {missing}，但后续报文段说明它存在"),
                )
            }
        }
        OpenKind::Simultaneous => ("the SYNs of both sides crossed".into(), "双方的 SYN 在途中交错".into()),
        OpenKind::SelfConnect => {
            ("the socket connected to its own address and port".into(), "套接字连接到了自己的地址和端口".into())
        }
        OpenKind::FastOpen => (
            format!("the SYN,ACK acknowledges {} octets that came with the SYN", facts.early_data),
            format!("SYN,ACK 确认了随 SYN 到达的 {} 字节数据", facts.early_data),
        ),
        OpenKind::Split => ("SYN and ACK of the answer came apart".into(), "应答的 SYN 与 ACK 分开发送".into()),
        OpenKind::Refused => (
            "the SYN was answered by RST: nobody listens on that port".into(),
            "SYN 得到 RST 应答：该端口没有进程监听".into(),
        ),
        OpenKind::Unreachable => ("an ICMP error answered the SYN".into(), "SYN 得到 ICMP 差错应答".into()),
        OpenKind::Unanswered => {
            ("no answer to the SYN: filtered, or nobody there".into(), "SYN 没有得到应答：被过滤，或目标不存在".into())
        }
        OpenKind::HalfOpen => {
            if facts.met_old {
                return Text::new(
                    "the server still knew an older connection of these ports, and was told by RST that it is gone",
                    "服务器仍保留着这些端口上的旧连接，随后被 RST 告知它已不存在",
                );
            }
            let reset = facts.dropped.is_some() || connection.closing.reset.iter().any(Option::is_some);
            if reset {
                ("the handshake was not completed: a RST ended it".into(), "握手没有完成：被 RST 终止".into())
            } else {
                ("the SYN,ACK was never acknowledged".into(), "SYN,ACK 始终没有得到确认".into())
            }
        }
        OpenKind::MidStream => (
            "the capture began after the handshake; who is the client is guessed".into(),
            "捕获开始时握手已经结束；哪一方是客户端为推测".into(),
        ),
        OpenKind::OneSided => ("only one side's segments were captured".into(), "只捕获到一方的报文段".into()),
    };
    if syn_again > 0 {
        let wait = asked.map_or(0, |syn| syn.last.time.since(syn.first.time));
        en += &format!("; the SYN was sent again {} within {}", times(syn_again), span(wait));
        zh += &format!("；SYN 重传 {syn_again} 次，历时 {}", span(wait));
    }
    if syn_ack_again > 0 {
        en += &format!("; the SYN,ACK was sent again {}", times(syn_ack_again));
        zh += &format!("；SYN,ACK 重传 {syn_ack_again} 次");
    }
    Text::new(en, zh)
}

fn negotiated(connection: &Connection) -> Option<Negotiated> {
    let facts = &connection.opening;
    let own = |peer: Peer| peer.of(&facts.syn_ack).or(*peer.of(&facts.syn)).map(|fact| fact.options);
    let (client, server) = (own(Peer::A)?, own(Peer::B)?);
    let scaled = client.wscale.is_some() && server.wscale.is_some();
    Some(Negotiated {
        mss: PerPeer { client: client.mss, server: server.mss },
        wscale: PerPeer {
            client: client.wscale.filter(|_| scaled).map(|shift| shift.min(14)),
            server: server.wscale.filter(|_| scaled).map(|shift| shift.min(14)),
        },
        sack: client.sack_permitted && server.sack_permitted,
        timestamps: client.timestamps.is_some() && server.timestamps.is_some(),
    })
}
