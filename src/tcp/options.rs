//! TCP options by kind and length (RFC 9293 3.1, RFC 7323, RFC 2018 and others): walked to the end, unknown kinds included.

use super::SeqNumber;

/// Option kinds by number (IANA, TCP parameters).
pub mod kind {
    pub const END: u8 = 0;
    pub const NOP: u8 = 1;
    pub const MSS: u8 = 2;
    pub const WINDOW_SCALE: u8 = 3;
    pub const SACK_PERMITTED: u8 = 4;
    pub const SACK: u8 = 5;
    pub const TIMESTAMPS: u8 = 8;
    pub const MD5: u8 = 19;
    pub const USER_TIMEOUT: u8 = 28;
    pub const AO: u8 = 29;
    pub const MPTCP: u8 = 30;
    pub const FAST_OPEN: u8 = 34;
    pub const ACC_ECN_0: u8 = 172;
    pub const ACC_ECN_1: u8 = 174;
    pub const EXPERIMENT_1: u8 = 253;
    pub const EXPERIMENT_2: u8 = 254;
}

/// The options of one segment. Small and without heap, so that a segment can be made for every packet at no cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Maximum segment size in octets.
    pub mss: Option<u16>,
    /// Window scale shift count, as sent; above 14 counts as 14 (RFC 7323 2.3).
    pub wscale: Option<u8>,
    pub sack_permitted: bool,
    /// TSval and TSecr.
    pub timestamps: Option<(u32, u32)>,
    /// The first `sack_len` are the SACK blocks as left and right edge.
    pub sack: [(SeqNumber, SeqNumber); 4],
    pub sack_len: u8,
    /// Fast Open: `Some(0)` asks for a cookie, else the cookie's length in octets.
    pub fast_open: Option<u8>,
    /// The MPTCP subtype (0 MP_CAPABLE, 1 MP_JOIN, …).
    pub mptcp: Option<u8>,
    /// An MD5 signature (RFC 2385) or an authentication option (RFC 5925) was there.
    pub signed: bool,
    /// Other kinds that were seen, first four.
    pub other: [u8; 4],
    pub other_len: u8,
    /// A length was 0, 1 or past the end: what follows it is unreadable.
    pub malformed: bool,
}

impl Options {
    /// The SACK blocks.
    pub fn sack(&self) -> &[(SeqNumber, SeqNumber)] {
        self.sack.get(..usize::from(self.sack_len)).unwrap_or_default()
    }

    /// The kinds that have no field of their own, first four.
    pub fn other(&self) -> &[u8] {
        self.other.get(..usize::from(self.other_len)).unwrap_or_default()
    }
}
