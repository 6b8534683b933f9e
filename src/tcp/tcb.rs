//! What one peer remembers of a connection (RFC 9293 3.3.1: the transmission control block).

use super::{SeqNumber, State};

/// A peer's transmission control block, as far as the wire tells. A field is `None` until something showed its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tcb {
    /// `None`: nothing has shown it yet.
    pub state: Option<State>,
    pub snd: Send,
    pub rcv: Receive,
}

/// The send sequence variables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Send {
    /// SND.NXT: next octet to be sent.
    pub nxt: Option<SeqNumber>,
    /// ISS: initial send sequence number, when the SYN was seen.
    pub iss: Option<SeqNumber>,
}

/// The receive sequence variables. RCV.NXT is what the peer itself last acknowledged: the only thing the wire proves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Receive {
    /// RCV.NXT: the highest number this peer has acknowledged, of what the other was seen to send.
    pub nxt: Option<SeqNumber>,
    /// What it last acknowledged, seen or not.
    pub last_ack: Option<SeqNumber>,
    /// RCV.WND in octets, already scaled.
    pub wnd: u32,
    /// The shift count that this peer announced (RFC 7323), `None` when no SYN with the option was seen.
    pub scale: Option<u8>,
}
