//! Window scaling as far as it is known of one direction.

/// The window scale of a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Scale {
    /// No SYN was seen: the window field may mean anything.
    #[default]
    Unknown,
    /// The window field is the window.
    Unused,
    Shift(u8),
}

impl Scale {
    /// What a window field comes to.
    pub(super) fn of(self, window: u16) -> u32 {
        match self {
            Scale::Shift(shift) => u32::from(window).wrapping_shl(u32::from(shift)),
            Scale::Unknown | Scale::Unused => u32::from(window),
        }
    }
}

/// Settles the scales of both directions after a SYN or SYN-ACK: scaling holds only where both offered it.
pub(super) fn settle(sender: &mut Scale, receiver: &mut Scale, syn_ack: bool) {
    if *sender == Scale::Unknown {
        *sender = Scale::Unused;
        *receiver = Scale::Unused;
    } else if syn_ack && *receiver == Scale::Unused {
        *sender = Scale::Unused;
    }
}
