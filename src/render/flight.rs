//! How much of what each peer sent is not acknowledged yet: SND.NXT − SND.UNA (RFC 9293 3.3.1) as the capture shows it.

use crate::ladder::Side;
use crate::timeline::SegmentEvent;

/// Both peers' octets in flight, segment by segment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flight([Sent; 2]);

/// One peer's sequence space; what nothing has shown is `None`.
#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    nxt: Option<u32>,
    una: Option<u32>,
}

impl Flight {
    /// Takes a segment in that this side sent.
    pub(super) fn take(&mut self, from: Side, segment: &SegmentEvent) {
        let has = |name: &str| segment.flags.iter().any(|flag| flag == name);
        let own = from.of_mut(&mut self.0);
        if has("SYN") {
            // A new sequence space; a repeated SYN begins the same one.
            if own.una != Some(segment.seq_raw) {
                *own = Sent { nxt: None, una: Some(segment.seq_raw) };
            }
        }
        // The sequence number of a RST may be none of the sender's own.
        if !has("RST") {
            let control = u32::from(has("SYN")) + u32::from(has("FIN"));
            let next = segment.seq_raw.wrapping_add(segment.len).wrapping_add(control);
            own.nxt = Some(later(own.nxt, next));
        }
        if let Some(ack) = segment.ack_raw.filter(|_| !has("RST")) {
            let other = (!from).of_mut(&mut self.0);
            other.una = Some(later(other.una, ack));
        }
    }

    /// Segments were folded: nothing shows where they left off.
    pub(super) fn lose_track(&mut self) {
        self.0 = Default::default();
    }

    /// What this side has in flight, in octets of sequence space: SYN and FIN take one each. `None` where nothing shows it.
    pub(super) fn of(&self, side: Side) -> Option<u32> {
        let Sent { nxt: Some(nxt), una: Some(una) } = side.of(&self.0) else { return None };
        // What was acknowledged and not seen to be sent is not in flight.
        Some(if is_later(*una, *nxt) { 0 } else { nxt.wrapping_sub(*una) })
    }
}

fn later(known: Option<u32>, new: u32) -> u32 {
    known.filter(|known| !is_later(new, *known)).unwrap_or(new)
}

/// Modulo 2^32 (RFC 9293 3.4).
fn is_later(a: u32, b: u32) -> bool {
    a != b && a.wrapping_sub(b) < 1 << 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Checksum, Fate, SegmentOptions};

    fn segment(flags: &[&str], seq_raw: u32, ack_raw: Option<u32>, len: u32) -> SegmentEvent {
        SegmentEvent {
            from: "e1".into(),
            to: "e2".into(),
            received_ns: None,
            fate: Fate::Received,
            flags: flags.iter().map(ToString::to_string).collect(),
            seq: 0,
            seq_raw,
            ack: None,
            ack_raw,
            len,
            wnd: 0,
            wnd_bytes: None,
            options: SegmentOptions::default(),
            checksum: Checksum::Valid,
            frame: 1,
            repeats: None,
            octets: None,
            wireshark: None,
        }
    }

    #[test]
    fn what_is_acknowledged_is_not_in_flight_across_the_wrap() {
        let mut flight = Flight::default();
        let iss = u32::MAX - 1;
        flight.take(Side::Left, &segment(&["SYN"], iss, None, 0));
        assert_eq!((flight.of(Side::Left), flight.of(Side::Right)), (Some(1), None));
        flight.take(Side::Right, &segment(&["SYN", "ACK"], 7, Some(u32::MAX), 0));
        assert_eq!((flight.of(Side::Left), flight.of(Side::Right)), (Some(0), Some(1)));
        flight.take(Side::Left, &segment(&["ACK"], u32::MAX, Some(8), 100));
        assert_eq!((flight.of(Side::Left), flight.of(Side::Right)), (Some(100), Some(0)));
        // Sent again, it is no more than before.
        flight.take(Side::Left, &segment(&["ACK"], u32::MAX, Some(8), 100));
        assert_eq!(flight.of(Side::Left), Some(100));
        flight.take(Side::Right, &segment(&["ACK"], 8, Some(99), 0));
        assert_eq!(flight.of(Side::Left), Some(0));
        flight.lose_track();
        assert_eq!(flight.of(Side::Left), None);
    }
}
