//! Facts that few connections have: waits between repeated SYNs, what surrounded a RST, an ICMP error, ports taken over.
//! They are boxed, so that an ordinary connection pays for a pointer only.

use super::connection::Connection;
use super::facts::Moment;
use super::paths::Paths;
use super::turn::Turn;
use crate::tcp::{IcmpReason, Passage, Peer, Segment, SeqNumber, State, Timestamp};
use std::net::IpAddr;

/// How many waits between copies of one segment are kept. Linux gives up after ten (`tcp_syn_retries` 6 and
/// `tcp_syn_linear_timeouts` 4).
const WAITS: usize = 12;

/// What Linux adds to the last SND.NXT for the first number of the next incarnation (`tcp_twsk_unique`, `tcp_timewait_state_process`).
const LINUX_STEP: u32 = 65_537;

/// A silence that so many segments at most followed, belongs to the RST that answers the last of them.
const LED_TO_IT: u32 = 4;

/// Nothing forgets a connection that it sent payload on, within this time, nanoseconds: hosts restart more slowly.
const ALIVE_NS: i64 = 1_000_000_000;

/// No host sends more packets than this between two of one connection within [`ALIVE_NS`], as far as its own RST goes.
const STRANGE_ID: u16 = 8192;

/// Facts that few connections have.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// Between the copies of the opener's SYN.
    pub syn_waits: Waits,
    /// The SYN is repeated to a port that has accepted others in this capture.
    pub port_accepts: bool,
    /// The first RST that took effect.
    pub reset: Option<ResetFact>,
    /// The first RST that did nothing and had not the TTL of its supposed sender's last segment: that sender, and its TTL.
    pub(super) strange: Option<(Peer, u8)>,
    /// The supposed sender of a RST that went on as if it had not sent it.
    pub disowned: Option<Peer>,
    /// What asked for a challenge ACK last (RFC 5961).
    pub challenge: Option<Challenge>,
    /// What the network said of a SYN that did not arrive.
    pub icmp: Option<IcmpFact>,
    /// What it has to do with MPTCP.
    pub paths: Option<Paths>,
    /// The peer whose segments have another VLAN than those of the other one, and which.
    pub(super) other_vlan: Option<(Peer, u32)>,
    /// The connection before on these addresses and ports, where somebody still waited in its TIME-WAIT.
    pub reuse: Option<Reuse>,
    /// How the TIME-WAIT of each peer was started anew last.
    pub rearmed: [Option<Rearmed>; 2],
    /// Old data sent to this peer while it was in TIME-WAIT, and nothing tells yet whether it arrived.
    pub(super) late: Option<(Peer, Moment)>,
    /// By its kernel's word this peer is in TIME-WAIT after the RST at hand.
    pub(super) waits_on: Option<Peer>,
}

/// What passed between the copies of a segment, the first `WAITS` times, to the microsecond: many SYNs may wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waits {
    micros: [u32; WAITS],
    len: u8,
}

/// What surrounded the RST that took effect.
#[derive(Debug, Clone, Copy)]
pub struct ResetFact {
    pub by: Peer,
    /// The state that its sender was in.
    pub sender_was: Option<State>,
    /// It came without ACK and took its number from the acknowledgment of the segment before: it answers that segment, for
    /// which there was no socket (RFC 9293 3.10.7.1).
    pub answers: bool,
    /// It acknowledges just the other's first segment, which had no ACK and was no SYN: it refuses a probe, for which there is
    /// neither connection nor listener (RFC 9293 3.10.7.1, 3.10.7.2).
    pub refuses_probe: bool,
    /// Its supposed sender's own capture does not have it.
    pub made_on_the_way: bool,
    /// Its sender had asked for a new connection in the middle of this one.
    pub after_new_syn: bool,
    /// The segment that it answers carried a FIN and nothing else.
    pub answers_bare_fin: bool,
    /// The TTL of the RST, and of the last other segment of its sender; 0 where there was none.
    pub ttl: (u8, u8),
    /// The IP identification of the RST, and that of its sender's last data, where the RST does not continue the count.
    pub strange_id: Option<(u16, u16)>,
    /// Nanoseconds of silence on both sides before it, or before what it answers.
    pub idle_ns: i64,
    /// Octets of its sender that had not been acknowledged, as far as it can have heard.
    pub own_under_way: u32,
    /// That is the least, by the time that an acknowledgment takes to it.
    pub is_more_under_way: bool,
    /// Octets to its sender that this had not acknowledged before.
    pub arriving: u32,
    /// Nanoseconds since its sender's FIN was acknowledged.
    pub since_fin_ns: Option<i64>,
    /// Keep-alives and timeouts of its sender in a row that nothing had answered.
    pub unanswered: (u32, u32),
    /// How long the window of the other side had been closed, nanoseconds.
    pub other_closed_ns: Option<i64>,
    /// How long its sender's own window had been closed: its buffer was full of what had not been read.
    pub own_closed_ns: Option<i64>,
    /// No payload had been sent to its sender, so that none could be unread.
    pub nothing_came: bool,
}

