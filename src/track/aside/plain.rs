//! A connection in which everything so far went by the book: a handshake, data in order, each FIN acknowledged. Its segments are
//! kept small, and what the whole judgement would say of it at its end is known beforehand.

use super::lone::Lone;
use super::packed::Packed;
use crate::tcp::{Checksum, Flags, Options, Peer, Segment, SeqNumber, Timestamp};
use crate::track::facts::SynOptions;
use crate::track::key::{Key, Oriented};
use std::net::SocketAddr;

/// Segments that one can hold beside its SYN: what a request and its answer take. A longer one is judged as a whole.
pub(super) const MOST_SEGMENTS: usize = 16;

/// A SYN, the SYN,ACK that answers it, and what came in order since.
#[derive(Debug, Clone)]
pub(in crate::track) struct Plain {
    pub(in crate::track) key: Key,
    /// 0: the place is free.
    pub(in crate::track) id: u64,
    pub(super) last: Timestamp,
    /// The initial numbers, SND.NXT and SND.UNA, by peer; the client stands first.
    iss: [SeqNumber; 2],
    nxt: [SeqNumber; 2],
    una: [SeqNumber; 2],
    tsval: [u32; 2],
    /// Payload octets of both.
    bytes: u32,
    /// How many of `segments` are in use.
    count: u8,
    is_forward: bool,
    /// Both timestamps options were sent, so every segment has one (RFC 7323 3.2).
    has_stamps: bool,
    /// By peer: the place of its FIN, and of the first segment that acknowledged it.
    fin: [Option<u8>; 2],
    fin_acknowledged: [Option<u8>; 2],
    syn: Lone,
    /// Of the SYN,ACK.
    answer: SynOptions,
    segments: [Packed; MOST_SEGMENTS],
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
    /// The active closer's TIME-WAIT: when it began.
    pub waits_from: Timestamp,
    /// And when it ended, `None` where the capture ended before.
    pub waits_to: Option<Timestamp>,
}

impl Plain {
    /// The connection of a SYN and its answer, if both are ordinary.
    pub(super) fn begin(syn: &Lone, pair: &Oriented, answer: &Segment<'_>) -> Option<Plain> {
        let opener = syn.segment();
        let options = &answer.options;
        let plain = Options {
            mss: options.mss,
            wscale: options.wscale,
            sack_permitted: options.sack_permitted,
            timestamps: options.timestamps,
            ..Options::default()
        };
        let is_answer = answer.flags == Flags::SYN | Flags::ACK
            && answer.src == opener.dst
            && answer.src != answer.dst
            && answer.ack == opener.seq + 1
            && answer.len == 0
            && answer.time >= opener.time
            && opener.checksum != Checksum::Invalid
            && opener.wnd > 0
            && is_ordinary(answer)
            && plain == *options;
        let first = Packed::of(answer, false).filter(|_| is_answer)?;
        let mut segments = [Packed::default(); MOST_SEGMENTS];
        *segments.first_mut()? = first;
        let stamps = [opener.options.timestamps, options.timestamps];
        let iss = [opener.seq, answer.seq];
        Some(Plain {
            key: pair.key,
            id: syn.id(),
            last: answer.time,
            iss,
            nxt: iss.map(|iss| iss + 1),
            una: [opener.seq + 1, answer.seq],
            tsval: stamps.map(|stamp| stamp.unwrap_or_default().0),
            bytes: 0,
            count: 1,
            is_forward: !pair.is_forward,
            has_stamps: stamps.iter().all(Option::is_some),
            fin: [None; 2],
            fin_acknowledged: [None; 2],
            syn: *syn,
            answer: SynOptions::from(options),
            segments,
        })
    }

    /// Takes the next segment in, if it goes by the book.
    #[inline]
    pub(in crate::track) fn take(&mut self, segment: &Segment<'_>, is_forward: bool) -> Taken {
        let own = if is_forward == self.is_forward { Peer::A } else { Peer::B };
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
        let Some(slot) = self.segments.get_mut(usize::from(place)).filter(|_| goes_on) else { return Taken::Not };
        let Some(packed) = Packed::of(segment, own == Peer::A) else { return Taken::Not };
        *slot = packed;
        self.count += 1;
        self.last = segment.time;
        self.bytes += segment.len;
        *own.of_mut(&mut self.nxt) = segment.end();
        *(!own).of_mut(&mut self.una) = segment.ack;
        *own.of_mut(&mut self.tsval) = stamp.unwrap_or_default().0;
        if fin {
            *own.of_mut(&mut self.fin) = Some(place);
        }
        if other_fin.is_some() && segment.ack == its_nxt {
            (!own).of_mut(&mut self.fin_acknowledged).get_or_insert(place);
        }
        if self.is_over() { Taken::Last } else { Taken::Next }
    }

    /// Both FINs were acknowledged.
    pub(super) fn is_over(&self) -> bool {
        self.fin_acknowledged.iter().all(Option::is_some)
    }

    /// What there is to say of it if it is over. TIME-WAIT lasts `two_msl_ns`, unless the capture ended before.
    pub(super) fn ordinary(&self, two_msl_ns: i64, end: Option<Timestamp>) -> Option<Ordinary> {
        let (Some(a), Some(b)) = (self.fin[0], self.fin[1]) else { return None };
        let active_closer = if a < b { Peer::A } else { Peer::B };
        let (first, second) = (*active_closer.of(&self.fin_acknowledged), a.max(b));
        let waits_from = self.segments.get(usize::from(second))?.time;
        let due = waits_from.add_ns(two_msl_ns);
        let [_, ack, ..] = &self.segments;
        self.fin_acknowledged[0].and(self.fin_acknowledged[1])?;
        Some(Ordinary {
            addresses: self.addresses(),
            last: self.last,
            segments: u64::from(self.count) + 1,
            bytes: self.bytes.into(),
            round_trip_ns: ack.time.since(self.syn.time()),
            active_closer,
            in_three: first == Some(second),
            waits_from,
            waits_to: end.is_none_or(|end| due <= end).then_some(due),
        })
    }

    /// When its SYN came.
    pub(super) fn began(&self) -> Timestamp {
        self.syn.time()
    }

    /// Client and server.
    fn addresses(&self) -> [SocketAddr; 2] {
        self.key.addresses(self.is_forward)
    }

    /// The key, with the client in front.
    pub(super) fn pair(&self) -> Oriented {
        Oriented { key: self.key, is_forward: self.is_forward }
    }

    /// The SYN,ACK's options but for its timestamps.
    fn answer_options(&self) -> Options {
        let SynOptions { mss, wscale, sack_permitted, .. } = self.answer;
        Options { mss, wscale, sack_permitted, ..Options::default() }
    }

    /// The initial numbers, by peer.
    pub(in crate::track) fn iss(&self) -> [SeqNumber; 2] {
        self.iss
    }

    /// Its segments again, in order.
    pub(super) fn segments(&self) -> impl Iterator<Item = Segment<'static>> {
        let (addresses, vlan) = (self.addresses(), self.key.vlan());
        let rest = self.segments.iter().take(self.count.into()).enumerate().map(move |(place, packed)| {
            let options = if place == 0 { self.answer_options() } else { Options::default() };
            packed.segment(addresses, vlan, &options)
        });
        std::iter::once(self.syn.segment()).chain(rest)
    }
}

/// Nothing about it alone is unusual.
#[inline]
fn is_ordinary(segment: &Segment<'_>) -> bool {
    segment.checksum != Checksum::Invalid && segment.wnd > 0
}
