//! Frames into segments: link layers, IP, TCP. What cannot be read is counted under its reason, never lost silently.
//!
//! Each layer is one function that takes its header off the `Rest` and names the `Layer` that follows. A new link type
//! or tunnel is one such function and one line that leads to it. Only fragments make anything here allocate.

mod checksum;
mod datagram;
mod fragment;
mod icmp;
mod ip;
mod link;
mod rest;
mod skipped;
mod straight;
mod tcp;
mod tunnel;

pub use datagram::Datagram;
pub use skipped::{Reason, SkippedCounts};

use crate::source::{Frame, LinkType};
use crate::tcp::{IcmpError, Segment, Timestamp};
use fragment::{Fragments, Joined, Piece, Whole};
use ip::Network;
use rest::Rest;
use straight::Straight;

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
    /// A fragment of an IP packet.
    Fragment(Piece),
    /// The payload of a UDP datagram of the Domain Name System, from one port to another.
    Names([u16; 2]),
}

/// What became of a frame.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::large_enum_variant)] // It is handed over once per packet and kept by nobody; a box would allocate.
pub enum Decoded<'a> {
    Segment(Segment<'a>),
    /// An ICMP error that quotes a segment.
    Icmp(IcmpError),
    /// No segment, but a datagram that says what names stand for; counted as [`Reason::NotTcp`].
    Names(Datagram<'a>),
    Skipped(Reason),
}

/// What became of a frame whose segment has a place of its own.
#[derive(Debug, Clone, Copy)]
pub enum Placed<'a> {
    /// It is there; these are the octets of its payload that were captured.
    Segment(&'a [u8]),
    Icmp(IcmpError),
    Names(Datagram<'a>),
    Skipped(Reason),
}

/// Turns frames into segments and counts what it could not use.
#[derive(Debug, Default)]
pub struct Decoder {
    seen: u64,
    skipped: SkippedCounts,
    fragments: Fragments,
    /// The last packet that was put together from fragments: its payload is borrowed from here.
    whole: Vec<u8>,
}

impl Decoder {
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// The TCP segment in a frame, or why there is none. The payload borrows from the frame, or from the decoder where IP had
    /// cut the segment into fragments: then it counts for the frame that made it whole.
    pub fn decode<'a>(&'a mut self, frame: &Frame<'a>) -> Decoded<'a> {
        let Decoder { seen, skipped, fragments, whole } = self;
        *seen += 1;
        // Made where it is found, so that it is written but once, and by version of IP, so that its addresses need not be asked.
        match straight::packet(frame) {
            Some(Straight::V4(packet)) => {
                if let Some((network, rest)) = straight::v4(packet) {
                    return straight_on(frame, &network, rest, skipped);
                }
            }
            Some(Straight::V6(packet)) => {
                if let Some((network, rest)) = straight::v6(packet) {
                    return straight_on(frame, &network, rest, skipped);
                }
            }
            None => {}
        }
        let decoded = layered(frame, skipped, fragments, whole);
        match decoded {
            Decoded::Segment(_) => {}
            Decoded::Icmp(_) => skipped.add(Reason::IcmpError),
            Decoded::Names(_) => skipped.add(Reason::NotTcp),
            Decoded::Skipped(reason) => skipped.add(reason),
        }
        decoded
    }

    /// The same where the segment is kept: the usual one is written but once. Without a segment, the place stays as it is.
    #[inline]
    pub fn decode_to<'a>(&'a mut self, frame: &Frame<'a>, place: &mut Segment<'static>) -> Placed<'a> {
        match straight::packet(frame) {
            Some(Straight::V4(packet)) => {
                if let Some((network, rest)) = straight::v4(packet)
                    && let Some(payload) = tcp::segment_to(frame, &network, &rest, place)
                {
                    self.seen += 1;
                    return Placed::Segment(payload);
                }
            }
            Some(Straight::V6(packet)) => {
                if let Some((network, rest)) = straight::v6(packet)
                    && let Some(payload) = tcp::segment_to(frame, &network, &rest, place)
                {
                    self.seen += 1;
                    return Placed::Segment(payload);
                }
            }
            None => {}
        }
        self.decode_unusual_to(frame, place)
    }

    #[inline(never)]
    fn decode_unusual_to<'a>(&'a mut self, frame: &Frame<'a>, place: &mut Segment<'static>) -> Placed<'a> {
        match self.decode(frame) {
            Decoded::Segment(segment) => {
                *place = segment.without_payload();
                Placed::Segment(segment.payload)
            }
            Decoded::Icmp(error) => Placed::Icmp(error),
            Decoded::Names(datagram) => Placed::Names(datagram),
            Decoded::Skipped(reason) => Placed::Skipped(reason),
        }
    }

    /// Frames looked at.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Segments among them.
    pub fn decoded(&self) -> u64 {
        self.seen - self.skipped.total()
    }

    /// IP fragments that overlapped others with the same octets, and so did no harm; see [`Reason::FragmentOverlap`] for the
    /// others.
    pub fn overlapping_fragments(&self) -> u64 {
        self.fragments.overlapping()
    }

    /// The frames that held no segment, by reason; ICMP errors that quote one are among them.
    pub fn skipped(&self) -> &SkippedCounts {
        &self.skipped
    }
}

