//! The short way of nearly every segment of a long transfer: the next octets, or the next acknowledgment, in an established
//! connection in which nothing is open. It leaves what the long way leaves; whoever wants to hear of each segment takes that.

use super::recovery::EcnOffer;
use super::turn::Turn;
use super::work::SILENCE_NS;
use crate::tcp::{Checksum, Flags, Passage, Peer, Segment, State};

impl Turn<'_> {
    /// Works in a segment that only goes on where the last one ended. False: it is none, and nothing was done.
    #[inline]
    pub(super) fn go_on(&mut self, peer: Peer, segment: &Segment<'_>) -> bool {
        if !is_steady(segment) || !self.is_steady(peer, segment) || !self.recover_steadily(peer, segment) {
            return false;
        }
        let connection = &mut *self.connection;
        peer.of_mut(&mut connection.memory).last_own = self.ordinal + 1;
        let wnd = u32::from(segment.wnd) << connection.window_shift(peer);
        let flow = peer.of_mut(&mut connection.flows);
        flow.has_valid_checksums = true;
        flow.segments += 1;
        flow.note_len(segment.len);
        flow.ttl = segment.ttl;
        flow.tsval = segment.options.timestamps.map(|(tsval, _)| tsval).or(flow.tsval);
        let tcb = peer.of_mut(&mut connection.tcb);
        if segment.len > 0 {
            flow.advance(segment.len);
            flow.bytes += u64::from(segment.len);
            connection.last_data = Some(peer);
            tcb.snd.nxt = Some(segment.seq + segment.len);
        }
        (tcb.rcv.wnd, tcb.rcv.last_ack, tcb.rcv.nxt) = (wnd, Some(segment.ack), Some(segment.ack));
        let missing = (!peer).of(&connection.flows).missing;
        connection.history.note(peer, segment, missing);
        connection.segments += 1;
        connection.last = connection.last.max(segment.time);
        true
    }

    /// Whether the segment begins where its sender's last one ended, and nothing in the connection waits for one.
    #[inline(always)]
    fn is_steady(&self, peer: Peer, segment: &Segment<'_>) -> bool {
        let connection = &*self.connection;
        let tcb = peer.of(&connection.tcb);
        let memory = peer.of(&connection.memory);
        tcb.snd.nxt == Some(segment.seq)
            && connection.tcb.iter().all(|tcb| tcb.state == Some(State::Established))
            && connection.flows.iter().all(|flow| flow.base.is_some())
            && segment.time.since(connection.last) <= SILENCE_NS
            && connection.flight.iter().all(|flight| flight.is_settled())
            && memory.unproved.is_none()
            && memory.stray_syn.is_none()
            && connection.closing.first_fin.is_none()
            && connection.evidence.is_none()
            && connection.captured_twice() == 0
            && connection.ecn != (EcnOffer::Agreed { accurate: false })
            && !connection.is_self_connect()
    }
}

/// Whether a segment carries nothing but octets (a single one may be a probe), an acknowledgment and timestamps.
#[inline(always)]
fn is_steady(segment: &Segment<'_>) -> bool {
    segment.flags.0 & !Flags::PSH.0 == Flags::ACK.0
        && segment.checksum == Checksum::Valid
        && segment.passage == Passage::Unknown
        && segment.options.sack_len == 0
        && segment.options.mptcp.is_none()
        && segment.ecn == 0
        && segment.wnd > 0
        && segment.len != 1
}
