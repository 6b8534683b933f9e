//! A connection in which everything so far went by the book: a handshake, data in order, each FIN acknowledged. What the whole
//! judgement would say of it at its end is known beforehand.

use super::lone::Lone;
use crate::tcp::{Checksum, Flags, Options, Peer, Segment, SeqNumber, Timestamp};
use crate::track::facts::SynOptions;
use crate::track::key::{Key, Oriented};
use std::net::SocketAddr;

/// How far it is. Two cache lines: this is what every segment needs.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(in crate::track) struct Plain {
    pub(in crate::track) key: Key,
    /// 0: the place is free.
    pub(in crate::track) id: u32,
    /// Payload octets of both.
    bytes: u32,
    /// SND.NXT and SND.UNA, by peer; the client stands first.
    nxt: [SeqNumber; 2],
    una: [SeqNumber; 2],
    pub(super) last: Timestamp,
    /// The last TSval, by peer.
    tsval: [u32; 2],
    /// Segments so far, without the SYN.
    pub(super) count: u8,
    is_forward: bool,
    /// Both SYNs had the timestamps option, so every segment has (RFC 7323 3.2).
    has_stamps: bool,
    active_closer: Peer,
    /// By peer: the place of its FIN, and of the first segment that acknowledged it.
    pub(super) fin: [Option<u8>; 2],
    fin_acknowledged: [Option<u8>; 2],
    /// Of its key.
    pub(in crate::track) hash: u32,
    iss: [SeqNumber; 2],
    round_trip_ns: i64,
    /// The numbers of its answer and of its last segment in the journal.
    pub(super) first_written: u32,
    pub(super) written: u32,
    /// When the second FIN was sent.
    waits_from: Timestamp,
}

/// What the next segment is to a plain connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::track) enum Taken {
    /// The next by the book.
    Next,
    /// And the last one.
    Last,
    /// Unusual: nothing was done.
    Not,
}

/// What there is to say of a connection that opened by the three-way handshake, lost and repeated nothing as far as was
/// seen, and closed by FINs one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Ordinary {
    /// Client and server.
    pub addresses: [SocketAddr; 2],
    /// Of the last segment.
    pub last: Timestamp,
    pub segments: u64,
    /// Payload octets.
    pub bytes: u64,
    /// From the SYN to the acknowledgment of its answer, nanoseconds.
    pub round_trip_ns: i64,
    pub active_closer: Peer,
    /// The second FIN acknowledged the first.
    pub in_three: bool,
    /// The active closer's TIME-WAIT: when it began, and when it is due to end.
    pub waits_from: Timestamp,
    pub waits_until: Timestamp,
}

impl Plain {
    /// The connection of a SYN and its answer, if both are ordinary.
    pub(super) fn begin(syn: &Lone, hash: u32, pair: &Oriented, answer: &Segment<'_>) -> Option<Plain> {
        let opener = syn.segment();
        let options = &answer.options;
        let is_answer = answer.flags == Flags::SYN | Flags::ACK
            && answer.src == opener.dst
            && answer.src != answer.dst
            && answer.ack == opener.seq + 1
            && answer.len == 0
            && answer.time >= opener.time
            && opener.checksum != Checksum::Invalid
            && opener.wnd > 0
            && is_ordinary(answer)
            && options.has_no_more_than_usual();
        let stamps = [opener.options.timestamps, options.timestamps];
        let iss = [opener.seq, answer.seq];
        is_answer.then(|| Plain {
            key: pair.key,
            id: syn.id() as u32,
            bytes: 0,
            nxt: iss.map(|iss| iss + 1),
            una: [opener.seq + 1, answer.seq],
            last: answer.time,
            tsval: stamps.map(|stamp| stamp.unwrap_or_default().0),
            count: 1,
            is_forward: !pair.is_forward,
            has_stamps: stamps.iter().all(Option::is_some),
            active_closer: Peer::A,
            fin: [None; 2],
            fin_acknowledged: [None; 2],
            hash,
            iss,
            round_trip_ns: 0,
            first_written: 0,
            written: 0,
            waits_from: answer.time,
        })
    }

