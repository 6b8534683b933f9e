//! Connections of several paths: which token names which connection, and which one a further path joins (RFC 8684 3.2).

use super::connection::Connection;
use crate::tcp::{Multipath, Peer, Segment};
use std::collections::{HashMap, VecDeque};

/// What a connection has to do with MPTCP.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paths {
    /// As the last MP_CAPABLE has it; `None` for a path that joins.
    pub version: Option<u8>,
    /// Whether the peer sent any option of MPTCP.
    pub speaks: [bool; 2],
    /// The token by which the peer knows the whole, where its key was seen.
    pub tokens: [Option<u32>; 2],
    /// It is a further path.
    pub joins: Option<Joins>,
}

/// The MPTCP connection that a path joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joins {
    pub token: u32,
    /// Id of the connection whose key gives this token; `None` where no such key was seen.
    pub of: Option<u64>,
}

/// Tokens remembered, the latest: with their connections 640 KiB.
const MOST_TOKENS: usize = 16 * 1024;

/// Which connection a token names.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    known: HashMap<u32, u64, foldhash::fast::RandomState>,
    /// The first to be forgotten in front.
    order: VecDeque<u32>,
}

impl Tokens {
    fn note(&mut self, token: u32, id: u64) {
        if self.known.insert(token, id).is_some() {
            return;
        }
        self.order.push_back(token);
        if self.order.len() > MOST_TOKENS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

impl Connection {
    /// Works in a segment that has an option of MPTCP.
    #[cold]
    pub(super) fn note_paths(&mut self, peer: Peer, segment: &Segment<'_>, tokens: &mut Tokens) {
        let (id, receiver) = (self.id, self.receiver_of(peer));
        let paths = self.evidence.get_or_insert_default().paths.get_or_insert_default();
        *peer.of_mut(&mut paths.speaks) = true;
        match segment.multipath {
            Some(Multipath::Capable { version, sender, receiver: other }) => {
                // RFC 8684 3.1: the answer's holds.
                paths.version = Some(version);
                for (whose, token) in [(peer, sender), (receiver, other)] {
                    let Some(token) = token else { continue };
                    *whose.of_mut(&mut paths.tokens) = Some(token);
                    tokens.note(token, id);
                }
            }
            Some(Multipath::Join { token }) => {
                let of = tokens.known.get(&token).copied().filter(|of| *of != id);
                paths.joins.get_or_insert(Joins { token, of });
            }
            None => {}
        }
    }

    /// What it has to do with MPTCP.
    pub fn paths(&self) -> Option<&Paths> {
        self.evidence.as_ref()?.paths.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_tokens_are_kept() {
        let mut tokens = Tokens::default();
        for token in 0..MOST_TOKENS as u32 + 5 {
            tokens.note(token, u64::from(token) + 1);
            tokens.note(token, u64::from(token) + 2);
        }
        assert_eq!((tokens.known.len(), tokens.order.len()), (MOST_TOKENS, MOST_TOKENS));
        assert_eq!((tokens.known.get(&4), tokens.known.get(&5)), (None, Some(&7)));
    }
}