/// A segment that its receiver answers by a challenge ACK.
#[derive(Debug, Clone, Copy)]
pub struct Challenge {
    /// Who has to answer.
    pub peer: Peer,
    /// The place of what is answered.
    pub of: u64,
    /// The place of the answer.
    pub answer: Option<u64>,
}

/// A TIME-WAIT that was started anew.
#[derive(Debug, Clone, Copy)]
pub struct Rearmed {
    /// The place of what did it.
    pub of: u64,
    /// That is the repeated FIN of RFC 9293 3.10.7.4; else another old segment.
    pub by_fin: bool,
    /// The place of the acknowledgment that answers it.
    pub answer: Option<u64>,
}

/// An ICMP error that speaks of this connection.
#[derive(Debug, Clone, Copy)]
pub struct IcmpFact {
    pub reason: IcmpReason,
    pub reporter: IpAddr,
    pub time: Timestamp,
}

/// Addresses and ports taken over from a connection in TIME-WAIT.
#[derive(Debug, Clone, Copy)]
pub struct Reuse {
    /// Id of the connection before.
    pub of: u64,
    /// Nanoseconds that its TIME-WAIT had lasted.
    pub after_ns: i64,
    /// Who waited, by its place in this connection.
    pub waiter: Peer,
    /// Why the SYN could be told from an old duplicate.
    pub proof: Option<ReuseProof>,
    /// The waiter gave way: it answered the new SYN, or sent it.
    pub taken: bool,
    /// It had refused the SYN by the old connection's acknowledgment before, and the RST in answer ended it (RFC 1337).
    pub refused_first: bool,
    /// Where that is kept.
    pub(super) place: u32,
    /// SND.NXT of the waiter in the connection before.
    pub(super) nxt: Option<SeqNumber>,
}

/// What shows that a SYN is younger than the connection whose ports it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReuseProof {
    /// The initial number is the old SND.NXT and 65537: only Linux, remembering that connection, chooses so.
    LinuxStep,
    /// A later timestamp (RFC 6191).
    Timestamp,
    /// Only a larger initial number (RFC 9293 3.10.7.4, MAY-2).
    LargerNumber,
}

impl Waits {
    /// Nanoseconds.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.micros.iter().take(usize::from(self.len)).map(|micros| i64::from(*micros) * 1_000)
    }

    fn push(&mut self, wait_ns: i64) {
        if let Some(slot) = self.micros.get_mut(usize::from(self.len)) {
            *slot = u32::try_from(wait_ns / 1_000).unwrap_or(if wait_ns < 0 { 0 } else { u32::MAX });
            self.len += 1;
        }
    }
}

impl Reuse {
    /// Judges a SYN or SYN,ACK of the waiter, or a SYN to it.
    pub(super) fn note_number(&mut self, sender: Peer, seq: SeqNumber) {
        if sender == self.waiter && self.nxt.is_some_and(|nxt| nxt + LINUX_STEP == seq) {
            self.proof = Some(ReuseProof::LinuxStep);
        }
    }
}

impl Connection {
    /// The TTL of a RST that did nothing, and that of its supposed sender's segments, where the two differ.
    pub fn strange_ttl(&self) -> Option<(u8, u8)> {
        let (sender, seen) = self.evidence.as_ref()?.strange?;
        let own = sender.of(&self.flows).ttl;
        (own != 0 && own != seen).then_some((seen, own))
    }
}

