//! Frames into segments: link layers, IP, TCP. What cannot be read is counted under its reason, never lost silently.
//!
//! Each layer is one function that takes its header off the `Rest` and names the `Layer` that follows. A new link type
//! or tunnel is one such function and one line in `descend`. Nothing here allocates.

mod checksum;
mod icmp;
mod ip;
mod link;
mod rest;
mod skipped;
mod tcp;
mod tunnel;

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
    /// What a link type of capture files says.
    Link(LinkType),
    Ethernet,
    /// What an EtherType says: IP, a VLAN tag, …
    EtherType(u16),
    /// IEEE 802.2 LLC, perhaps with SNAP.
    Llc,
    Ppp,
    CiscoHdlc,
    FrameRelay,
    /// IEEE 802.11; `padded`: its header is filled up to a whole number of words.
    Wireless {
        padded: bool,
    },
    Mpls,
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
        let decoded = match (descend(Layer::Link(frame.link), &mut rest, &mut network), &network) {
            (Ok(Found::Segment), Some(network)) => tcp::segment(frame, network, rest),
            (Ok(Found::Icmp), Some(network)) => icmp::error(frame, network, rest),
            (Ok(_), None) => Decoded::Skipped(Reason::NotIp),
            (Err(reason), _) => Decoded::Skipped(reason),
        };
        match decoded {
            Decoded::Segment(_) => {}
            Decoded::Icmp(_) => self.skipped.add(Reason::IcmpError),
            Decoded::Skipped(reason) => self.skipped.add(reason),
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

    /// The frames that held no segment, by reason; ICMP errors that quote one are among them.
    pub fn skipped(&self) -> &SkippedCounts {
        &self.skipped
    }
}

/// What the headers led to; it stands in what is left.
#[derive(Debug, Clone, Copy)]
enum Found {
    Segment,
    /// An ICMP message of the version of IP that holds it.
    Icmp,
}

/// Takes one header after the other off the frame, until TCP or ICMP is next; `network` is then the IP header that holds it.
#[inline]
fn descend(first: Layer, rest: &mut Rest<'_>, network: &mut Option<Network>) -> Result<Found, Reason> {
    let mut layer = first;
    for _ in 0..MAX_LAYERS {
        layer = match layer {
            Layer::Link(link) => link::outermost(link, rest)?,
            Layer::Ethernet => link::ethernet(rest)?,
            Layer::EtherType(ether_type) => link::ether_type(ether_type, rest)?,
            Layer::Llc => link::llc(rest)?,
            Layer::Ppp => link::ppp(rest)?,
            Layer::CiscoHdlc => link::cisco_hdlc(rest)?,
            Layer::FrameRelay => link::frame_relay(rest)?,
            Layer::Wireless { padded } => link::wireless(padded, rest)?,
            Layer::Mpls => tunnel::mpls(rest)?,
            Layer::Ip => ip::version(rest)?,
            Layer::Ipv4 => ip::v4(rest, network)?,
            Layer::Ipv6 => ip::v6(rest, network)?,
            Layer::Protocol(TCP) => return Ok(Found::Segment),
            Layer::Protocol(icmp::V4 | icmp::V6) => return Ok(Found::Icmp),
            Layer::Protocol(protocol) => match ip::extension(protocol, rest, network)? {
                Some(layer) => layer,
                None => tunnel::tunnel(protocol, rest)?,
            },
        };
    }
    Err(Reason::TooManyLayers)
}
