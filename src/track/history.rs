//! A connection in letters, as Zeek's `history` writes it: S SYN, H SYN,ACK, A pure ACK, D data, F FIN, R RST,
//! T retransmitted payload, W zero window, C bad checksum, I illegal mix. Upper case for peer A, lower case for B.

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
    /// By peer: number of the last SYN, FIN or RST; these letters are written again when it differs.
    control: [Option<SeqNumber>; 2],
}

impl History {
    pub fn as_str(&self) -> &str {
        let letters = self.letters.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }

    pub(super) fn note(&mut self, peer: Peer, segment: &Segment<'_>, repeats_data: bool) {
        if segment.checksum == Checksum::Invalid {
            self.once(peer, b'c');
        }
        let flags = segment.flags;
        let kind = match () {
            () if flags.fin() && flags.rst() => Some(b'i'),
            () if flags.syn() && flags.any(Flags::FIN | Flags::RST) => Some(b'q'),
            () if flags.syn() && flags.ack() => Some(b'h'),
            () if flags.syn() => Some(b's'),
            () if flags.fin() => Some(b'f'),
            () if flags.rst() => Some(b'r'),
            () => None,
        };
        if segment.len > 0 {
            self.once(peer, if repeats_data { b't' } else { b'd' });
        }
        match kind {
            Some(letter) => {
                let number = Some(segment.seq);
                if *peer.of(&self.control) != number || *peer.of(&self.written) & bit(letter) == 0 {
                    *peer.of_mut(&mut self.control) = number;
                    self.write(peer, letter);
                }
            }
            None if segment.is_pure_ack() => self.once(peer, b'a'),
            None => {}
        }
        if segment.wnd == 0 && !flags.any(Flags::SYN | Flags::FIN | Flags::RST) {
            self.once(peer, b'w');
        }
    }

    fn once(&mut self, peer: Peer, letter: u8) {
        if *peer.of(&self.written) & bit(letter) == 0 {
            self.write(peer, letter);
        }
    }

    fn write(&mut self, peer: Peer, letter: u8) {
        *peer.of_mut(&mut self.written) |= bit(letter);
        let letter = if peer == Peer::A { letter.to_ascii_uppercase() } else { letter };
        if let Some(slot) = self.letters.get_mut(usize::from(self.len)) {
            *slot = letter;
            self.len += 1;
        }
    }
}

fn bit(letter: u8) -> u16 {
    let place = b"shadfrtwciq".iter().position(|known| *known == letter).unwrap_or(15);
    1 << place
}
