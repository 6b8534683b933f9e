//! What lies behind an opening or a closing, as a key and without a word: cheap enough to be asked of a million connections.

use crate::tcp::{IcmpReason, Peer, State};
use crate::timeline::{CloseCause, CloseKind, OpenCause, OpenKind};
use crate::track::{Connection, ResetFact, SynFact};

/// A silence before a RST from here on is worth telling, nanoseconds: longer than any retransmission of a living connection
/// in a local network, shorter than the shortest usual idle timeouts.
const IDLE_NS: i64 = 10_000_000_000;

/// A window that was closed for so long explains why its sender gave up, nanoseconds.
const CLOSED_NS: i64 = 1_000_000_000;

/// Repeated SYNs that span less than this do not show that a server ignores them, nanoseconds.
const IGNORED_NS: i64 = 1_500_000_000;

/// Whoever takes a SYN on loopback answers it sooner, nanoseconds; no timer repeats it so soon.
const UNANSWERED_NS: i64 = 500_000_000;

/// No timer repeats a SYN so soon, nanoseconds: such a copy was captured twice, or doubled on the way.
const COPY_NS: i64 = 20_000_000;

/// So many keep-alives, or timeouts, in a row without an answer show that the peer is not heard any more.
const UNHEARD: (u32, u32) = (2, 3);

/// So long Linux keeps a closed socket in FIN-WAIT-2 (`net.ipv4.tcp_fin_timeout`), nanoseconds.
const FIN_WAIT_2_NS: i64 = 59_000_000_000;

/// Why it opened, or failed to, as it did.
pub fn open_cause(connection: &Connection, kind: OpenKind) -> Option<OpenCause> {
    let facts = &connection.opening;
    match kind {
        OpenKind::Refused => Some(OpenCause::ClosedPort),
        OpenKind::Unreachable => icmp_cause(connection),
        OpenKind::Unanswered => Some(match () {
            () if connection.closing.reset.iter().any(Option::is_some) => OpenCause::Withdrawn,
            () if is_ignored_by_server(connection) => OpenCause::AcceptQueueFull,
            () => OpenCause::Filtered,
        }),
        OpenKind::HalfOpen => Some(match () {
            () if facts.ack_too_late => OpenCause::AckTooLate,
            () if facts.wrong_ack => OpenCause::WrongAck,
            () if facts.met_old => OpenCause::OldConnection,
            () if facts.ack.is_some() && facts.syn_ack_after_ack > 1 => OpenCause::AcceptQueueFull,
            () if facts.ack.is_some() => OpenCause::ThirdAckLost,
            // The client's own RST; that of a server ends its own wait for the ACK.
            () if facts.dropped.is_some() || connection.closing.reset[0].is_some() => {
                if facts.syn_unsent {
                    OpenCause::StaleSyn
                } else {
                    OpenCause::SynScan
                }
            }
            () => OpenCause::NoAck,
        }),
        OpenKind::Split if facts.ack_before_syn => Some(OpenCause::FiveWay),
        OpenKind::Split => Some(OpenCause::FourWay),
        OpenKind::ThreeWay | OpenKind::FastOpen => what_was_lost(connection),
        OpenKind::Simultaneous | OpenKind::SelfConnect | OpenKind::MidStream | OpenKind::OneSided => None,
    }
}

/// Whether a SYN to a port that had accepted others came again where nothing is lost: what was captured on loopback has arrived.
pub(super) fn is_ignored_on_loopback(connection: &Connection) -> bool {
    let [syn, _] = &connection.opening.syn;
    connection.is_on_loopback()
        && connection.evidence.as_ref().is_some_and(|evidence| evidence.port_accepts)
        && syn.is_some_and(|syn| syn.lost == 0 && syn.last.time.since(syn.first.time) >= UNANSWERED_NS)
}

/// Whether SYNs to a port that had accepted others went unanswered for longer than a lost one explains.
fn is_ignored_by_server(connection: &Connection) -> bool {
    let accepts = connection.evidence.as_ref().is_some_and(|evidence| evidence.port_accepts);
    let [syn, _] = &connection.opening.syn;
    accepts && syn.is_some_and(|syn| syn.copies > 2 && syn.last.time.since(syn.first.time) > IGNORED_NS)
}

fn icmp_cause(connection: &Connection) -> Option<OpenCause> {
    let fact = connection.evidence.as_ref()?.icmp?;
    Some(match fact.reason {
        IcmpReason::NetUnreachable => OpenCause::NetUnreachable,
        IcmpReason::HostUnreachable => OpenCause::HostUnreachable,
        IcmpReason::ProtocolUnreachable => OpenCause::ProtocolUnreachable,
        IcmpReason::PortUnreachable => OpenCause::PortUnreachable,
        IcmpReason::Prohibited => OpenCause::Prohibited,
        IcmpReason::TimeExceeded => OpenCause::TimeExceeded,
        IcmpReason::TooBig { .. } | IcmpReason::Other { .. } => return None,
    })
}

