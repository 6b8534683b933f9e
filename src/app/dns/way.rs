//! DNS over a connection: each message behind its length (RFC 1035 4.2.2, RFC 7766 8).

use super::read;
use crate::app::Next;
use crate::app::message::{Draft, MessageWord, Unread, Whose};
use crate::app::talk::Shared;
use crate::timeline::Content;

/// The longest message, behind its length.
const MOST: usize = 2 + 65_535;

/// Reads the messages of one direction.
#[derive(Debug, Default)]
pub(in crate::app) struct Messages {
    octets: Vec<u8>,
    draft: Draft,
}

impl Messages {
    /// Reads on; says whether a message begins here. `Err`: it cannot be read on.
    pub(in crate::app) fn read(
        &mut self,
        next: Next<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) -> Result<bool, ()> {
        let mut unread = Unread::of(next).map_err(|_| ())?;
        let mut begins = false;
        while !unread.octets.is_empty() {
            begins |= self.octets.is_empty();
            let (offset, carrier) = (unread.offset, unread.carrier);
            let taken = unread.split(self.lacks());
            self.octets.extend_from_slice(taken);
            self.draft.take(offset, taken.len() as u64, carrier);
            if self.lacks() == 0 {
                let octets = std::mem::take(&mut self.octets);
                let mut draft = std::mem::take(&mut self.draft);
                let (message, problems) = read(octets.get(2..).unwrap_or_default()).map_err(|_| ())?;
                draft.problems.extend(problems);
                let number = shared.number();
                let answers = if message.is_response {
                    shared.query_of(message.query_id)
                } else {
                    shared.ask_query(message.query_id, number);
                    None
                };
                out(draft.done(whose, number, answers, true, Content::Dns(message)));
            }
        }
        Ok(begins)
    }

    /// Octets that are kept until their message is whole.
    pub(in crate::app) fn held(&self) -> usize {
        self.octets.len()
    }

    /// Octets that the length, or the message behind it, still lacks.
    fn lacks(&self) -> usize {
        match self.octets.first_chunk::<2>() {
            Some(len) => (2 + usize::from(u16::from_be_bytes(*len))).min(MOST).saturating_sub(self.octets.len()),
            None => 2 - self.octets.len(),
        }
    }
}
