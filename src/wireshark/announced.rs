//! Data connections that FTP announces (RFC 959 4.1.2, RFC 2428). Wireshark notes them down before their first packet comes, and
//! then does not take that packet for the first: its SYN is missing in the completeness.

use super::words::Words;
use crate::tcp::Segment;
use std::net::{IpAddr, Ipv4Addr};

/// FTP's control port.
const FTP: u16 = 21;

/// Announcements kept that no connection followed; older ones are let go.
const MOST: usize = 4096;

/// A listener, and who was told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Announcement {
    listener: (IpAddr, u16),
    told: IpAddr,
}

#[derive(Debug, Default)]
pub(super) struct Announced(Vec<Announcement>);

impl Announced {
    /// Takes up what a segment of a control connection announces.
    pub(super) fn listen(&mut self, segment: &Segment<'_>, words: Words) {
        if segment.src.port() != FTP && segment.dst.port() != FTP {
            return;
        }
        // Wireshark does not look into what it takes for a repetition.
        let repeats = [Words::RETRANSMISSION, Words::OUT_OF_ORDER, Words::KEEP_ALIVE, Words::ZERO_WINDOW_PROBE];
        if repeats.into_iter().any(|word| words.has(word)) {
            return;
        }
        let line = segment.payload.split(|octet| matches!(octet, b'\r' | b'\n')).next().unwrap_or_default();
        let listener = match segment.dst.port() {
            FTP => line.strip_prefix(b"PORT ").and_then(six_numbers),
            _ => match line.split_at_checked(4) {
                Some((b"227 ", text)) => six_numbers(text),
                Some((b"229 ", text)) => extended_port(text).map(|port| (segment.src.ip(), port)),
                _ => None,
            },
        };
        if let Some(listener) = listener {
            if self.0.len() == MOST {
                self.0.remove(0);
            }
            self.0.push(Announcement { listener, told: segment.dst.ip() });
        }
    }

    /// Whether the first packet of a stream was announced. An announcement is good for one stream.
    pub(super) fn take(&mut self, segment: &Segment<'_>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let ends = [(segment.dst, segment.src), (segment.src, segment.dst)];
        let found = self.0.iter().position(|announcement| {
            ends.iter().any(|(listener, other)| {
                announcement.listener == (listener.ip(), listener.port()) && announcement.told == other.ip()
            })
        });
        found.map(|place| self.0.remove(place)).is_some()
    }
}

/// `h1,h2,h3,h4,p1,p2` wherever it begins.
fn six_numbers(text: &[u8]) -> Option<(IpAddr, u16)> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = [0_u8; 6];
    let mut words = text.split(',');
    for number in &mut numbers {
        let word = words.next()?;
        let digits = word.find(|c: char| !c.is_ascii_digit()).map_or(word, |end| word.get(..end).unwrap_or_default());
        *number = digits.parse().ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    Some((Ipv4Addr::new(a, b, c, d).into(), u16::from_be_bytes([high, low])))
}

/// `(|||port|)`, with any mark for the bars.
fn extended_port(text: &[u8]) -> Option<u16> {
    let open = text.iter().position(|octet| *octet == b'(')?;
    let rest = text.get(open + 1..)?;
    let (bar, rest) = rest.split_first()?;
    let rest = rest.strip_prefix([*bar, *bar].as_slice())?;
    let digits = rest.split(|octet| octet == bar).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
