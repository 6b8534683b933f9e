//! What the wire did to a frame, as the comment on it in a recording says: written in English, read again for either language.

use super::fault::Fault;
use crate::timeline::Text;
use std::fmt;

/// Something that the wire did. The texts are the sentences in which it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed<'t> {
    Dropped(&'t str),
    QueueFull,
    Changed(&'t str),
    MadeUp(&'t str),
}

const DROPPED: &str = "the wire dropped it: ";
const QUEUE_FULL: &str = "the wire dropped it: its queue was full";
const CHANGED: &str = "the wire changed its way: ";
const MADE_UP: &str = "the wire made it up: ";

/// The comment.
impl fmt::Display for Deed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Dropped(fault) => write!(f, "{DROPPED}{fault}"),
            Deed::QueueFull => f.write_str(QUEUE_FULL),
            Deed::Changed(fault) => write!(f, "{CHANGED}{fault}"),
            Deed::MadeUp(line) => write!(f, "{MADE_UP}{line}"),
        }
    }
}

impl<'t> Deed<'t> {
    /// What a comment says, if a wire wrote it.
    pub fn read(comment: &'t str) -> Option<Deed<'t>> {
        if comment == QUEUE_FULL {
            return Some(Deed::QueueFull);
        }
        let dropped = comment.strip_prefix(DROPPED).map(Deed::Dropped);
        let changed = || comment.strip_prefix(CHANGED).map(Deed::Changed);
        dropped.or_else(changed).or_else(|| comment.strip_prefix(MADE_UP).map(Deed::MadeUp))
    }

    /// In both languages. The texts come from a file: make them safe before they go to a terminal.
    pub fn text(&self) -> Text {
        let zh = match self {
            Deed::Dropped(fault) | Deed::Changed(fault) => match Fault::parse(fault) {
                Ok(fault) => format!("线路按要求{}", fault.done_zh()),
                Err(_) => format!("线路按要求处理了它：{fault}"),
            },
            Deed::QueueFull => "线路丢弃了它：队列已满".into(),
            Deed::MadeUp(line) => format!("线路伪造了它：{line}"),
        };
        Text::new(self.to_string(), zh)
    }

    /// Whether it never arrived.
    pub fn loses(&self) -> bool {
        matches!(self, Deed::Dropped(_) | Deed::QueueFull)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_read_as_it_was_written() {
        for deed in [
            Deed::Dropped("drop the last ACK"),
            Deed::QueueFull,
            Deed::Changed("delay every FIN by 1s"),
            Deed::MadeUp("inject from client RST"),
        ] {
            assert_eq!(Deed::read(&deed.to_string()), Some(deed));
        }
        assert_eq!(Deed::read("look here"), None);
        assert!(Deed::QueueFull.loses() && !Deed::Changed("").loses());
    }

    #[test]
    fn it_is_told_in_chinese_too() {
        assert_eq!(Deed::Dropped("drop the last ACK").text().zh, "线路按要求丢弃了最后一个 ACK");
        assert_eq!(Deed::Changed("what is this").text().zh, "线路按要求处理了它：what is this");
    }
}
