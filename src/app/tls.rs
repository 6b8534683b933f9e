//! The ClientHello of TLS (RFC 8446 4.1.2): the last that is said in the clear.

use super::message::{Draft, MessageWord, Unread, Whose, readable};
use super::stream::Next;
use super::talk::Shared;
use crate::timeline::{Content, TlsClientHello};

/// Octets of a ClientHello at most: those with post-quantum keys have some 2,000.
const MOST: usize = 32 * 1024;

/// Whether a direction begins with a handshake record of TLS (RFC 8446 5.1).
pub fn begins(octets: &[u8]) -> bool {
    matches!(octets, [22, 3, 0..=4, _, _, 1, ..])
}

/// Reads the first message of one direction.
#[derive(Debug, Default)]
pub struct Hello {
    octets: Vec<u8>,
    draft: Draft,
}

impl Hello {
    /// Octets that are kept until all is there.
    pub(super) fn held(&self) -> usize {
        self.octets.len()
    }

    /// Reads on: whether a message begins here, and once it is there or cannot be read, `Some`.
    pub(super) fn read(
        &mut self,
        next: Next<'_>,
        whose: Whose,
        shared: &mut Shared,
    ) -> (bool, Option<Option<MessageWord>>) {
        let Ok(mut unread) = Unread::of(next) else { return (false, Some(None)) };
        let begins = self.octets.is_empty();
        let (offset, carrier) = (unread.offset, unread.carrier);
        let taken = unread.split(MOST.saturating_sub(self.octets.len()));
        self.octets.extend_from_slice(taken);
        self.draft.take(offset, taken.len() as u64, carrier);
        match client_hello(&self.octets) {
            Read::More if self.octets.len() < MOST => (begins, None),
            Read::More | Read::Nonsense => (begins, Some(None)),
            Read::Hello(hello, len) => {
                let mut draft = std::mem::take(&mut self.draft);
                draft.span.len = len as u64;
                let word = draft.done(whose, shared.number(), None, true, Content::TlsClientHello(hello));
                (begins, Some(Some(word)))
            }
        }
    }
}

enum Read {
    More,
    Nonsense,
    /// With the octets that it took, headers of records included.
    Hello(TlsClientHello, usize),
}

/// Puts the records together and reads the message in them.
fn client_hello(octets: &[u8]) -> Read {
    let (mut message, mut rest) = (Vec::new(), octets);
    loop {
        let &[kind, _, _, high, low, ref after @ ..] = rest else { return Read::More };
        if kind != 22 {
            return Read::Nonsense;
        }
        let len = usize::from(u16::from_be_bytes([high, low]));
        let Some((record, after)) = after.split_at_checked(len) else { return Read::More };
        message.extend_from_slice(record);
        rest = after;
        let &[kind, a, b, c, ref body @ ..] = message.as_slice() else { continue };
        let len = u32::from_be_bytes([0, a, b, c]) as usize;
        if kind != 1 || len > MOST {
            return Read::Nonsense;
        }
        if let Some(body) = body.get(..len) {
            return match fields(body) {
                Some(hello) => Read::Hello(hello, octets.len() - rest.len()),
                None => Read::Nonsense,
            };
        }
    }
}

/// Takes a vector that a length of so many octets precedes off the front.
fn vector<'a>(octets: &mut &'a [u8], length_octets: usize) -> Option<&'a [u8]> {
    let (length, rest) = octets.split_at_checked(length_octets)?;
    let length = length.iter().fold(0_usize, |sum, octet| sum << 8 | usize::from(*octet));
    let (vector, rest) = rest.split_at_checked(length)?;
    *octets = rest;
    Some(vector)
}

