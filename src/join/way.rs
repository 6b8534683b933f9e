//! One direction of one conversation: each segment that was sent, with what became of it.

use super::clock::Clock;
use super::copies::{Copies, Copy, Usual, tie};
use super::ranges::{Arrivals, Arrived, cut};
use super::sighting::Capture;
use crate::tcp::{Checksum, Passage, Segment, SeqNumber, Timestamp};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

/// A capture, with its times on the client's clock.
#[derive(Clone, Copy)]
pub(super) struct Here<'c> {
    pub(super) capture: &'c Capture,
    /// `None`: it is the client's.
    pub(super) clock: Option<Clock>,
    pub(super) covers: Option<(Timestamp, Timestamp)>,
}

impl<'c> Here<'c> {
    /// The segment at this place, by the client's clock.
    pub(super) fn segment(&self, place: u32) -> Option<Segment<'c>> {
        let segment = self.capture.segment(place as usize)?;
        let time = self.clock.map_or(segment.time, |clock| clock.on_clients(segment.time));
        Some(Segment { time, ..segment })
    }

    /// Whether what was sent at this time would be in this capture, had it arrived.
    pub(super) fn has_seen_to(&self, sent: Timestamp, usual: Usual) -> bool {
        let late = usual.most_ns.saturating_add(usual.slack_ns);
        let early = usual.least_ns.saturating_sub(usual.slack_ns);
        !self.capture.has_gaps
            && self.covers.is_some_and(|(first, last)| first <= sent.add_ns(early) && sent.add_ns(late) <= last)
    }

    /// Whether what arrived at this time would be in this capture, had it been sent there.
    pub(super) fn has_seen_from(&self, arrived: Timestamp, usual: Usual) -> bool {
        let early = usual.most_ns.saturating_add(usual.slack_ns);
        let late = usual.least_ns.saturating_sub(usual.slack_ns);
        !self.capture.has_gaps
            && self.covers.is_some_and(|(first, last)| first <= arrived.add_ns(-early) && arrived.add_ns(-late) <= last)
    }
}

/// A copy that comes so long after its original is an old duplicate.
const LINGERS_NS: i64 = 50_000_000;

/// One direction.
pub(super) struct Way<'c, 'm> {
    pub(super) sender: Here<'c>,
    pub(super) receiver: Here<'c>,
    pub(super) usual: Usual,
    /// As the client's capture names them.
    pub(super) src: SocketAddr,
    pub(super) dst: SocketAddr,
    /// What the receiver sent itself, in its own capture.
    pub(super) answers: (&'c Capture, &'m [u32]),
}

/// A segment of one side that has no equal on the other.
type Left = Vec<u32>;
/// Of the sender's capture.
pub(super) type Places = HashSet<u32, foldhash::fast::RandomState>;