    /// Who sends a segment that goes this way.
    #[inline]
    pub(super) fn sender(&self, is_forward: bool) -> Peer {
        if is_forward == self.is_forward { Peer::A } else { Peer::B }
    }

    /// Takes the next segment in, if it goes by the book. `began`: when the SYN came.
    #[inline]
    pub(super) fn take(
        &mut self,
        segment: &Segment<'_>,
        own: Peer,
        began: impl FnOnce() -> Option<Timestamp>,
    ) -> Taken {
        let place = self.count;
        let (nxt, una) = (*own.of(&self.nxt), *(!own).of(&self.una));
        let its_nxt = *(!own).of(&self.nxt);
        let (stamp, fin) = (segment.options.timestamps, segment.flags.fin());
        let other_fin = *(!own).of(&self.fin);
        let goes_on = is_ordinary(segment)
            && segment.flags.is_ordinary_ack()
            && segment.seq == nxt
            && its_nxt.since(segment.ack) <= its_nxt.since(una)
            && segment.time >= self.last
            && stamp.is_some() == self.has_stamps
            && segment.options.has_no_more_than_timestamps()
            && stamp.is_none_or(|(tsval, _)| tsval.wrapping_sub(*own.of(&self.tsval)) as i32 >= 0)
            // Whoever has sent FIN sends no more; and FINs that cross are a story of their own.
            && (own.of(&self.fin).is_none() || segment.len == 0 && !fin)
            && (!fin || other_fin.is_none() || segment.ack == its_nxt)
            // The handshake's end comes first.
            && (place > 1 || own == Peer::A && segment.ack == its_nxt)
            && !self.is_over();
        if !goes_on {
            return Taken::Not;
        }
        if place == 1 {
            self.round_trip_ns = began().map_or(0, |began| segment.time.since(began));
        }
        self.count += 1;
        self.last = segment.time;
        self.bytes += segment.len;
        *own.of_mut(&mut self.nxt) = segment.end();
        *(!own).of_mut(&mut self.una) = segment.ack;
        *own.of_mut(&mut self.tsval) = stamp.unwrap_or_default().0;
        if fin {
            *own.of_mut(&mut self.fin) = Some(place);
            self.active_closer = if other_fin.is_none() { own } else { !own };
            self.waits_from = segment.time;
        }
        if other_fin.is_some() && segment.ack == its_nxt {
            (!own).of_mut(&mut self.fin_acknowledged).get_or_insert(place);
        }
        if self.is_over() { Taken::Last } else { Taken::Next }
    }

    /// Both FINs were acknowledged.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        let [a, b] = self.fin_acknowledged;
        a.is_some() && b.is_some()
    }

    /// What there is to say of it if it is over. TIME-WAIT lasts `two_msl_ns`.
    pub(super) fn ordinary(&self, two_msl_ns: i64) -> Option<Ordinary> {
        let closer = self.active_closer;
        self.is_over().then(|| Ordinary {
            addresses: self.addresses(),
            last: self.last,
            segments: u64::from(self.count) + 1,
            bytes: self.bytes.into(),
            round_trip_ns: self.round_trip_ns,
            active_closer: closer,
            in_three: closer.of(&self.fin_acknowledged) == (!closer).of(&self.fin),
            waits_from: self.waits_from,
            waits_until: self.waits_from.add_ns(two_msl_ns),
        })
    }

    /// Client and server.
    pub(super) fn addresses(&self) -> [SocketAddr; 2] {
        self.key.addresses(self.is_forward)
    }

    /// The key, with the client in front.
    pub(super) fn pair(&self) -> Oriented {
        Oriented { key: self.key, is_forward: self.is_forward }
    }

    /// The initial numbers, by peer.
    pub(in crate::track) fn iss(&self) -> [SeqNumber; 2] {
        self.iss
    }
}

/// Nothing about it alone is unusual.
#[inline]
fn is_ordinary(segment: &Segment<'_>) -> bool {
    segment.checksum != Checksum::Invalid && segment.wnd > 0
}

/// The options of a SYN,ACK but for its timestamps.
pub(super) fn options_of(answer: &SynOptions) -> Options {
    let SynOptions { mss, wscale, sack_permitted, .. } = *answer;
    Options { mss, wscale, sack_permitted, ..Options::default() }
}
