//! The TCP header. Whatever it says is shown: only a header cut before its window field gives no segment.

use super::checksum;
use super::ip::Network;
use super::rest::Rest;
use super::{Decoded, Reason};
use crate::source::Frame;
use crate::tcp::options::kind;
use crate::tcp::{Checksum, Flags, Multipath, Options, Passage, QuotedHeader, Segment, SeqNumber};
use std::net::SocketAddr;

/// The segment of a whole header, made where it stays; gives the captured octets of its payload. `None`: the header is cut or
/// lies, and nothing was made.
#[inline(always)] // What it is given stays in registers.
pub(super) fn segment_to<'a>(
    frame: &Frame<'a>,
    network: &Network,
    rest: &Rest<'a>,
    place: &mut Segment<'static>,
) -> Option<&'a [u8]> {
    let fields = Fields::whole(rest)?;
    let option_octets = rest.bytes.get(LEAST..fields.header_len).unwrap_or_default();
    let Some(options) = Options::at_most_timestamps(option_octets) else {
        return Some(segment_with_any_options_to(frame, *network, *rest, &fields, option_octets, place));
    };
    let segment = with_options(frame, network, rest, &fields, options, None);
    *place = segment.without_payload();
    Some(segment.payload)
}

/// Apart, so that elsewhere the options are made where they stay.
#[inline(never)]
fn segment_with_any_options_to<'a>(
    frame: &Frame<'a>,
    network: Network,
    rest: Rest<'a>,
    fields: &Fields,
    option_octets: &[u8],
    place: &mut Segment<'static>,
) -> &'a [u8] {
    let options = Options::walk(option_octets);
    let multipath = options.mptcp.and_then(|_| Multipath::read(option_octets, fields.flags.syn()));
    let segment = with_options(frame, &network, &rest, fields, options, multipath);
    *place = segment.without_payload();
    segment.payload
}

/// The header without options (RFC 9293 3.1).
const LEAST: usize = 20;

/// The segment in `rest`, which holds TCP header and payload as IP delimits them.
#[inline(always)] // On the straight way, what it is given stays in registers.
pub(super) fn segment<'a>(frame: &Frame<'a>, network: &Network, rest: Rest<'a>) -> Decoded<'a> {
    match Fields::whole(&rest) {
        Some(fields) => Decoded::Segment(put_together(frame, network, &rest, &fields)),
        None => broken(frame, *network, rest),
    }
}

/// The segment of a header that is cut or whose data offset lies.
#[cold]
#[inline(never)]
fn broken<'a>(frame: &Frame<'a>, network: Network, rest: Rest<'a>) -> Decoded<'a> {
    match Fields::broken(&rest) {
        Some(fields) => Decoded::Segment(put_together(frame, &network, &rest, &fields)),
        None => Decoded::Skipped(Reason::TruncatedTcp),
    }
}

#[inline(always)]
fn put_together<'a>(frame: &Frame<'a>, network: &Network, rest: &Rest<'a>, fields: &Fields) -> Segment<'a> {
    let option_octets = rest.bytes.get(LEAST..fields.header_len).unwrap_or_default();
    match Options::at_most_timestamps(option_octets) {
        Some(options) => with_options(frame, network, rest, fields, options, None),
        None => with_any_options(frame, *network, *rest, fields, option_octets),
    }
}

/// Apart, so that elsewhere the options are made where they stay.
#[inline(never)]
fn with_any_options<'a>(
    frame: &Frame<'a>,
    network: Network,
    rest: Rest<'a>,
    fields: &Fields,
    option_octets: &[u8],
) -> Segment<'a> {
    let options = Options::parse(option_octets);
    let multipath = options.mptcp.and_then(|_| Multipath::read(option_octets, fields.flags.syn()));
    with_options(frame, &network, &rest, fields, options, multipath)
}

#[inline(always)]
fn with_options<'a>(
    frame: &Frame<'a>,
    network: &Network,
    rest: &Rest<'a>,
    fields: &Fields,
    options: Options,
    multipath: Option<Multipath>,
) -> Segment<'a> {
    let payload = match fields.malformed {
        false => rest.bytes.get(fields.header_len..).unwrap_or_default(),
        true => &[],
    };
    let checksum = match fields.checksum {
        Some(field) => checksum::judge(network, rest, field),
        None => Checksum::Unchecked,
    };
    Segment {
        frame: frame.number,
        time: frame.time,
        passage: Passage::Unknown,
        interface: frame.interface,
        src: SocketAddr::new(network.src, fields.src_port),
        dst: SocketAddr::new(network.dst, fields.dst_port),
        seq: SeqNumber(fields.seq),
        ack: SeqNumber(fields.ack),
        flags: fields.flags,
        wnd: fields.wnd,
        urgent: fields.urgent,
        options,
        multipath,
        len: rest.len().saturating_sub(fields.promised_header),
        payload,
        checksum,
        ttl: network.ttl,
        ecn: network.ecn,
        ip_id: network.id,
        vlan: rest.vlan,
        header_len: fields.data_offset,
        tcp_len: rest.len(),
        header_cut: fields.malformed && is_cut(rest.bytes.get(LEAST..), fields.data_offset),
        malformed: fields.malformed,
    }
}

