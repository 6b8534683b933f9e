//! Round trips: how long after a segment the first acknowledgment of all of it came, where it was sent once (Karn).

use super::path::{Path, Way, has, length, value};
use super::{Kind, Marks, Meaning, Panel, Plot, Series, Unit};
use crate::timeline::{SegmentEvent, Text};
use std::collections::VecDeque;

/// Linux counts four times the deviation as no less than this (TCP_RTO_MIN), nanoseconds.
const LINUX_RTO_MIN_NS: f64 = 200e6;
/// Segments of one direction that wait for their acknowledgment at most: the oldest is let go.
const MOST_WAITING: usize = 65_536;

pub(super) fn plot(path: &Path<'_>) -> Plot {
    Plot {
        kind: Kind::RoundTrip,
        title: Text::new("Round trips over time", "往返时间的变化"),
        about: Text::new(
            "From a segment to the first acknowledgment of all of it, as seen where it was captured; what was sent twice says nothing (Karn).",
            "从报文段发出到它被全部确认的时间，以捕获点所见为准；重传过的不计（Karn 算法）。",
        ),
        from_ns: path.origin_ns,
        to_ns: path.origin_ns,
        origin_ns: path.origin_ns,
        panels: [0, 1].into_iter().map(|from| panel(path, from)).collect(),
    }
}

/// Segments of one direction that are not acknowledged yet, in their order, and what came of those that are.
#[derive(Default)]
struct Clock {
    waiting: VecDeque<Waiting>,
    next: i64,
    samples: Vec<(i64, f64)>,
    handshake: Vec<(i64, f64)>,
    smoothed: Vec<(i64, f64)>,
    timeout: Vec<(i64, f64)>,
    /// SRTT and RTTVAR (RFC 6298 2).
    estimate: Option<(f64, f64)>,
}

struct Waiting {
    begins: i64,
    end: i64,
    sent_ns: i64,
    is_syn: bool,
    is_ambiguous: bool,
    /// It was told of before by a SACK block, which was its round trip.
    is_sacked: bool,
}

fn panel(path: &Path<'_>, from: usize) -> Panel {
    let mut clock = Clock::default();
    for (t_ns, way) in path.ways(from) {
        match way {
            Way::Leaves(segment) => clock.leaves(t_ns, segment),
            Way::Returns(segment) => clock.returns(t_ns, segment),
            // What is folded has no times of its own.
            Way::Folds(..) => {}
        }
    }
    let series = [
        (Meaning::Timeout, Marks::Steps(clock.timeout)),
        (Meaning::Smoothed, Marks::Steps(clock.smoothed)),
        (Meaning::Handshake, Marks::Points(clock.handshake)),
        (Meaning::RoundTrip, Marks::Points(clock.samples)),
    ];
    Panel {
        name: path.direction(from),
        unit: Unit::Time,
        low: 0.0,
        high: 0.0,
        reach: 4.0,
        is_clients: from == 0,
        series: series.into_iter().map(|(meaning, marks)| Series { meaning, marks }).collect(),
    }
}

impl Clock {
    fn leaves(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let end = segment.seq.saturating_add(length(segment));
        if end == segment.seq {
            return;
        }
        if segment.repeats.is_some() || end <= self.next {
            // Whose acknowledgment the next one is cannot be told any more.
            let first = self.waiting.partition_point(|waiting| waiting.end <= segment.seq);
            let own = self.waiting.iter_mut().skip(first).take_while(|waiting| waiting.begins < end);
            own.for_each(|waiting| waiting.is_ambiguous = true);
            return;
        }
        if self.waiting.len() == MOST_WAITING {
            self.waiting.pop_front();
        }
        let is_syn = has(segment, "SYN");
        self.waiting.push_back(Waiting {
            begins: segment.seq,
            end,
            sent_ns: t_ns,
            is_syn,
            is_ambiguous: false,
            is_sacked: false,
        });
        self.next = self.next.max(end);
    }

    fn returns(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let Some(ack) = segment.ack.filter(|_| !has(segment, "RST")) else { return };
        let (mut newest, mut is_ambiguous) = (None, false);
        while let Some(waiting) = self.waiting.front().filter(|waiting| waiting.end <= ack) {
            is_ambiguous |= waiting.is_ambiguous && !waiting.is_sacked;
            if !waiting.is_sacked {
                newest = Some((waiting.sent_ns, waiting.is_syn));
            }
            self.waiting.pop_front();
        }
        let sacked = segment.options.sack.iter().take(4).filter_map(|block| self.sacked(*block)).max();
        // What was sent once may have waited for what was sent again.
        let newest = newest.filter(|_| !is_ambiguous).or(sacked.map(|sent_ns| (sent_ns, false)));
        // Of several that are acknowledged at once the last one tells: the others may have waited for it.
        let Some((sent_ns, is_syn)) = newest.filter(|(sent_ns, _)| *sent_ns <= t_ns) else { return };
        let took = value(t_ns.saturating_sub(sent_ns));
        if is_syn { &mut self.handshake } else { &mut self.samples }.push((t_ns, took));
        let (srtt, rttvar) = match self.estimate {
            None => (took, took / 2.0),
            Some((srtt, rttvar)) => (0.875 * srtt + 0.125 * took, 0.75 * rttvar + 0.25 * (srtt - took).abs()),
        };
        self.estimate = Some((srtt, rttvar));
        self.smoothed.push((t_ns, srtt));
        self.timeout.push((t_ns, srtt + (4.0 * rttvar).max(LINUX_RTO_MIN_NS)));
    }

    /// What a block tells of for the first time: when the last of it was sent that was sent once.
    fn sacked(&mut self, [left, right]: [i64; 2]) -> Option<i64> {
        let first = self.waiting.partition_point(|waiting| waiting.begins < left);
        let own = self.waiting.iter_mut().skip(first).take_while(|waiting| waiting.end <= right);
        let mut newest = None;
        for waiting in own.filter(|waiting| !waiting.is_sacked) {
            waiting.is_sacked = true;
            newest = newest.max(Some(waiting.sent_ns).filter(|_| !waiting.is_ambiguous));
        }
        newest
    }
}