impl<'c> Way<'c, '_> {
    /// Ties all segments of this direction and adds them to `out`, those that only the receiver has to `received`; says how many arrived more often than they were sent.
    pub(super) fn follow(
        &self,
        groups: &[Copies],
        sender_is_client: bool,
        out: &mut Vec<Segment<'c>>,
        received: &mut Vec<Segment<'c>>,
    ) -> u64 {
        let keeps_ip_id = self.keeps_ip_id(groups, sender_is_client);
        let mut ties: HashMap<u32, Timestamp, foldhash::fast::RandomState> = HashMap::default();
        let (mut sent, mut unsent, mut doubled): (Left, Left, u64) = (Vec::new(), Vec::new(), 0);
        let mut twice: Places = HashSet::default();
        let mut damaged: Places = HashSet::default();
        for copies in groups {
            let (left, arrived) =
                if sender_is_client { (&copies.client, &copies.server) } else { (&copies.server, &copies.client) };
            sent.extend(left);
            if left.is_empty() {
                unsent.extend(arrived);
                continue;
            }
            let tied = match (left.as_slice(), arrived.as_slice()) {
                ([_], []) => continue,
                ([left], [arrived]) => vec![(*left, *arrived)],
                _ => tie(&copies_of(self.sender, left), &copies_of(self.receiver, arrived), self.usual, keeps_ip_id),
            };
            let (late, at_once) = self.come_again(arrived, &tied);
            doubled += at_once;
            if at_once > 0 {
                twice.extend(left.last());
            }
            received.extend(late);
            for (left, arrived) in tied {
                if self.is_damaged(left, arrived) {
                    damaged.insert(left);
                    continue;
                }
                ties.extend(self.receiver.segment(arrived).map(|segment| (left, segment.time)));
            }
        }
        sent.sort_unstable();
        unsent.sort_unstable();
        self.take_damaged(&mut unsent, &sent, &ties, &mut damaged);
        let mut numbers = Numbers::default();
        let mut arrivals = self.arrivals(&unsent, &sent, &mut numbers);
        let proved = self.proved_by_answers(&ties, &sent, &unsent, &mut numbers);
        let untaken = self.untaken_syn(&ties, &sent);
        for place in &sent {
            let Some(segment) = self.sender.segment(*place) else { continue };
            let segment = Segment { src: self.src, dst: self.dst, ..segment };
            if let Some(at) = ties.get(place) {
                let at = (*at).max(segment.time);
                let is_twice = twice.contains(place);
                let passage = if is_twice { Passage::ArrivedTwice(at) } else { Passage::Arrived(at) };
                out.push(Segment { passage, ..segment });
                continue;
            }
            if damaged.contains(place) {
                // Whoever receives it throws it away.
                out.push(Segment { passage: Passage::Lost, checksum: Checksum::Invalid, ..segment });
                continue;
            }
            let start = numbers.of(segment.seq);
            let data = start + i64::from(segment.flags.syn());
            let not_before = segment.time.add_ns(-self.usual.slack_ns);
            let missing = |segment: &Segment<'_>, start: i64| {
                let is_missed = proved.is_missed(start, i64::from(segment.seq_len()));
                let is_untaken = segment.flags.syn() && untaken.is_some_and(|of| of.is(segment));
                if !is_missed && (is_untaken || self.receiver.has_seen_to(segment.time, self.usual)) {
                    Passage::Lost
                } else {
                    Passage::Unknown
                }
            };
            let pieces = (segment.len > 0).then(|| arrivals.take(data, segment.len, not_before)).flatten();
            match pieces {
                None => out.push(Segment { passage: missing(&segment, start), ..segment }),
                Some(pieces) => out.extend(pieces.into_iter().map(|piece| {
                    let part = cut(&segment, piece);
                    let from = start + i64::from(part.seq.since(segment.seq));
                    let passage =
                        piece.at.map_or_else(|| missing(&part, from), |at| Passage::Arrived(at.max(segment.time)));
                    Segment { passage, ..part }
                })),
            }
        }
        self.add_unsent(&unsent, &arrivals, &mut numbers, received);
        doubled
    }

    /// Arrivals beyond those that were sent. A copy that the network made comes with its original; one that comes long after it
    /// stands for itself: to its receiver it is an old duplicate. Those, and how many others there are.
    fn come_again(&self, arrived: &[u32], tied: &[(u32, u32)]) -> (Vec<Segment<'c>>, u64) {
        let time = |place: &u32| self.receiver.segment(*place).map(|segment| segment.time);
        let came: Vec<Timestamp> = tied.iter().filter_map(|(_, place)| time(place)).collect();
        let (mut late, mut at_once) = (Vec::new(), 0);
        for place in arrived.iter().filter(|place| !tied.iter().any(|(_, tied)| tied == *place)) {
            let Some(segment) = self.receiver.segment(*place) else { continue };
            let lingered = !came.is_empty() && came.iter().all(|came| segment.time.since(*came) > LINGERS_NS);
            if lingered && self.sender.has_seen_from(segment.time, self.usual) {
                late.push(Segment { src: self.src, dst: self.dst, passage: Passage::Appeared, ..segment });
            } else {
                at_once += 1;
            }
        }
        (late, at_once)
    }

    /// What the sender's capture does not have.
    fn add_unsent(&self, unsent: &[u32], arrivals: &Arrivals, numbers: &mut Numbers, out: &mut Vec<Segment<'c>>) {
        let mut whole: HashMap<u32, i64, foldhash::fast::RandomState> = HashMap::default();
        for place in unsent {
            if let Some(segment) = self.receiver.segment(*place).filter(|segment| segment.len > 0) {
                whole.insert(*place, numbers.of(segment.seq + u32::from(segment.flags.syn())));
            }
        }
        let mut untied: Vec<u32> = arrivals.untouched(|place| whole.get(&place).copied().unwrap_or(i64::MIN)).collect();
        untied.extend(unsent.iter().filter(|place| !whole.contains_key(place)));
        untied.sort_unstable();
        for place in untied {
            let Some(segment) = self.receiver.segment(place) else { continue };
            let appeared = self.sender.has_seen_from(segment.time, self.usual);
            let passage = if appeared { Passage::Appeared } else { Passage::Unknown };
            out.push(Segment { src: self.src, dst: self.dst, passage, ..segment });
        }
    }

    /// Whether IP identification comes through unchanged, so that it tells copies apart. A NAT may rewrite it.
    fn keeps_ip_id(&self, groups: &[Copies], sender_is_client: bool) -> bool {
        let (mut same, mut all) = (0_u64, 0_u64);
        for (client, server) in groups.iter().filter_map(Copies::sole) {
            let (left, arrived) = if sender_is_client { (client, server) } else { (server, client) };
            let (Some(left), Some(arrived)) = (self.sender.segment(left), self.receiver.segment(arrived)) else {
                continue;
            };
            if left.ip_id != 0 {
                all += 1;
                same += u64::from(left.ip_id == arrived.ip_id);
            }
        }
        all > 0 && same == all
    }

    fn arrivals(&self, unsent: &[u32], sent: &[u32], numbers: &mut Numbers) -> Arrivals {
        // Both sides count from the sender's first segment.
        if let Some(first) = sent.first().and_then(|place| self.sender.segment(*place)) {
            numbers.of(first.seq);
        }
        let mut list = Vec::new();
        for place in unsent {
            let Some(segment) = self.receiver.segment(*place).filter(|segment| segment.len > 0) else { continue };
            let start = numbers.of(segment.seq + u32::from(segment.flags.syn()));
            list.push(Arrived { start, end: start + i64::from(segment.len), at: segment.time, place: *place });
        }
        numbers.again();
        Arrivals::new(list)
    }

    /// Which copies of a SYN its receiver cannot have had: those before the one whose timestamp its answer echoes. It would
    /// have echoed the first that came (RFC 7323 4.3). The receiver's capture may begin with the one that came.
    fn untaken_syn(
        &self,
        ties: &HashMap<u32, Timestamp, foldhash::fast::RandomState>,
        sent: &[u32],
    ) -> Option<UntakenSyn> {
        let (capture, places) = self.answers;
        let answers = places.iter().filter_map(|place| capture.sightings.get(*place as usize)).map(|it| it.segment);
        let answer = answers.into_iter().find(|it| it.flags.syn() && it.flags.ack())?;
        let (_, echo) = answer.options.timestamps?;
        let tied = sent.iter().filter(|place| ties.contains_key(place)).filter_map(|place| self.sender.segment(*place));
        let taken = tied.into_iter().find(|it| {
            let is_echoed = it.options.timestamps.is_some_and(|(tsval, _)| tsval == echo);
            it.flags.syn() && !it.flags.ack() && answer.ack == it.seq + it.seq_len() && is_echoed
        })?;
        Some(UntakenSyn { seq: taken.seq, echo, before: taken.time })
    }

    /// What must have arrived because its receiver acknowledged it, although its capture does not have it.
    fn proved_by_answers(
        &self,
        ties: &HashMap<u32, Timestamp, foldhash::fast::RandomState>,
        sent: &[u32],
        unsent: &[u32],
        numbers: &mut Numbers,
    ) -> Proved {
        let mut seen: Vec<(i64, i64)> = Vec::new();
        let tied = sent.iter().filter(|place| ties.contains_key(place)).filter_map(|place| self.sender.segment(*place));
        let others = unsent.iter().filter_map(|place| self.receiver.segment(*place));
        for segment in tied.chain(others).filter(|segment| segment.seq_len() > 0) {
            let start = numbers.of(segment.seq);
            seen.push((start, start + i64::from(segment.seq_len())));
        }
        seen.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (start, end) in seen {
            match merged.last_mut() {
                Some((_, last)) if start <= *last => *last = end.max(*last),
                _ => merged.push((start, end)),
            }
        }
        numbers.again();
        let (capture, places) = self.answers;
        let acks = places
            .iter()
            .filter_map(|place| capture.sightings.get(*place as usize))
            .filter_map(|it| it.segment.acknowledges());
        let acknowledged = acks.map(|ack| numbers.of(ack)).max().unwrap_or(i64::MIN);
        numbers.again();
        Proved { seen: merged, acknowledged }
    }
}

