//! Frames into segments: link layers, IP, TCP. What cannot be read is counted under its reason, never lost silently.
//!
//! Each layer is one function that takes its header off the `Rest` and names the `Layer` that follows. A new link type
//! or tunnel is one such function and one line in `descend`. Nothing here allocates.

mod checksum;
mod ip;
mod link;
mod rest;
mod skipped;
mod tcp;

pub use skipped::{Reason, SkippedCounts};

use crate::source::{Frame, LinkType};
use crate::tcp::{IcmpError, Segment};
use ip::Network;
use rest::Rest;

/// IP protocol number of TCP.
const TCP: u8 = 6;

/// Headers within headers up to this depth; more is an attack on the reader, not a network.
const MAX_LAYERS: usize = 32;

/// What came next, named by the header before it.
#[derive(Debug, Clone, Copy)]
enum Layer {
    Ethernet,
    /// What an EtherType says: IP, a VLAN tag, …
    EtherType(u16),
    /// IEEE 802.2 LLC, perhaps with SNAP.
    Llc,
    /// IP of the version that its first four bits say.
    Ip,
    Ipv4,
    Ipv6,
    /// What an IP protocol number says.
    Protocol(u8),
}

/// What became of a frame.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::large_enum_variant)] // It is handed over once per packet and kept by nobody; a box would allocate.
pub enum Decoded<'a> {
    Segment(Segment<'a>),
    /// An ICMP error that quotes a segment.
    Icmp(IcmpError),
    Skipped(Reason),
}

/// Turns frames into segments and counts what it could not use.
#[derive(Debug, Default)]
pub struct Decoder {
    seen: u64,
    skipped: SkippedCounts,
}

impl Decoder {
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// The TCP segment in a frame, or why there is none. The payload borrows from the frame.
    pub fn decode<'a>(&mut self, frame: &Frame<'a>) -> Decoded<'a> {
        self.seen += 1;
        let mut rest = Rest::of(frame);
        let mut network = None;
        let decoded = match (descend(frame.link, &mut rest, &mut network), &network) {
            (Ok(()), Some(network)) => tcp::segment(frame, network, rest),
            (Ok(()), None) => Decoded::Skipped(Reason::NotIp),
            (Err(reason), _) => Decoded::Skipped(reason),
        };
        if let Decoded::Skipped(reason) = decoded {
            self.skipped.add(reason);
        }
        decoded
    }

    /// Frames looked at.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Segments among them.
    pub fn decoded(&self) -> u64 {
        self.seen - self.skipped.total()
    }

    /// The frames that held no segment, by reason.
    pub fn skipped(&self) -> &SkippedCounts {
        &self.skipped
    }
}

/// Takes one header after the other off the frame, until TCP is next; `network` is then the IP header that holds it.
#[inline]
fn descend(link: LinkType, rest: &mut Rest<'_>, network: &mut Option<Network>) -> Result<(), Reason> {
    let mut layer = link::outermost(link, rest)?;
    for _ in 0..MAX_LAYERS {
        layer = match layer {
            Layer::Ethernet => link::ethernet(rest)?,
            Layer::EtherType(ether_type) => link::ether_type(ether_type, rest)?,
            Layer::Llc => link::llc(rest)?,
            Layer::Ip => ip::version(rest)?,
            Layer::Ipv4 => ip::v4(rest, network)?,
            Layer::Ipv6 => ip::v6(rest, network)?,
            Layer::Protocol(TCP) => return Ok(()),
            Layer::Protocol(protocol) => ip::extension(protocol, rest, network)?,
        };
    }
    Err(Reason::TooManyLayers)
}
