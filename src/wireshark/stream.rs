//! One stream: both directions, and the order in which a segment is looked at.

use super::completeness::Completeness;
use super::flow::Flow;
use super::round_trip::RoundTrip;
use super::scale::{self, Scale};
use super::table::Way;
use super::words::{Marks, Words};
use super::{ack, fast_open, repeat, window};
use crate::tcp::{Segment, SeqNumber};

#[derive(Debug, Default)]
pub(super) struct Stream {
    flows: [Flow; 2],
    pub(super) completeness: Completeness,
    pub(super) round_trip: RoundTrip,
    /// A SYN brought data and a Fast Open cookie.
    pub(super) fast_open: bool,
    /// MPTCP operations seen, one bit for each subtype; `None` before the first.
    mptcp: Option<u8>,
}

/// A segment's direction first.
pub(super) fn directed<T>(pair: &mut [T; 2], way: Way) -> (&mut T, &mut T) {
    let [up, down] = pair;
    match way {
        Way::Up => (up, down),
        Way::Down => (down, up),
    }
}

impl Stream {
    /// A stream of which no more is known than what it was left with.
    pub(super) fn left_with(completeness: Completeness, round_trip: RoundTrip, fast_open: bool) -> Stream {
        Stream { completeness, round_trip, fast_open, ..Stream::default() }
    }

    /// Whether a FIN or a RST was seen.
    pub(super) fn has_ended(&self) -> bool {
        self.completeness.0 & (Completeness::FIN.0 | Completeness::RST.0) != 0
    }

    /// The first numbers of both directions.
    pub(super) fn bases(&self) -> [Option<SeqNumber>; 2] {
        let [up, down] = &self.flows;
        [up.base, down.base]
    }

    /// Sets the first numbers of both directions.
    pub(super) fn set_bases(&mut self, bases: [Option<SeqNumber>; 2]) {
        for (flow, base) in self.flows.iter_mut().zip(bases) {
            flow.base = base;
        }
    }

    /// Lets go of what is only good for segments to come.
    pub(super) fn forget(&mut self) {
        for flow in &mut self.flows {
            flow.unacked.clear();
        }
    }

    /// The words for a segment of this stream. It may be the first between these addresses (`is_new`), or the first on the
    /// ports of another stream (`reused`).
    pub(super) fn judge(&mut self, segment: &Segment<'_>, way: Way, is_new: bool, reused: bool) -> Marks {
        let mut marks = Marks { completeness: self.completeness, ..Marks::default() };
        if reused {
            self.completeness = Completeness::SYN;
            marks.completeness = self.completeness;
            marks.words.add(Words::REUSED_PORTS);
        }
        let (fwd, rev) = directed(&mut self.flows, way);
        let flags = segment.flags;
        if flags.syn() && flags.ack() && fwd.base.is_some_and(|base| base != segment.seq) {
            fwd.base = Some(segment.seq);
            marks.words.add(Words::REUSED_PORTS);
        }
        // Whether tshark has anything to say: only then it tells the initial round trip.
        let mut says = !marks.words.is_empty();
        if flags.syn() && !flags.ack() && fwd.base == Some(segment.seq) {
            // The same SYN again: a RST may have led the count astray, so it goes back.
            fwd.next = fwd.contiguous;
            says = true;
        }
        marks.len = segment.tcp_len.checked_sub(u32::from(segment.header_len));
        let len = marks.len.unwrap_or(0);
        if marks.len.is_some() {
            if fwd.base.is_none() {
                fwd.base = Some(if flags.syn() { segment.seq } else { segment.seq - 1 });
            }
            if rev.base.is_none() && flags.ack() {
                rev.base = Some(segment.ack - 1);
            }
            says |= analyse(fwd, rev, segment, len, self.mptcp, self.round_trip.initial_ns, &mut marks);
        }
        if segment.header_len < LEAST {
            // A data offset that cannot be: tshark goes no further, and tells nothing of what it found.
            return marks.untold(Words::default());
        }
        if is_new {
            self.completeness.begin(segment, len);
        } else {
            self.completeness.go_on(segment, len);
        }
        let peer_base = rev.base.unwrap_or_default();
        let mut fast_open = fast_open::answer(segment, peer_base, self.fast_open);
        if flags.syn() {
            fwd.syn_window = true;
        }
        self.round_trip.look(segment);
        if flags.ack() && !flags.syn() {
            fwd.syn_window = false;
        }
        if let Some(shift) = segment.options.wscale {
            fwd.scale = Scale::Shift(shift);
        }
        if fast_open::brings_cookie(segment) {
            self.fast_open |= len > 0;
            fast_open.add(Words::TFO_SYN);
        }
        if let Some(subtype) = segment.options.mptcp {
            self.mptcp = Some(self.mptcp.unwrap_or(0) | 1_u8.checked_shl(subtype.into()).unwrap_or(0));
        }
        if segment.header_cut {
            // The header is cut: tshark stops before it tells what it found.
            return marks.untold(fast_open);
        }
        marks.words.add(fast_open);
        marks.says = says;
        if says {
            marks.initial_rtt_ns = self.round_trip.initial();
        }
        if flags.syn() {
            scale::settle(&mut fwd.scale, &mut rev.scale, flags.ack());
        }
        marks
    }
}

/// The header without options, in octets (RFC 9293 3.1).
const LEAST: u8 = 20;

/// Wireshark's sequence analysis. Says whether it found anything to tell.
fn analyse(
    fwd: &mut Flow,
    rev: &mut Flow,
    segment: &Segment<'_>,
    len: u32,
    mptcp: Option<u8>,
    initial_rtt_ns: i64,
    marks: &mut Marks,
) -> bool {
    if segment.flags.ack() {
        rev.flight_unknown = false;
    }
    if window::is_probe(fwd, rev, segment, len) {
        marks.words.add(Words::ZERO_WINDOW_PROBE);
    } else {
        window::look(fwd, rev, segment, len, &mut marks.words);
        ack::repeated(fwd, rev, segment, len, mptcp.unwrap_or(fwd.mptcp), marks);
    }
    ack::count_from(fwd, segment);
    let beyond = ack::unseen(rev, segment, &mut marks.words);
    repeat::look(fwd, rev, segment, len, initial_rtt_ns, marks);
    fwd.remember(segment, len, marks.words);
    fwd.mptcp = mptcp.unwrap_or(fwd.mptcp);
    if let Some(sent) = rev.unacked.acknowledge(segment.ack) {
        marks.acks_frame = Some(sent.frame);
        marks.ack_rtt_ns = Some(segment.time.since(sent.time)).filter(|ns| *ns != 0);
    }
    // tshark tells octets in flight, even where it takes them for none.
    let under_way = len > 0 && !fwd.flight_unknown && !fwd.unacked.is_empty();
    beyond || under_way || marks.acks_frame.is_some() || !marks.words.is_empty()
}
