//! A connection in letters, as Zeek's `history` writes it: S SYN, H SYN,ACK, A pure ACK, D data, F FIN, R RST,
//! C bad checksum, G gap, T retransmitted payload, W zero window, I FIN with RST, Q another illegal mix, ^ roles turned.
//! Upper case for peer A, lower case for B.

use super::zeek::Endpoints;
use crate::tcp::{Checksum, Flags, Peer, Segment, SeqNumber};

/// How many letters are kept.
const LETTERS: usize = 24;

/// The letters so far, and what must be known to write each only when it says something new.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    letters: [u8; LETTERS],
    len: u8,
    /// By peer: a bit per letter already written.
    written: [u16; 2],
    /// By peer: numbers of the last SYN, the last FIN's end and the last RST; a letter is written again when it differs.
    control: [[u32; 3]; 2],
    /// By peer: how often C, G, T and W were due.
    often: [[u16; 4]; 2],
    /// By peer: the end of what it sent, once it sent anything.
    end: [Option<SeqNumber>; 2],
    /// By peer: octets that were missing when they were last acknowledged.
    missed: [u32; 2],
    endpoints: Endpoints,
}

/// Letters that count themselves: the second is written with the tenth, the third with the hundredth.
#[derive(Clone, Copy)]
enum Often {
    Checksum,
    Gap,
    Repeat,
    Window,
}

impl History {
    pub fn as_str(&self) -> &str {
        let letters = self.letters.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }

    /// What Zeek logs as `conn_state`. `has_data`: any side sent payload.
    pub fn conn_state(&self, has_data: bool) -> &'static str {
        self.endpoints.conn_state(self.as_str(), has_data)
    }

    /// Notes one more segment. `missing`: octets of the other side that were passed over and not captured so far.
    pub(super) fn note(&mut self, peer: Peer, segment: &Segment<'_>, missing: u64) {
        if self.len == 0 && peer == Peer::B {
            // The first segment was not the opener's: somebody turned the roles.
            self.push(b'^');
        }
        if segment.checksum == Checksum::Invalid {
            self.often(peer, Often::Checksum);
        }
        let flags = segment.flags;
        let is_control = flags.any(Flags::SYN | Flags::FIN | Flags::RST);
        match () {
            () if is_control => self.note_control(peer, segment),
            () if segment.len > 0 => self.once(peer, b'd'),
            () if flags.ack() => self.once(peer, b'a'),
            () => {}
        }
        if segment.wnd == 0 && !flags.rst() && self.endpoints.minds_window(peer) {
            self.often(peer, Often::Window);
        }
        self.note_repeat(peer, segment);
        if is_control || self.endpoints.is_inactive(peer) {
            self.endpoints.note(peer, flags, segment.len);
        }
        // An acknowledgment of what nobody saw. At a FIN or RST such gaps mean little.
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        let other = !peer;
        if flags.ack() && !flags.any(Flags::FIN | Flags::RST) && missing > *other.of(&self.missed) {
            self.often(other, Often::Gap);
        }
        if flags.ack() {
            *other.of_mut(&mut self.missed) = missing;
        }
    }

    fn note_control(&mut self, peer: Peer, segment: &Segment<'_>) {
        let flags = segment.flags;
        let of_control = u8::from(flags.syn()) + u8::from(flags.fin()) + u8::from(flags.rst());
        match () {
            () if of_control > 1 && flags.fin() && flags.rst() => self.once(peer, b'i'),
            () if of_control > 1 => self.once(peer, b'q'),
            () if flags.syn() => self.control(peer, 0, if flags.ack() { b'h' } else { b's' }, segment.seq.0),
            () if flags.fin() => self.control(peer, 1, b'f', segment.seq.0.wrapping_add(segment.len)),
            () => self.control(peer, 2, b'r', segment.seq.0),
        }
    }

    /// Payload that does not go beyond what was sent before was sent again.
    fn note_repeat(&mut self, peer: Peer, segment: &Segment<'_>) {
        if segment.flags.rst() {
            return;
        }
        let control = u32::from(segment.flags.syn()) + u32::from(segment.flags.fin());
        let end = segment.seq + segment.len.wrapping_add(control);
        let last = peer.of_mut(&mut self.end);
        match *last {
            Some(known) if end.le(known) => {
                if segment.len > 0 {
                    self.often(peer, Often::Repeat);
                }
            }
            _ => *last = Some(end),
        }
    }

    /// A letter that is written again when its number differs from the last.
    fn control(&mut self, peer: Peer, slot: usize, letter: u8, number: u32) {
        // To Zeek SYN and SYN,ACK of one side are of a kind: the second is not written where it repeats the first.
        let kind = bit(if letter == b'h' { b's' } else { letter });
        let is_first = *peer.of(&self.written) & kind == 0;
        let Some(last) = peer.of_mut(&mut self.control).get_mut(slot) else { return };
        let differs = std::mem::replace(last, number) != number;
        if is_first || differs {
            *peer.of_mut(&mut self.written) |= kind;
            self.write(peer, letter);
        }
    }

    #[inline]
    fn once(&mut self, peer: Peer, letter: u8) {
        if *peer.of(&self.written) & bit(letter) == 0 {
            *peer.of_mut(&mut self.written) |= bit(letter);
            self.write(peer, letter);
        }
    }

    fn often(&mut self, peer: Peer, what: Often) {
        let (slot, letter) = match what {
            Often::Checksum => (0, b'c'),
            Often::Gap => (1, b'g'),
            Often::Repeat => (2, b't'),
            Often::Window => (3, b'w'),
        };
        let Some(count) = peer.of_mut(&mut self.often).get_mut(slot) else { return };
        if *count == u16::MAX {
            return;
        }
        *count += 1;
        if matches!(*count, 1 | 10 | 100 | 1_000 | 10_000) {
            self.write(peer, letter);
        }
    }

    fn write(&mut self, peer: Peer, letter: u8) {
        self.push(if peer == Peer::A { letter.to_ascii_uppercase() } else { letter });
    }

    fn push(&mut self, letter: u8) {
        if let Some(slot) = self.letters.get_mut(usize::from(self.len)) {
            *slot = letter;
            self.len += 1;
        }
    }
}

/// A bit per letter that is written once, or again when its number differs.
#[inline]
fn bit(letter: u8) -> u16 {
    1 << match letter {
        b's' => 0,
        b'a' => 1,
        b'd' => 2,
        b'f' => 3,
        b'r' => 4,
        b'i' => 5,
        b'q' => 6,
        _ => 7,
    }
}
