//! The words: names of `tcp.analysis.*` flags as a set of bits, and all that is said of one packet.

use super::Completeness;
use std::fmt;

/// Flags of `tcp.analysis.*`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Words(u32);

impl Words {
    pub const RETRANSMISSION: Words = Words(1);
    pub const FAST_RETRANSMISSION: Words = Words(1 << 1);
    pub const SPURIOUS_RETRANSMISSION: Words = Words(1 << 2);
    pub const OUT_OF_ORDER: Words = Words(1 << 3);
    pub const DUPLICATE_ACK: Words = Words(1 << 4);
    pub const KEEP_ALIVE: Words = Words(1 << 5);
    pub const KEEP_ALIVE_ACK: Words = Words(1 << 6);
    pub const LOST_SEGMENT: Words = Words(1 << 7);
    pub const ACK_LOST_SEGMENT: Words = Words(1 << 8);
    pub const WINDOW_FULL: Words = Words(1 << 9);
    pub const WINDOW_UPDATE: Words = Words(1 << 10);
    pub const ZERO_WINDOW: Words = Words(1 << 11);
    pub const ZERO_WINDOW_PROBE: Words = Words(1 << 12);
    pub const ZERO_WINDOW_PROBE_ACK: Words = Words(1 << 13);
    pub const REUSED_PORTS: Words = Words(1 << 14);
    pub const TFO_SYN: Words = Words(1 << 15);
    pub const TFO_ACK: Words = Words(1 << 16);
    pub const TFO_IGNORED: Words = Words(1 << 17);

    /// The names without `tcp.analysis.`, by bit.
    const NAMES: [&'static str; 18] = [
        "retransmission",
        "fast_retransmission",
        "spurious_retransmission",
        "out_of_order",
        "duplicate_ack",
        "keep_alive",
        "keep_alive_ack",
        "lost_segment",
        "ack_lost_segment",
        "window_full",
        "window_update",
        "zero_window",
        "zero_window_probe",
        "zero_window_probe_ack",
        "reused_ports",
        "tfo_syn",
        "tfo_ack",
        "tfo_ignored",
    ];

    /// All names, in the order in which sets tell them.
    pub fn all_names() -> impl Iterator<Item = &'static str> {
        Words::NAMES.into_iter()
    }

    /// Whether all flags of `other` are set.
    pub fn has(self, other: Words) -> bool {
        self.0 & other.0 == other.0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names without `tcp.analysis.`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Words::NAMES.into_iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| name)
    }

    pub(super) fn add(&mut self, other: Words) {
        self.0 |= other.0;
    }

    pub(super) fn remove(&mut self, other: Words) {
        self.0 &= !other.0;
    }
}

impl std::ops::BitOr for Words {
    type Output = Words;
    fn bitor(self, other: Words) -> Words {
        Words(self.0 | other.0)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// Which duplicate of which ACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DupAck {
    /// `tcp.analysis.duplicate_ack_num`, from 1.
    pub number: u32,
    /// `tcp.analysis.duplicate_ack_frame`: the first ACK of this number.
    pub first: u64,
}

/// All that is said of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// `tcp.stream`: counted from 0 in the order of first packets.
    pub stream: u32,
    /// The flags of `tcp.analysis.*`.
    pub words: Words,
    /// `tcp.len`; none where the header promises more than there is.
    pub len: Option<u32>,
    /// `tcp.completeness`: in a first look as of the packets before this one, in a second look final.
    pub completeness: Completeness,
    pub dup_ack: Option<DupAck>,
    /// `tcp.analysis.acks_frame` and `tcp.analysis.ack_rtt` (ns; none where it is 0).
    pub acks_frame: Option<u64>,
    pub ack_rtt_ns: Option<i64>,
    /// `tcp.analysis.initial_rtt` (ns). tshark tells it only beside something else that it has to say.
    pub initial_rtt_ns: Option<i64>,
    /// `tcp.analysis.rto` (ns) and `tcp.analysis.rto_frame`, of a plain retransmission.
    pub rto_ns: Option<i64>,
    pub rto_frame: Option<u64>,
    /// Whether tshark has anything of its analysis to tell.
    pub(super) says: bool,
    /// Whether the header is so broken that tshark stops before it tells any of that.
    pub(super) untold: bool,
}

impl Marks {
    /// What is left where tshark stops before it tells its findings: the stream, its completeness, and `words`.
    pub(super) fn untold(self, words: Words) -> Marks {
        let Marks { stream, len, completeness, .. } = self;
        Marks { stream, len, completeness, words, untold: true, ..Marks::default() }
    }
}