/// What an opening that came about in the end had to get over.
fn what_was_lost(connection: &Connection) -> Option<OpenCause> {
    let facts = &connection.opening;
    let ([syn, _], [_, syn_ack]) = (&facts.syn, &facts.syn_ack);
    let is_again = |fact: &SynFact| fact.copies > 1 && fact.last.time.since(fact.first.time) > COPY_NS;
    let syn_again = syn.as_ref().is_some_and(is_again);
    let syn_ack_again = syn_ack.as_ref().is_some_and(is_again);
    let after_answer =
        syn.zip(*syn_ack).is_some_and(|(syn, syn_ack)| syn_again && syn.last.ordinal > syn_ack.first.ordinal);
    match () {
        () if facts.met_old => Some(OpenCause::OldConnection),
        () if facts.dropped.is_some() => Some(OpenCause::StaleSyn),
        () if facts.syn_ignored || syn_again && is_ignored_on_loopback(connection) => Some(OpenCause::AcceptQueueFull),
        () if facts.ack_lost => Some(OpenCause::ThirdAckLost),
        () if facts.syn_ack_after_ack > 1 => Some(OpenCause::AcceptQueueFull),
        () if facts.syn_ack_after_ack == 1 => Some(OpenCause::ThirdAckLost),
        () if facts.syn_proved_lost => Some(OpenCause::SynLost),
        () if after_answer || syn_ack_again && connection.has_lost_syn_ack() => Some(OpenCause::SynAckLost),
        () if syn_ack_again => Some(OpenCause::SynAckOrAckLost),
        () if facts.refused_before => Some(OpenCause::ClosedPort),
        () if syn_again => Some(icmp_cause(connection).unwrap_or(OpenCause::SynOrAnswerLost)),
        () => None,
    }
}

/// Why it closed as it did, where the segments tell.
pub fn close_cause(connection: &Connection, kind: CloseKind) -> Option<CloseCause> {
    if !matches!(kind, CloseKind::Reset | CloseKind::ResetAfterFin) {
        return None;
    }
    let evidence = connection.evidence.as_ref()?;
    let reset = evidence.reset?;
    let was_in = |states: &[State]| reset.sender_was.is_some_and(|state| states.contains(&state));
    if gave_up_opening(connection, &reset) {
        // No program had the connection yet.
        return None;
    }
    let unheard = reset.unanswered.0 >= UNHEARD.0 || reset.unanswered.1 >= UNHEARD.1;
    if reset.refuses_probe {
        return Some(CloseCause::ClosedPort);
    }
    let had_closed = reset.by.of(&connection.closing.fin).is_some();
    Some(match () {
        () if reset.made_on_the_way || has_other_ttl(&reset) || reset.strange_id.is_some() => CloseCause::OtherDevice,
        // It was told by a RST that the other side never sent, and answers what that goes on to say.
        () if reset.answers && evidence.disowned == Some(connection.receiver_of(reset.by)) => CloseCause::OtherDevice,
        () if reset.answers && had_closed => {
            let forgot = reset.answers_bare_fin || reset.since_fin_ns.is_some_and(|since| since >= FIN_WAIT_2_NS);
            if forgot && was_in(&[State::FinWait2]) {
                CloseCause::FinWait2Abandoned
            } else {
                CloseCause::DataAfterClose
            }
        }
        () if reset.answers => CloseCause::VanishedSocket,
        () if had_closed => CloseCause::AbortAfterFin,
        () if unheard => CloseCause::PeerVanished,
        () if reset.other_closed_ns.is_some_and(|closed| closed >= CLOSED_NS) => CloseCause::ClosedWindow,
        () if reset.own_closed_ns.is_some() => CloseCause::UnreadData,
        () if reset.idle_ns >= IDLE_NS => CloseCause::IdleTimeout,
        () if reset.own_under_way > 0 => CloseCause::MidTransfer,
        () if reset.arriving > u32::from(has_unproved_fin(connection, reset.by)) => CloseCause::UnreadData,
        () if reset.nothing_came => CloseCause::LingerZero,
        () => CloseCause::Abort,
    })
}

/// Whether by this RST the server gave up an opening that nobody had completed in time.
pub(super) fn gave_up_opening(connection: &Connection, reset: &ResetFact) -> bool {
    let unanswered = !reset.answers && connection.opening.ack.is_none();
    let waited = reset.sender_was == Some(State::SynReceived) && reset.by == Peer::B;
    waited && (unanswered || connection.opening.ack_too_late)
}

/// Whether the RST came with another TTL than the segments of its sender.
pub(super) fn has_other_ttl(reset: &ResetFact) -> bool {
    let (seen, own) = reset.ttl;
    seen != own && seen != 0 && own != 0
}

/// Whether a FIN to `peer` was still under way, whose number is no unread octet.
fn has_unproved_fin(connection: &Connection, peer: Peer) -> bool {
    let other = connection.receiver_of(peer);
    other.of(&connection.closing.fin).is_some_and(|fin| fin.acknowledged.is_none())
}