/// The header quoted in an ICMP error, from behind its sequence number.
#[cold]
pub(super) fn quoted_header(rest: &Rest<'_>) -> Option<QuotedHeader> {
    let [a0, a1, a2, a3, high, low, w0, w1] = *rest.bytes.first_chunk::<8>()?;
    let header_len = (high >> 4) * 4;
    // Ports and sequence number, 8 octets, are taken off already.
    let end = usize::from(header_len).saturating_sub(8).min(rest.bytes.len());
    Some(QuotedHeader {
        ack: SeqNumber(u32::from_be_bytes([a0, a1, a2, a3])),
        flags: flags(high, low),
        wnd: u16::from_be_bytes([w0, w1]),
        options: Options::parse(rest.bytes.get(LEAST - 8..end).unwrap_or_default()),
        header_len,
        header_cut: is_cut(rest.bytes.get(LEAST - 8..), header_len),
    })
}

/// Whether reading the options up to their end mark, or up to a length that cannot be, needs octets that were not captured.
#[cold]
fn is_cut(options: Option<&[u8]>, data_offset: u8) -> bool {
    let Some(mut rest) = options else { return true };
    let mut left = usize::from(data_offset).saturating_sub(LEAST);
    while left > 0 {
        let len = match rest {
            [] => return true,
            [kind::END, ..] => return false,
            [kind::NOP, ..] => 1,
            [_] => return left > 1,
            [_, len, ..] => usize::from(*len),
        };
        if len == 0 || (len == 1 && rest.first() != Some(&kind::NOP)) {
            return false;
        }
        if len > left {
            return true;
        }
        let Some(next) = rest.get(len..) else { return true };
        rest = next;
        left -= len;
    }
    false
}

struct Fields {
    src_port: u16,
    dst_port: u16,
    seq: u32,
    ack: u32,
    flags: Flags,
    wnd: u16,
    urgent: u16,
    checksum: Option<u16>,
    /// What the data offset says, in octets.
    data_offset: u8,
    /// Where the captured part of the header ends.
    header_len: usize,
    /// How long the header is on the wire; everything, where it lies about that.
    promised_header: u32,
    malformed: bool,
}

impl Fields {
    /// The header, where all of it is there and its length can be true.
    #[inline(always)]
    fn whole(rest: &Rest<'_>) -> Option<Fields> {
        let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, high, low, w0, w1, c0, c1, u0, u1] =
            *rest.bytes.first_chunk::<LEAST>()?;
        let data_offset = (high >> 4) * 4;
        let header_len = usize::from(data_offset);
        if !(LEAST..=rest.bytes.len()).contains(&header_len) {
            return None;
        }
        Some(Fields {
            src_port: u16::from_be_bytes([s0, s1]),
            dst_port: u16::from_be_bytes([d0, d1]),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags: flags(high, low),
            wnd: u16::from_be_bytes([w0, w1]),
            urgent: u16::from_be_bytes([u0, u1]),
            checksum: Some(u16::from_be_bytes([c0, c1])),
            data_offset,
            header_len,
            promised_header: header_len as u32,
            malformed: false,
        })
    }

    /// What can be read of a header that is cut or whose data offset lies; the window field must be there.
    #[cold]
    fn broken(rest: &Rest<'_>) -> Option<Fields> {
        let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, high, low, w0, w1] = *rest.bytes.first_chunk::<16>()?;
        let data_offset = u32::from(high >> 4) * 4;
        // A header shorter than the least or longer than the segment: nobody can say where the payload begins.
        let lies = data_offset < LEAST as u32 || data_offset > rest.len();
        let (checksum, urgent) = match rest.bytes.get(16..LEAST) {
            Some([c0, c1, u0, u1]) => (Some(u16::from_be_bytes([*c0, *c1])), u16::from_be_bytes([*u0, *u1])),
            _ => (None, 0),
        };
        Some(Fields {
            src_port: u16::from_be_bytes([s0, s1]),
            dst_port: u16::from_be_bytes([d0, d1]),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags: flags(high, low),
            wnd: u16::from_be_bytes([w0, w1]),
            urgent,
            checksum,
            data_offset: data_offset as u8,
            header_len: rest.bytes.len().min(data_offset as usize),
            promised_header: if lies { rest.len() } else { data_offset },
            malformed: true,
        })
    }
}

fn flags(high: u8, low: u8) -> Flags {
    Flags(u16::from_be_bytes([high & 0x0f, low]))
}
