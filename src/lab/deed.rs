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
    /// One bit of it.
    Corrupted(&'t str),
    MadeUp(&'t str),
    /// It could not be given to its host; the system's words.
    NotGivenOut(&'t str),
    /// Given to its host, and never seen there.
    NotTaken,
    /// The lab ended before it arrived.
    StillOnIt,
    /// The lab ended before what it waited for had come.
    StillHeld,
}

/// Between what it did first and what it did then.
pub const BETWEEN: &str = "; ";

const DROPPED: &str = "the wire dropped it: ";
const QUEUE_FULL: &str = "the wire dropped it: its queue was full";
const CHANGED: &str = "the wire changed its way: ";
const CORRUPTED: &str = "the wire changed one bit of it: ";
const MADE_UP: &str = "the wire made it up: ";
const NOT_GIVEN_OUT: &str = "the wire could not give it out: ";
const NOT_TAKEN: &str = "the host's kernel did not take it";
const STILL_ON_IT: &str = "it was still on the wire when the lab ended";
const STILL_HELD: &str = "the wire still held it when the lab ended";

/// The comment.
impl fmt::Display for Deed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Dropped(fault) => write!(f, "{DROPPED}{fault}"),
            Deed::QueueFull => f.write_str(QUEUE_FULL),
            Deed::Changed(fault) => write!(f, "{CHANGED}{fault}"),
            Deed::Corrupted(fault) => write!(f, "{CORRUPTED}{fault}"),
            Deed::MadeUp(line) => write!(f, "{MADE_UP}{line}"),
            Deed::NotGivenOut(why) => write!(f, "{NOT_GIVEN_OUT}{why}"),
            Deed::NotTaken => f.write_str(NOT_TAKEN),
            Deed::StillOnIt => f.write_str(STILL_ON_IT),
            Deed::StillHeld => f.write_str(STILL_HELD),
        }
    }
}

impl<'t> Deed<'t> {
    /// All that a comment says, if a wire wrote it.
    pub fn all(comment: &'t str) -> Vec<Deed<'t>> {
        let each: Option<Vec<Deed<'_>>> = comment.split(BETWEEN).map(Deed::read).collect();
        each.unwrap_or_else(|| Deed::read(comment).into_iter().collect())
    }

    /// A comment in both languages, if a wire wrote it. The texts come from a file: make them safe before they go to a terminal.
    pub fn words(comment: &str) -> Option<Text> {
        let texts: Vec<Text> = Deed::all(comment).iter().map(Deed::text).collect();
        let joined = |texts: Vec<String>, between| texts.join(between);
        (!texts.is_empty()).then(|| {
            let (en, zh) = texts.into_iter().map(|text| (text.en, text.zh)).unzip();
            Text::new(joined(en, BETWEEN), joined(zh, "；"))
        })
    }

    /// What a part of a comment says.
    fn read(comment: &'t str) -> Option<Deed<'t>> {
        let whole = [
            (QUEUE_FULL, Deed::QueueFull),
            (NOT_TAKEN, Deed::NotTaken),
            (STILL_ON_IT, Deed::StillOnIt),
            (STILL_HELD, Deed::StillHeld),
        ];
        if let Some((_, deed)) = whole.into_iter().find(|(words, _)| *words == comment) {
            return Some(deed);
        }
        let rest = |words| comment.strip_prefix(words);
        None.or_else(|| rest(DROPPED).map(Deed::Dropped))
            .or_else(|| rest(CHANGED).map(Deed::Changed))
            .or_else(|| rest(CORRUPTED).map(Deed::Corrupted))
            .or_else(|| rest(MADE_UP).map(Deed::MadeUp))
            .or_else(|| rest(NOT_GIVEN_OUT).map(Deed::NotGivenOut))
    }

    fn text(&self) -> Text {
        let zh = match self {
            Deed::Dropped(fault) | Deed::Changed(fault) | Deed::Corrupted(fault) => match Fault::parse(fault) {
                Ok(fault) => format!("线路按要求{}", fault.done_zh()),
                Err(_) => format!("线路按要求处理了它：{fault}"),
            },
            Deed::QueueFull => "线路丢弃了它：队列已满".into(),
            Deed::MadeUp(line) => format!("线路伪造了它：{line}"),
            Deed::NotGivenOut(why) => format!("线路无法把它送出：{why}"),
            Deed::NotTaken => "目的主机的内核没有接收它".into(),
            Deed::StillOnIt => "实验结束时它仍在线路上".into(),
            Deed::StillHeld => "实验结束时线路仍扣留着它".into(),
        };
        Text::new(self.to_string(), zh)
    }

    /// Whether it never arrived.
    pub fn loses(&self) -> bool {
        match self {
            Deed::Dropped(_) | Deed::QueueFull | Deed::NotGivenOut(_) => true,
            Deed::NotTaken | Deed::StillOnIt | Deed::StillHeld => true,
            Deed::Changed(_) | Deed::Corrupted(_) | Deed::MadeUp(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_comment_is_read_as_it_was_written() {
        for deed in [
            Deed::Dropped("drop the last ACK"),
            Deed::QueueFull,
            Deed::Changed("delay every FIN by 1s"),
            Deed::Corrupted("corrupt the first SYN"),
            Deed::MadeUp("inject from client RST"),
            Deed::NotGivenOut("no such device"),
            Deed::NotTaken,
            Deed::StillOnIt,
            Deed::StillHeld,
        ] {
            assert_eq!(Deed::read(&deed.to_string()), Some(deed));
        }
        assert_eq!(Deed::read("look here"), None);
        assert_eq!(Deed::all("look; there"), []);
        let twice = Deed::Changed("hold the first FIN until the first RST").to_string() + BETWEEN + STILL_HELD;
        assert_eq!(Deed::all(&twice).len(), 2);
        assert!(Deed::all(&twice).iter().any(Deed::loses));
        assert!(Deed::words(&twice).unwrap().zh.ends_with("；实验结束时线路仍扣留着它"));
        assert!(Deed::QueueFull.loses() && !Deed::Changed("").loses());
    }

    #[test]
    fn it_is_told_in_chinese_too() {
        assert_eq!(Deed::Dropped("drop the last ACK").text().zh, "线路按要求丢弃了最后一个 ACK");
        assert_eq!(Deed::Changed("what is this").text().zh, "线路按要求处理了它：what is this");
    }
}
