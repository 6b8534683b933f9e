//! What stands behind a message and is no other one: it is counted, and told with the message before it.

use super::Kind;
use super::start::{begins, is_nearly};
use crate::timeline::Text;

/// What came behind a message that was told.
#[derive(Debug)]
pub(super) struct Behind {
    /// The message's place among those of its connection.
    number: u64,
    /// The message came to its end.
    complete: bool,
    /// Its end is where one of two lengths says.
    is_doubtful: bool,
    /// Octets.
    len: u64,
}

impl Behind {
    pub(super) fn new(number: u64, complete: bool, is_doubtful: bool) -> Behind {
        Behind { number, complete, is_doubtful, len: 0 }
    }

    /// Whether the message before is whole, so that any line behind it may begin another one. Where it broke off, its own lines
    /// may look like that.
    pub(super) fn is_of_whole(&self) -> bool {
        self.complete
    }

    /// Whether these octets behind it may be the beginning of another message, as far as they came.
    pub(super) fn may_precede(&self, kind: Kind, octets: &[u8]) -> bool {
        // (An H may become HEAD and HTTP.)
        let is_open = octets.trim_ascii_start().len() < 5;
        let may_begin = begins(octets).is_some_and(|own| own == kind || is_open);
        is_blank(octets) || may_begin && (!self.is_doubtful || is_nearly(octets))
    }

    /// These octets are no message. (Empty lines between messages are nothing, RFC 9112 2.2.)
    pub(super) fn pass(&mut self, octets: &[u8]) {
        if self.len > 0 || !is_blank(octets) {
            self.len = self.len.saturating_add(octets.len() as u64);
        }
    }

    /// The message's place, and what is to be said of it; `None`: nothing came behind it.
    pub(super) fn told(self) -> Option<(u64, Text)> {
        let Behind { number, complete, len, .. } = self;
        let problem = match (complete, len) {
            (_, 0) => return None,
            (true, 1) => Text::new("1 octet behind it is no HTTP message", "其后 1 字节不是 HTTP 消息"),
            (true, _) => Text::new(
                format!("{len} octets behind it are no HTTP message"),
                format!("其后 {len} 字节不是 HTTP 消息"),
            ),
            (false, 1) => Text::new("1 octet behind that is not read", "其后 1 字节未作解析"),
            (false, _) => {
                Text::new(format!("{len} octets behind that are not read"), format!("其后 {len} 字节未作解析"))
            }
        };
        Some((number, problem))
    }
}

/// Ends of lines and nothing else.
pub(super) fn is_blank(octets: &[u8]) -> bool {
    octets.iter().all(|octet| matches!(octet, b'\r' | b'\n'))
}

/// Where in these octets a message surely begins: at the first of them, or at that of any line.
pub(super) fn next(octets: &[u8], every_line: bool, begins: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = 0;
    let lines = octets.split_inclusive(|octet| *octet == b'\n').take(if every_line { usize::MAX } else { 1 });
    for line in lines {
        if begins(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}