/// The segment behind the straight way.
#[inline(always)]
fn straight_on<'a>(frame: &Frame<'a>, network: &Network, rest: Rest<'a>, skipped: &mut SkippedCounts) -> Decoded<'a> {
    let decoded = tcp::segment(frame, network, rest);
    if let Decoded::Skipped(reason) = decoded {
        skipped.add(reason);
    }
    decoded
}

/// The segment behind any layers.
#[inline(never)]
fn layered<'a>(
    frame: &Frame<'a>,
    skipped: &mut SkippedCounts,
    fragments: &mut Fragments,
    whole: &'a mut Vec<u8>,
) -> Decoded<'a> {
    let mut rest = Rest::of(frame);
    let mut network = None;
    let end = descend(Layer::Link(frame.link), &mut rest, &mut network, fragments, frame.time);
    match end {
        Ok(End::Whole(packet)) => {
            skipped.reconsider(fragment::waits_as(packet.protocol), Reason::IpFragment, packet.earlier);
            let vlan = rest.vlan;
            reassembled(frame, packet.protocol, network, vlan, skipped, fragments, whole)
        }
        end => judge(frame, end, network, rest),
    }
}

/// The segment in a packet that fragments made whole.
#[cold]
fn reassembled<'a>(
    frame: &Frame<'a>,
    mut protocol: u8,
    mut network: Option<Network>,
    mut vlan: u32,
    skipped: &mut SkippedCounts,
    fragments: &mut Fragments,
    whole: &'a mut Vec<u8>,
) -> Decoded<'a> {
    // A tunnel in it may hold the last fragment of another packet. Each round takes one from those that wait.
    let mut inner = network;
    loop {
        *whole = fragments.take();
        let mut rest = Rest::whole(whole, vlan);
        match descend(Layer::Protocol(protocol), &mut rest, &mut inner, fragments, frame.time) {
            Ok(End::Whole(packet)) => {
                skipped.reconsider(fragment::waits_as(packet.protocol), Reason::IpFragment, packet.earlier);
                (protocol, network, vlan) = (packet.protocol, inner, rest.vlan);
            }
            Ok(_) => break,
            Err(reason) => return Decoded::Skipped(reason),
        }
    }
    // The same way once more, as what it borrows can now stay where it is.
    let mut rest = Rest::whole(whole, vlan);
    let end = descend(Layer::Protocol(protocol), &mut rest, &mut network, fragments, frame.time);
    judge(frame, end, network, rest)
}

fn judge<'a>(frame: &Frame<'a>, end: Result<End, Reason>, network: Option<Network>, rest: Rest<'a>) -> Decoded<'a> {
    match (end, network) {
        (Ok(End::Segment), Some(network)) => tcp::segment(frame, &network, rest),
        (Ok(End::Icmp), Some(network)) => icmp::error(frame, &network, rest),
        (Ok(End::Names(ports)), Some(network)) => Decoded::Names(datagram::datagram(frame, &network, ports, rest)),
        (Ok(_), _) => Decoded::Skipped(Reason::NotIp),
        (Err(reason), _) => Decoded::Skipped(reason),
    }
}

/// What the headers led to; it stands in what is left.
#[derive(Debug, Clone, Copy)]
enum End {
    Segment,
    /// An ICMP message of the version of IP that holds it.
    Icmp,
    /// A datagram of the Domain Name System, from one port to another.
    Names([u16; 2]),
    /// Not in what is left, but in the packet that this fragment made whole.
    Whole(Whole),
}

/// Takes one header after the other off the frame, until TCP or ICMP is next; `network` is then the IP header that holds it.
#[inline]
fn descend(
    first: Layer,
    rest: &mut Rest<'_>,
    network: &mut Option<Network>,
    fragments: &mut Fragments,
    now: Timestamp,
) -> Result<End, Reason> {
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
            Layer::Protocol(TCP) => return Ok(End::Segment),
            Layer::Protocol(icmp::V4 | icmp::V6) => return Ok(End::Icmp),
            Layer::Names(ports) => return Ok(End::Names(ports)),
            Layer::Fragment(piece) => match fragments.join(piece, network, rest, now)? {
                Joined::Whole(whole) => return Ok(End::Whole(whole)),
                Joined::First => Layer::Protocol(piece.protocol),
            },
            Layer::Protocol(protocol) => match ip::extension(protocol, rest, network)? {
                Some(layer) => layer,
                None => tunnel::tunnel(protocol, rest)?,
            },
        };
    }
    Err(Reason::TooManyLayers)
}
