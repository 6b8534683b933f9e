//! What loss, order and flow make of a segment that only goes on where the last one ended.

use super::finding::Recovery;
use super::sent::Sent;
use crate::tcp::{Peer, Segment};
use crate::track::turn::Turn;

impl Turn<'_> {
    /// Works in new octets, or an acknowledgment that is news. False: there is more to it, and nothing was done.
    #[inline(always)]
    pub(in crate::track) fn recover_steadily(&mut self, peer: Peer, segment: &Segment<'_>) -> bool {
        let connection = &mut *self.connection;
        let other = !peer;
        let (own, its) = (*peer.of(&connection.tcb), *other.of(&connection.tcb));
        let (Some(acknowledged), Some(sent_to)) = (own.rcv.nxt, its.snd.nxt) else { return false };
        let is_news = acknowledged.lt(segment.ack);
        let is_in_order =
            if is_news { segment.ack.le(sent_to) } else { segment.ack == acknowledged && segment.len > 0 };
        if !is_in_order {
            return false;
        }
        let end = segment.seq + segment.len;
        let [a, b] = &mut connection.senders;
        let (sender, receiver) = if peer == Peer::A { (a, b) } else { (b, a) };
        let is_open = |more: &super::More| more.closed_since.is_none() && more.keep_alives == 0;
        let goes_on = match &receiver.more {
            Some(more) => is_open(more),
            // What it sent is acknowledged once; and not by this.
            None => !is_news && (receiver.first.is_none() || receiver.first_acknowledged),
        };
        let fills_window = segment.len > 0 && its.rcv.nxt.is_some_and(|una| una + its.rcv.wnd == end);
        let sends = match &sender.more {
            Some(more) => is_open(more),
            None => segment.len == 0,
        };
        let timestamp = segment.options.timestamps.map(|(tsval, _)| tsval);
        let is_old =
            sender.has_ts_recent && timestamp.is_some_and(|own| (sender.ts_recent.wrapping_sub(own) as i32) > 0);
        // An old acknowledgment without octets is taken all the same.
        if !goes_on || fills_window || !sends || is_old && segment.len > 0 {
            return false;
        }
        if let Some(more) = &mut receiver.more {
            more.heard = Some(segment.time);
            if is_news {
                more.work_in_news(segment, segment.ack, &mut Recovery::default());
            }
        }
        if let Some(timestamp) = timestamp.filter(|_| !is_old)
            && its.rcv.last_ack.is_none_or(|taken| segment.seq.le(taken))
        {
            (sender.ts_recent, sender.has_ts_recent) = (timestamp, true);
        }
        if segment.len > 0 {
            if let Some(una) = its.rcv.nxt.filter(|una| una.lt(end)) {
                sender.largest_flight = sender.largest_flight.max(end.since(una));
            }
            if let Some(more) = &mut sender.more {
                more.sents.push(Sent::new(segment.seq, end, segment, self.ordinal), its.rcv.nxt.is_some());
            }
        }
        true
    }
}