impl Turn<'_> {
    pub(super) fn evidence(&mut self) -> &mut Circumstances {
        self.connection.evidence.get_or_insert_default()
    }

    /// Notes the wait before a SYN that came again.
    pub(super) fn note_wait(&mut self, wait_ns: i64) {
        self.evidence().syn_waits.push(wait_ns);
    }

    /// Notes a segment that `peer` has to answer by a challenge ACK.
    pub(super) fn note_challenge(&mut self, peer: Peer) {
        let of = self.ordinal;
        self.evidence().challenge = Some(Challenge { peer, of, answer: None });
    }

    /// Whether this segment is the challenge ACK that is due.
    pub(super) fn answer_challenge(&mut self, peer: Peer, segment: &Segment<'_>) {
        let here = self.ordinal;
        let Some(challenge) = self.connection.evidence.as_mut().and_then(|evidence| evidence.challenge.as_mut()) else {
            return;
        };
        if challenge.peer == peer && challenge.answer.is_none() && challenge.of + 1 == here && segment.is_pure_ack() {
            challenge.answer = Some(here);
        }
    }

    /// What surrounds a RST, before it takes effect.
    pub(super) fn reset_fact(&self, sender: Peer, segment: &Segment<'_>) -> ResetFact {
        let receiver = self.connection.receiver_of(sender);
        let connection = &self.connection;
        let (own, other) = (sender.of(&connection.tcb), receiver.of(&connection.tcb));
        let place = |peer: Peer| peer.of(&connection.memory).last_own;
        let after_other = place(receiver) > place(sender);
        let behind = |known: Option<SeqNumber>, sent: Option<SeqNumber>| match known.zip(sent) {
            Some((known, sent)) if known.lt(sent) => sent.since(known),
            _ => 0,
        };
        let arriving = behind(own.rcv.nxt, other.snd.nxt);
        let own_under_way = behind(other.rcv.nxt, own.snd.nxt);
        let unheard_of = behind(self.unheard_of(sender), own.snd.nxt);
        let fin = receiver.of(&connection.flight).fin;
        // An abort bears SND.NXT, so any other number is taken from what it answers.
        let is_answer = after_other && !self.has_just_sent(sender) || own.snd.nxt.is_some_and(|nxt| nxt != segment.seq);
        let answers = !segment.flags.ack() && is_answer && other.rcv.last_ack == Some(segment.seq);
        let acknowledged = sender.of(&connection.closing.fin).and_then(|fin| fin.acknowledged);
        ResetFact {
            by: sender,
            sender_was: own.state,
            answers,
            refuses_probe: segment.flags.ack()
                && other.snd.nxt == Some(segment.ack)
                && (own.state, other.state) == (None, None)
                && other.rcv.last_ack.is_none(),
            made_on_the_way: segment.passage == Passage::Appeared,
            after_new_syn: sender.of(&connection.memory).stray_syn.is_some(),
            answers_bare_fin: answers && arriving == 1 && fin.is_some_and(|fin| !fin.received),
            ttl: (segment.ttl, sender.of(&connection.flows).ttl),
            strange_id: self.strange_id(sender, segment, answers),
            idle_ns: self.silence_before(answers),
            own_under_way: own_under_way.max(unheard_of),
            is_more_under_way: unheard_of > own_under_way,
            arriving,
            unanswered: connection.unanswered(sender),
            other_closed_ns: connection.closed_since(sender).map(|since| self.time.since(since)),
            own_closed_ns: connection.closed_since(receiver).map(|since| self.time.since(since)),
            nothing_came: receiver.of(&connection.flows).bytes + receiver.of(&connection.flows).missing == 0,
            since_fin_ns: acknowledged.map(|moment| self.time.since(moment.time)),
        }
    }

    /// Where the sender counts the identifications of its packets up, one that lies far off is not its own. (What answers
    /// without a connection is out of the count, and 0 is none: RFC 6864.)
    fn strange_id(&self, sender: Peer, segment: &Segment<'_>, answers: bool) -> Option<(u16, u16)> {
        if answers || segment.ip_id == 0 {
            return None;
        }
        let (last, at) = self.connection.counted_id(sender)?;
        let is_far = !(1..=STRANGE_ID).contains(&segment.ip_id.wrapping_sub(last));
        (is_far && self.time.since(at) < ALIVE_NS).then_some((segment.ip_id, last))
    }

    /// Whether the peer sent payload so shortly before that it must still have the connection.
    fn has_just_sent(&self, peer: Peer) -> bool {
        self.connection.last_payload(peer).is_some_and(|at| self.time.since(at) < ALIVE_NS)
    }

    /// Where those octets of the peer begin whose acknowledgment cannot have reached it when it sent what is captured now:
    /// they passed the capture less than a round trip to the peer before.
    fn unheard_of(&self, peer: Peer) -> Option<SeqNumber> {
        let to_peer = self.connection.shake_ns(self.connection.receiver_of(peer))?;
        self.connection.sent_since(peer, self.time.add_ns(-to_peer))
    }

    /// Nanoseconds of silence before a RST; where it answers, before the last few segments that led to it.
    fn silence_before(&self, answers: bool) -> i64 {
        let (millis, ordinal) = self.connection.silence;
        let just_now = answers && (self.ordinal as u32).wrapping_sub(ordinal) <= LED_TO_IT;
        let before = if just_now { i64::from(millis) * 1_000_000 } else { 0 };
        self.time.since(self.connection.last).max(before)
    }

    /// The RST of this peer turned out to have done nothing.
    pub(super) fn disbelieve_reset(&mut self, sender: Peer) {
        self.connection.closing.ignore_reset(sender);
        let evidence = self.evidence();
        if let Some(fact) = evidence.reset.take() {
            self.note_strange(sender, fact.ttl.0);
        }
    }

    /// A RST did nothing: where its TTL is not its sender's, somebody else sent it.
    pub(super) fn note_strange(&mut self, sender: Peer, ttl: u8) {
        if ttl != sender.of(&self.connection.flows).ttl {
            self.evidence().strange.get_or_insert((sender, ttl));
        }
    }
}