fn fields(body: &[u8]) -> Option<TlsClientHello> {
    // Version, random.
    let (fixed, mut rest) = body.split_at_checked(34)?;
    let legacy = u16::from_be_bytes([*fixed.first()?, *fixed.get(1)?]);
    let (_session, _suites, _compression) = (vector(&mut rest, 1)?, vector(&mut rest, 2)?, vector(&mut rest, 1)?);
    let mut hello = TlsClientHello { version: version(legacy), server_name: None, alpn: Vec::new() };
    let Some(mut extensions) = vector(&mut rest, 2) else { return Some(hello) };
    while let [high, low, after @ ..] = extensions {
        let kind = u16::from_be_bytes([*high, *low]);
        extensions = after;
        let mut data = vector(&mut extensions, 2)?;
        match kind {
            // server_name (RFC 6066 3): a list, of which only host names are defined.
            0 => {
                let mut list = vector(&mut data, 2)?;
                let (kind, rest) = list.split_first()?;
                list = rest;
                hello.server_name = vector(&mut list, 2).filter(|_| *kind == 0).map(readable);
            }
            // application_layer_protocol_negotiation (RFC 7301 3.1).
            16 => {
                let mut list = vector(&mut data, 2)?;
                while let Some(name) = vector(&mut list, 1) {
                    hello.alpn.push(readable(name));
                }
            }
            // supported_versions (RFC 8446 4.2.1); values that a client makes up (RFC 8701) look like 0x?a?a.
            43 => {
                let list = vector(&mut data, 1)?;
                let (pairs, _) = list.as_chunks::<2>();
                let known = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).filter(|version| version >> 8 == 3);
                hello.version = known.max().map_or(hello.version, version);
            }
            _ => {}
        }
    }
    Some(hello)
}

fn version(number: u16) -> String {
    match number {
        0x0300 => "SSL 3.0".into(),
        0x0301 => "1.0".into(),
        0x0302 => "1.1".into(),
        0x0303 => "1.2".into(),
        0x0304 => "1.3".into(),
        other => format!("{other:#06x}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    fn counted(octets: &[u8], length_octets: usize) -> Vec<u8> {
        let mut all = (octets.len() as u32).to_be_bytes()[4 - length_octets..].to_vec();
        all.extend_from_slice(octets);
        all
    }

    fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
        [kind.to_be_bytes().to_vec(), counted(data, 2)].concat()
    }

    /// A ClientHello for `example.org`, as records of so many octets each.
    fn hello(record: usize) -> Vec<u8> {
        let name = counted(&[vec![0], counted(b"example.org", 2)].concat(), 2);
        let alpn = counted(&[counted(b"h2", 1), counted(b"http/1.1", 1)].concat(), 2);
        let versions = counted(&[0x7a, 0x7a, 3, 4, 3, 3], 1);
        let extensions = [extension(0, &name), extension(16, &alpn), extension(43, &versions)].concat();
        let body = [
            vec![3, 3],
            vec![7; 32],
            counted(&[], 1),
            counted(&[0x13, 1], 2),
            counted(&[0], 1),
            counted(&extensions, 2),
        ];
        let message = [vec![1], counted(&body.concat(), 3)].concat();
        message.chunks(record).flat_map(|piece| [vec![22, 3, 1], counted(piece, 2)].concat()).collect()
    }

    #[test]
    fn its_name_and_its_protocols_are_read_in_whatever_records() {
        for record in [4096, 60, 7] {
            let octets = hello(record);
            assert!(begins(&octets));
            let Read::Hello(told, len) = client_hello(&octets) else { panic!("{record}") };
            assert_eq!(len, octets.len());
            assert_eq!((told.version.as_str(), told.server_name.as_deref()), ("1.3", Some("example.org")));
            assert_eq!(told.alpn, ["h2", "http/1.1"]);
            for cut in 0..octets.len() {
                assert!(matches!(client_hello(&octets[..cut]), Read::More), "{cut}");
            }
        }
    }

    #[test]
    fn lengths_that_lie_are_no_hello() {
        let mut octets = hello(4096);
        let at = octets.len() - 6;
        octets[at] = 0xff;
        assert!(!matches!(client_hello(&octets), Read::More));
    }
}
