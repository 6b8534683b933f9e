//! How a connection opened, by name.

use super::cause::open_cause;
use super::open_words::{title, why};
use crate::tcp::{Basis, Peer, State};
use crate::timeline::{EcnKind, FastOpen, FastOpenOutcome, Negotiated, OpenCause, OpenKind, PerPeer, Text};
use crate::track::Connection;

/// An opening, judged.
#[derive(Debug, Clone)]
pub struct Opening {
    pub kind: OpenKind,
    pub cause: Option<OpenCause>,
    pub basis: Basis,
    pub title: Text,
    pub why: Text,
    pub negotiated: Option<Negotiated>,
}

/// Names the opening.
pub fn opening(connection: &Connection) -> Opening {
    let kind = open_kind(connection);
    let cause = open_cause(connection, kind);
    let basis = match kind {
        _ if cause == Some(OpenCause::AcceptQueueFull) => Basis::Inferred,
        OpenKind::ThreeWay if connection.opening.ack.is_none() => Basis::Inferred,
        OpenKind::MidStream | OpenKind::OneSided | OpenKind::Unanswered => Basis::Inferred,
        _ => Basis::Observed,
    };
    let why = why(connection, kind, cause);
    Opening { kind, cause, basis, title: title(connection, kind), why, negotiated: negotiated(connection) }
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
    // By reference: what a SYN leaves behind is large, and this is asked of every connection.
    let ([syn_a, syn_b], [syn_ack_a, syn_ack_b]) = (&facts.syn, &facts.syn_ack);
    let (syn_a, syn_b) = (syn_a.is_some(), syn_b.is_some());
    let (syn_ack_a, syn_ack_b) = (syn_ack_a.is_some(), syn_ack_b.is_some());
    // A SYN of one that sent nothing was made on the way, as both captures show: nothing of that side is missing.
    let is_forged =
        [(Peer::A, syn_a), (Peer::B, syn_b)].into_iter().any(|(peer, syn)| syn && !connection.has_sent(peer));
    let one_sided = connection.has_only_one_side() && !is_forged;
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
    let told_by_icmp = || connection.evidence.as_ref().is_some_and(|evidence| evidence.icmp.is_some());
    if !syn_ack_a && !syn_ack_b && !connection.has_sent(Peer::B) && told_by_icmp() {
        return OpenKind::Unreachable;
    }
    if facts.ack.is_none() && (facts.met_old || facts.dropped.is_some()) {
        return OpenKind::HalfOpen;
    }
    // The client acknowledged, but nothing shows that the server took that.
    if connection.state(Peer::B) == Some(State::SynReceived) && (facts.syn_ack_after_ack > 0 || facts.wrong_ack) {
        return OpenKind::HalfOpen;
    }
    if facts.ack_too_late {
        return OpenKind::HalfOpen;
    }
    if one_sided {
        let only = Peer::BOTH.into_iter().find(|peer| connection.has_sent(*peer)).unwrap_or(Peer::A);
        let repeats = only.of(&facts.syn).map_or(0, |syn| u64::from(syn.copies));
        let withdrawn = u64::from(only.of(&connection.closing.reset).is_some());
        let more = only.of(&connection.flows).segments > repeats + withdrawn;
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

/// What Fast Open came to, where it was tried.
pub fn fast_open(connection: &Connection) -> Option<FastOpen> {
    let facts = &connection.opening;
    let [syn, _] = &facts.syn;
    let [_, syn_ack] = &facts.syn_ack;
    let syn = syn.filter(|syn| syn.options.fast_open.is_some())?;
    let outcome = match (syn.options.fast_open, syn_ack) {
        _ if facts.early_data > 0 => FastOpenOutcome::DataAccepted,
        (_, Some(_)) if syn.len > 0 => FastOpenOutcome::DataIgnored,
        (Some(0), Some(answer)) if answer.options.fast_open.is_some_and(|cookie| cookie > 0) => {
            FastOpenOutcome::CookieGiven
        }
        (Some(0), _) => FastOpenOutcome::CookieAsked,
        (_, Some(_)) => FastOpenOutcome::CookieOnly,
        (_, None) => return None,
    };
    Some(FastOpen { outcome, sent: syn.len, accepted: facts.early_data })
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
        timestamps: client.timestamps && server.timestamps,
        ecn: connection.agreed_ecn().map(|accurate| if accurate { EcnKind::Accurate } else { EcnKind::Classic }),
    })
}
