//! What the reader of messages hears of a step.

use crate::app::{Carrier, Heard, Piece, Reader};
use crate::assemble::Assembler;
use crate::tcp::{Checksum, Passage};
use crate::track::{Connection, Input, Seen, Step};

/// The port of DNS (RFC 7766).
const DNS: u16 = 53;

/// Lets the reader hear a segment before the assembler takes it in: of connections whose messages are told.
pub(super) fn read(step: &Step<'_>, reader: &mut Reader, assembler: &mut Assembler) {
    let connection = step.connection;
    match &step.input {
        Input::Segment(seen) if assembler.reads_any() => {
            if assembler.are_too_many(connection.id) {
                return reader.clear();
            }
            // Names that were asked for over one connection lead to others.
            let reads = assembler.reads(connection.id) || assembler.keeps_any() && is_dns(connection);
            let begins = reads && heard(connection, seen).is_some_and(|heard| reader.hear(&heard));
            assembler.hear_begin(begins);
        }
        Input::Retired => reader.close(connection.id),
        _ => return,
    }
    if let Some(keeps) = assembler.draws_messages() {
        assembler.hear_complete(reader.news(keeps));
    }
}

fn is_dns(connection: &Connection) -> bool {
    connection.addresses.iter().any(|end| end.port() == DNS)
}

/// `None`: its receiver never had it, or its octets have no place.
fn heard<'a>(connection: &Connection, seen: &Seen<'a>) -> Option<Heard<'a>> {
    let segment = seen.segment;
    let (flags, peer) = (segment.flags, seen.peer);
    if segment.passage == Passage::Lost || segment.checksum == Checksum::Invalid || flags.rst() {
        return None;
    }
    // The SYN has the number before the first octet.
    let first = connection.relative(peer, segment.seq)? - i64::from(!flags.syn());
    let acknowledged = segment.acknowledges().and_then(|ack| connection.relative(!peer, ack));
    // A probe of an idle connection may carry an octet before the first one.
    let before = usize::try_from(-first).unwrap_or_default();
    let octets = segment.payload.get(before..).unwrap_or_default();
    let arrived = match segment.passage {
        Passage::Arrived(at) | Passage::ArrivedTwice(at) => Some(at),
        Passage::Unknown | Passage::Lost | Passage::Appeared => None,
    };
    let carrier = Carrier { ordinal: seen.ordinal, frame: segment.frame, at: segment.time, arrived, first: 0 };
    Some(Heard {
        connection: connection.id,
        peer,
        is_dns: is_dns(connection),
        is_syn: flags.syn(),
        is_fin: flags.fin(),
        piece: Piece {
            offset: u64::try_from(first).unwrap_or_default(),
            octets,
            len: segment.len.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX)),
            carrier,
        },
        acknowledged: acknowledged.and_then(|ack| u64::try_from(ack - 1).ok()),
    })
}
