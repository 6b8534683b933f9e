//! What a segment is that its supposed sender's own capture does not have: it says nothing of that one's octets, loss or order.

use super::finding::{Recovery, Sending};
use super::sent::{Place, Sent};
use crate::tcp::{Peer, Segment};
use crate::track::turn::Turn;

impl Turn<'_> {
    /// Octets that had all been sent before are an old duplicate: the network kept them back, or somebody repeats them.
    pub(super) fn judge_unsent(&mut self, peer: Peer, segment: &Segment<'_>, found: &mut Recovery) {
        self.check_age(peer, segment, found);
        let snd = peer.of(&self.connection.tcb).snd;
        let end = segment.seq + segment.len;
        if segment.len == 0 || segment.flags.syn() || snd.nxt.is_none_or(|nxt| nxt.lt(end)) {
            return;
        }
        let here = Place { ordinal: self.ordinal, frame: segment.frame };
        let is_it = |sent: &&Sent| sent.seq.le(segment.seq) && segment.seq.lt(sent.end);
        let sender = peer.of(&self.connection.senders);
        let known = match &sender.more {
            Some(more) => more.sents.get(more.sents.find(segment.seq)).filter(is_it),
            None => sender.first.as_ref().filter(is_it),
        };
        found.sending = Sending::OldDuplicate {
            of: known.map(|sent| sent.first_place(here)),
            after_ns: known.map(|sent| segment.time.since(sent.last())),
            // The first octet's number is the initial one and 1.
            of_earlier: snd.iss.is_some_and(|iss| end.le(iss + 1)),
        };
    }
}
