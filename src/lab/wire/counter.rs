//! Which of the segments that go by a selector means.

use crate::lab::fault::{Kind, Selector, Which};
use crate::tcp::{Flags, Peer, Segment, SeqNumber};

/// The numbers that acknowledge the FINs, by sender.
pub(super) type Fins = [Option<SeqNumber>; 2];

/// Counts what goes by, and says which segments a selector means.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    selector: Selector,
    seen: u32,
}

impl Counter {
    pub(super) fn new(selector: Selector) -> Counter {
        Counter { selector, seen: 0 }
    }

    /// Whether this segment is meant. `fins` are the acknowledgments of both sides' FINs, as far as these went by before it.
    pub(super) fn hits(&mut self, from: Peer, segment: &Segment<'_>, fins: &Fins) -> bool {
        let Selector { which, kind, from: wanted } = self.selector;
        if wanted.is_some_and(|wanted| wanted != from) || !is_of(kind, from, segment, fins) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        match which {
            Which::Nth(nth) => self.seen == nth,
            Which::First(count) => self.seen <= count,
            Which::Every => true,
        }
    }
}

fn is_of(kind: Kind, from: Peer, segment: &Segment<'_>, fins: &Fins) -> bool {
    let flags = segment.flags;
    match kind {
        Kind::Syn => flags.syn() && !flags.ack(),
        Kind::SynAck => flags.syn() && flags.ack(),
        Kind::Ack => segment.is_pure_ack(),
        Kind::LastAck => {
            fins.iter().all(Option::is_some) && segment.is_pure_ack() && *(!from).of(fins) == segment.acknowledges()
        }
        Kind::Data => segment.len > 0 && !flags.any(Flags::SYN),
        Kind::Fin => flags.fin(),
        Kind::Rst => flags.rst(),
        Kind::Segment => true,
    }
}
