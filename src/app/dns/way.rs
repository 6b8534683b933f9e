//! DNS over a connection: each message behind its length (RFC 1035 4.2.2, RFC 7766 8).

use super::read;
use crate::app::Next;
use crate::app::message::{Draft, MessageWord, Unread, Whose};
use crate::app::talk::Shared;
use crate::timeline::{Content, RawData, Text};

/// The longest message, behind its length.
const MOST: usize = 2 + 65_535;

/// Octets shown of what is none.
const SHOWN: usize = 32;

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
        let mut unread = match Unread::of(next) {
            Ok(unread) => unread,
            Err((_, len)) => {
                if !self.octets.is_empty() {
                    let (en, zh) =
                        (format!("{len} octets of it are not in the capture"), format!("其中 {len} 字节不在抓包中"));
                    self.break_off(Text::new(en, zh), whose, shared, out);
                }
                return Err(());
            }
        };
        let mut begins = false;
        while !unread.octets.is_empty() {
            begins |= self.octets.is_empty();
            let (offset, carrier) = (unread.offset, unread.carrier);
            let taken = unread.split(self.lacks());
            self.octets.extend_from_slice(taken);
            self.draft.take(offset, taken.len() as u64, carrier);
            if self.lacks() == 0 {
                let (message, problems) = match read(self.octets.get(2..).unwrap_or_default()) {
                    Ok(read) => read,
                    Err(why) => {
                        self.break_off(why, whose, shared, out);
                        return Err(());
                    }
                };
                self.octets.clear();
                let mut draft = std::mem::take(&mut self.draft);
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

    /// The direction has ended.
    pub(in crate::app) fn close(mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let came = self.octets.len().saturating_sub(2);
        let why = match self.octets.first_chunk::<2>() {
            _ if self.octets.is_empty() => return,
            Some(len) => {
                let len = u16::from_be_bytes(*len);
                Text::new(
                    format!("its length says {len} octets, and {came} came before the connection or the capture ended"),
                    format!("长度前缀声明 {len} 字节，连接或抓包结束前只有 {came} 字节"),
                )
            }
            None => Text::new("not even its length is whole (RFC 1035 4.2.2)", "连长度前缀都不完整（RFC 1035 4.2.2）"),
        };
        self.break_off(why, whose, shared, out);
    }

    /// What is here is told, with why it is read no further.
    fn break_off(&mut self, why: Text, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let mut draft = std::mem::take(&mut self.draft);
        let octets = std::mem::take(&mut self.octets);
        draft.problem(
            format!("no whole DNS message over TCP: {}; this direction is read no further", why.en),
            format!("不是完整的 TCP 上的 DNS 报文：{}；不再解析这个方向", why.zh),
        );
        let shown = octets.get(..SHOWN).unwrap_or(&octets);
        let hex = shown.iter().map(|octet| format!("{octet:02x}")).collect();
        out(draft.done(whose, shared.number(), None, false, Content::Data(RawData { hex })));
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use crate::app::{Carrier, Heard, MessageWord, Piece, Reader};
    use crate::tcp::Peer;
    use crate::timeline::Content;

    /// What is told of these octets from the client, of which so many were sent.
    fn told(octets: &[u8], len: u32) -> Vec<MessageWord> {
        let mut reader = Reader::default();
        let piece = Piece { offset: 0, octets, len, carrier: Carrier::default() };
        let (is_dns, is_syn) = (true, true);
        reader.hear(&Heard { connection: 1, peer: Peer::A, is_dns, is_syn, is_fin: false, piece, acknowledged: None });
        let end = Piece {
            offset: u64::from(len),
            octets: b"more",
            len: 4,
            carrier: Carrier { ordinal: 1, ..Carrier::default() },
        };
        if len as usize > octets.len() {
            reader.hear(&Heard {
                connection: 1,
                peer: Peer::A,
                is_dns,
                is_syn,
                is_fin: true,
                piece: end,
                acknowledged: None,
            });
        }
        reader.finish().0
    }

    #[test]
    fn what_is_no_dns_over_tcp_is_told_with_its_reason() {
        for (octets, len, why) in [
            (&b"\x00\x05hello"[..], 7, "5 octets are no DNS message: its header has 12"),
            (b"\x00\x00", 2, "0 octets are no DNS message"),
            (b"GET / HTTP/1.1\r\n\r\n", 18, "its length says 18245 octets, and 16 came before"),
            (b"\x07", 1, "not even its length is whole"),
            (b"\x00\x20abc", 9, "4 octets of it are not in the capture"),
        ] {
            let words = told(octets, len);
            assert_eq!(words.len(), 1, "{words:?}");
            let problem = &words[0].problems[0];
            assert!(problem.en.contains(why) && problem.zh.contains("DNS 报文"), "{octets:?}: {problem:?}");
            assert!(matches!(&words[0].content, Content::Data(data) if data.hex.len() <= 64) && !words[0].complete);
        }
    }

    #[test]
    fn what_came_whole_before_is_told_too() {
        let query = [0, 19, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 1, 0, 1];
        let words = told(&[&query[..], b"\xff\xffjunk"].concat(), 27);
        assert!(matches!(words[0].content, Content::Dns(_)) && words[0].problems.is_empty(), "{words:?}");
        assert!(words.len() == 2 && words[1].problems[0].en.contains("says 65535 octets, and 4 came"), "{words:?}");
    }
}
