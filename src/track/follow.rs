//! The sender's numbers and windows, followed from segment to segment, and what it sent, counted.

use super::step::Repeat;
use super::turn::Turn;
use crate::tcp::acceptability::is_acceptable;
use crate::tcp::{Peer, Segment};

/// A larger gap is not data that the capture lacks but another numbering, as of a peer that started anew.
const BELIEVABLE_GAP: u32 = 1 << 28;

impl Turn<'_> {
    /// Follows the sender's numbers and windows, and counts what it sent.
    pub(super) fn count(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) {
        let connection = &mut *self.connection;
        peer.of_mut(&mut connection.memory).last_own = self.ordinal + 1;
        let flow = peer.of_mut(&mut connection.flows);
        flow.segments += 1;
        flow.note_len(segment.len);
        flow.retransmissions += u64::from(repeat.is_some());
        let is_stray = segment.flags.syn()
            && peer.of(&connection.memory).stray_syn.as_ref().is_some_and(|stray| stray.0 == segment.seq);
        if segment.flags.rst() || is_stray {
            return;
        }
        flow.ttl = segment.ttl;
        flow.tsval = segment.options.timestamps.map(|(tsval, _)| tsval).or(flow.tsval);
        let tcb = peer.of_mut(&mut connection.tcb);
        if segment.flags.syn() {
            tcb.rcv.scale = segment.options.wscale.map(|shift| shift.min(14));
        }
        if flow.base.is_none() {
            flow.set_base(segment.seq - 1, segment.seq);
            tcb.snd.nxt = Some(segment.seq);
        }
        self.follow_numbers(peer, segment, repeat);
        self.follow_window(peer, segment);
    }

    fn follow_numbers(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) {
        let nxt = *peer.of_mut(&mut self.connection.tcb).snd.nxt.get_or_insert(segment.seq);
        let end = segment.end();
        if !nxt.lt(end) {
            if segment.flags.syn() && repeat.is_none() {
                peer.of_mut(&mut self.connection.flows).bytes += u64::from(segment.len);
            }
            return;
        }
        // A segment that begins where the last one ended lies beyond only if the sender ignores the window.
        if nxt.lt(segment.seq)
            && self.is_beyond_window(peer, segment)
            && peer.of_mut(&mut self.connection.memory).jump.replace(end) != Some(segment.seq)
        {
            // Perhaps forged; a true sender after a gap in the capture goes on from here.
            return;
        }
        let connection = &mut *self.connection;
        let flow = peer.of_mut(&mut connection.flows);
        if nxt.lt(segment.seq) && !segment.flags.syn() {
            let gap = segment.seq.since(nxt);
            if gap < BELIEVABLE_GAP {
                flow.missing += u64::from(gap);
            }
        }
        let forward = end.since(nxt);
        let fresh = forward.saturating_sub(u32::from(segment.flags.fin())).min(segment.len);
        flow.advance(forward);
        flow.bytes += u64::from(fresh);
        if fresh > 0 {
            connection.last_data = Some(peer);
        }
        peer.of_mut(&mut connection.tcb).snd.nxt = Some(end);
        // What was sent before the first FIN had arrived was no half-close.
        let closing = &mut connection.closing;
        let first = closing.first_fin.filter(|first| *first != peer);
        if first.is_some_and(|first| first.of(&closing.fin).as_ref().is_some_and(|fin| fin.acknowledged.is_some())) {
            closing.late_bytes += u64::from(fresh);
        }
    }

    /// Whether a segment that leaves a gap lies beyond the receiver's window, so that a receiver drops it (RFC 9293
    /// 3.10.7.4). Only where both scales are known.
    fn is_beyond_window(&self, peer: Peer, segment: &Segment<'_>) -> bool {
        let receiver = self.connection.receiver_of(peer);
        let rcv = receiver.of(&self.connection.tcb).rcv;
        let Some(nxt) = rcv.nxt else { return false };
        self.connection.opening.shows_both() && !is_acceptable(segment.seq, segment.seq_len(), nxt, rcv.wnd.max(1))
    }

    fn follow_window(&mut self, peer: Peer, segment: &Segment<'_>) {
        let receiver = self.connection.receiver_of(peer);
        let connection = &mut *self.connection;
        let shift = if segment.flags.syn() { 0 } else { connection.window_shift(peer) };
        // What the other was seen to send bounds what can be acknowledged; where nothing was seen, nothing bounds it.
        let sent = receiver.of(&connection.tcb).snd.nxt.filter(|_| receiver.of(&connection.flows).segments > 0);
        let rcv = &mut peer.of_mut(&mut connection.tcb).rcv;
        rcv.wnd = u32::from(segment.wnd) << shift;
        let Some(ack) = segment.acknowledges() else { return };
        rcv.last_ack = Some(ack);
        let ack = sent.filter(|sent| sent.lt(ack)).unwrap_or(ack);
        rcv.nxt = Some(rcv.nxt.map_or(ack, |known| known.max(ack)));
        let other = receiver.of_mut(&mut connection.flows);
        if other.base.is_none() {
            other.set_base(ack - 1, ack);
            receiver.of_mut(&mut connection.tcb).snd.nxt = Some(ack);
        }
    }
}
