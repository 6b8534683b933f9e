//! Which segments a receiver takes (RFC 9293 3.10.7.4, first check; RFC 5961 3.2 for RST).

use super::SeqNumber;

/// Whether any part of a segment lies in the receive window: the four cases of RFC 9293 3.10.7.4, table 6.
/// `len` counts payload, SYN and FIN; `wnd` is in octets.
pub fn is_acceptable(seq: SeqNumber, len: u32, rcv_nxt: SeqNumber, wnd: u32) -> bool {
    let in_window = |number: SeqNumber| number.since(rcv_nxt) < wnd;
    match (len, wnd) {
        (0, 0) => seq == rcv_nxt,
        (0, _) => in_window(seq),
        (_, 0) => false,
        (_, _) => in_window(seq) || in_window(seq + (len - 1)),
    }
}

/// What a receiver in a synchronized state does with a RST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetVerdict {
    /// Exactly at RCV.NXT: the connection ends.
    Reset,
    /// Elsewhere in the window: it may be forged, so the receiver asks by an ACK (RFC 5961 3.2).
    ChallengeAck,
    /// Outside the window: dropped without a word.
    Ignore,
}

/// Judges a RST by its sequence number alone.
pub fn judge_reset(seq: SeqNumber, rcv_nxt: SeqNumber, wnd: u32) -> ResetVerdict {
    if seq == rcv_nxt {
        ResetVerdict::Reset
    } else if seq.since(rcv_nxt) < wnd {
        ResetVerdict::ChallengeAck
    } else {
        ResetVerdict::Ignore
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_cases() {
        let nxt = SeqNumber(u32::MAX - 10);
        assert!(is_acceptable(nxt, 0, nxt, 0));
        assert!(!is_acceptable(nxt + 1, 0, nxt, 0));
        assert!(is_acceptable(nxt + 99, 0, nxt, 100));
        assert!(!is_acceptable(nxt + 100, 0, nxt, 100));
        assert!(!is_acceptable(nxt - 1, 0, nxt, 100));
        assert!(!is_acceptable(nxt, 1, nxt, 0));
        assert!(is_acceptable(nxt - 5, 6, nxt, 100), "its last octet is the next one expected");
        assert!(!is_acceptable(nxt - 5, 5, nxt, 100), "all of it was received before");
        assert!(!is_acceptable(nxt + 100, 5, nxt, 100));
    }

    #[test]
    fn only_the_exact_reset_resets() {
        let nxt = SeqNumber(100);
        assert_eq!(judge_reset(nxt, nxt, 0), ResetVerdict::Reset);
        assert_eq!(judge_reset(nxt + 1, nxt, 10), ResetVerdict::ChallengeAck);
        assert_eq!(judge_reset(nxt + 10, nxt, 10), ResetVerdict::Ignore);
        assert_eq!(judge_reset(nxt - 1, nxt, 10), ResetVerdict::Ignore);
    }
}
