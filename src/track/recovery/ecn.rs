//! Explicit congestion notification: offered, agreed, marked, echoed, answered (RFC 3168; RFC 9768 for the accurate one).

use super::finding::{EcnNews, Recovery};
use crate::tcp::{Flags, Peer, Segment};
use crate::track::turn::Turn;

/// The ECN bits of the IP header (RFC 3168 5).
const CE: u8 = 0b11;

/// How far the handshake came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::track) enum EcnOffer {
    #[default]
    None,
    /// By the SYN: classic, or accurate, which admits classic too (RFC 9768 3.1.1).
    Offered {
        accurate: bool,
    },
    Agreed {
        accurate: bool,
    },
    Refused,
}

impl Turn<'_> {
    #[inline]
    pub(super) fn follow_congestion(&mut self, peer: Peer, segment: &Segment<'_>, found: &mut Recovery) {
        const BITS: Flags = Flags(Flags::ECE.0 | Flags::CWR.0 | Flags::AE.0);
        if segment.flags.syn() {
            return self.follow_offer(segment, found);
        }
        if segment.ecn == 0 && !segment.flags.any(BITS) {
            // The echo has ended.
            if self.connection.ecn == (EcnOffer::Agreed { accurate: false })
                && let Some(more) = &mut peer.of_mut(&mut self.connection.senders).more
            {
                more.echoes = false;
            }
            return;
        }
        let is_classic = self.connection.ecn == (EcnOffer::Agreed { accurate: false });
        let more = self.connection.more(peer);
        let ecn = &mut more.totals.ecn;
        ecn.capable = ecn.capable.saturating_add(u32::from(segment.ecn != 0));
        if is_classic {
            let echoes = segment.flags.has(Flags::ECE);
            let reduced = segment.flags.has(Flags::CWR);
            ecn.echoes = ecn.echoes.saturating_add(u32::from(echoes));
            ecn.reduced = ecn.reduced.saturating_add(u32::from(reduced));
            if reduced {
                found.ecn = Some(EcnNews::Reduced);
            }
            if echoes && !std::mem::replace(&mut more.echoes, echoes) {
                found.ecn = Some(EcnNews::Echo);
            }
            more.echoes = echoes;
        }
        if segment.ecn == CE {
            more.totals.ecn.marked = more.totals.ecn.marked.saturating_add(1);
            found.ecn = Some(EcnNews::CongestionExperienced);
        }
    }

    fn follow_offer(&mut self, segment: &Segment<'_>, found: &mut Recovery) {
        let has = |flags| segment.flags.has(flags);
        let offer = &mut self.connection.ecn;
        if !has(Flags::ACK) {
            *offer = match has(Flags::ECE | Flags::CWR) {
                true => EcnOffer::Offered { accurate: has(Flags::AE) },
                false => EcnOffer::None,
            };
            return;
        }
        let EcnOffer::Offered { accurate } = *offer else { return };
        let bits = [Flags::AE, Flags::CWR, Flags::ECE].map(has);
        let (agreed, news) = match bits {
            // RFC 9768 table 2: these four say what mark the SYN had when it arrived.
            [false, true, _] | [true, _, false] if accurate => {
                (EcnOffer::Agreed { accurate: true }, EcnNews::AgreedAccurate)
            }
            // RFC 3168 6.1.1; with AE it is the nonce sum of RFC 3540.
            [_, false, true] => (EcnOffer::Agreed { accurate: false }, EcnNews::Agreed),
            _ => (EcnOffer::Refused, EcnNews::Refused),
        };
        *offer = agreed;
        found.ecn = Some(news);
    }
}