/// Copies of a SYN that the answer shows not to have arrived.
#[derive(Clone, Copy)]
struct UntakenSyn {
    seq: SeqNumber,
    /// The timestamp of the copy that was taken.
    echo: u32,
    before: Timestamp,
}

impl UntakenSyn {
    fn is(&self, segment: &Segment<'_>) -> bool {
        let is_other = segment.options.timestamps.is_some_and(|(tsval, _)| tsval != self.echo);
        segment.seq == self.seq && segment.time < self.before && is_other
    }
}

fn copies_of(here: Here<'_>, places: &[u32]) -> Vec<Copy> {
    let copy = |place: &u32| here.segment(*place).map(|it| Copy { place: *place, at: it.time.0, ip_id: it.ip_id });
    places.iter().filter_map(copy).collect()
}

/// Sequence numbers without wrapping, followed from one to the next.
#[derive(Default)]
struct Numbers {
    first: Option<SeqNumber>,
    last: Option<(SeqNumber, i64)>,
}

impl Numbers {
    fn of(&mut self, seq: SeqNumber) -> i64 {
        let first = *self.first.get_or_insert(seq);
        let (last, at) = self.last.unwrap_or((first, 0));
        let at = at + i64::from(seq.offset_from(last));
        self.last = Some((seq, at));
        at
    }

    /// Starts over with the same first number.
    fn again(&mut self) {
        self.last = None;
    }
}

/// What the receiver's answers say of what its capture has.
struct Proved {
    seen: Vec<(i64, i64)>,
    acknowledged: i64,
}

impl Proved {
    /// It was acknowledged and no copy of it was captured where it arrived: the capture missed it.
    fn is_missed(&self, start: i64, len: i64) -> bool {
        let end = start + len;
        let before = self.seen.partition_point(|(from, _)| *from <= start);
        let covered = before.checked_sub(1).and_then(|last| self.seen.get(last)).is_some_and(|(_, to)| *to >= end);
        len > 0 && end <= self.acknowledged && !covered
    }
}
