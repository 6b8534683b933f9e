//! The words of a fault.

use super::{Action, Fault, FaultError, Kind, Selector, Which};
use crate::tcp::Peer;
use std::time::Duration;

/// The longest that a fault holds a segment up: no timer of TCP waits longer.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);

impl Fault {
    /// Reads a fault.
    ///
    /// # Errors
    /// The word that does not fit, and what would.
    pub fn parse(text: &str) -> Result<Fault, FaultError> {
        let lower = text.to_lowercase();
        let mut words = Words::of(&lower);
        let action = words.take("drop, delay, duplicate, reorder, corrupt or hold", |word| {
            ["drop", "delay", "duplicate", "reorder", "corrupt", "hold"].into_iter().find(|known| *known == word)
        })?;
        let selector = words.selector()?;
        let action = match action {
            "drop" => Action::Drop,
            "duplicate" => Action::Duplicate,
            "reorder" => Action::Reorder,
            "corrupt" => Action::Corrupt,
            "delay" => {
                words.word("by")?;
                let may = |word: &str| time(word).filter(|time| *time <= LONGEST_DELAY);
                Action::Delay(words.take("a time up to an hour, as 300ms or 2s", may)?)
            }
            _ => {
                words.word("until")?;
                Action::Hold(words.selector()?)
            }
        };
        let if_any = words.skip("if");
        if if_any {
            words.word("any")?;
        }
        match words.peek() {
            None => Ok(Fault { action, selector, if_any, text: text.trim().into() }),
            Some(_) => Err(words.wrong("the end or 'if any'")),
        }
    }
}

impl Selector {
    /// Reads which segments are meant: `the first SYN from the client`.
    ///
    /// # Errors
    /// The word that does not fit, and what would.
    pub fn parse(text: &str) -> Result<Selector, FaultError> {
        let lower = text.to_lowercase();
        let mut words = Words::of(&lower);
        let selector = words.selector()?;
        match words.peek() {
            None => Ok(selector),
            Some(_) => Err(words.wrong("the end")),
        }
    }
}

/// A time as people write it.
pub fn time(word: &str) -> Option<Duration> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)?;
    let seconds = match word.get(digits.len()..)? {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

struct Words<'w> {
    all: Vec<&'w str>,
    next: usize,
}

impl<'w> Words<'w> {
    fn of(text: &'w str) -> Words<'w> {
        Words { all: text.split_whitespace().map(|word| word.trim_end_matches(',')).collect(), next: 0 }
    }

    fn peek(&self) -> Option<&'w str> {
        self.all.get(self.next).copied()
    }

    fn wrong(&self, expected: &'static str) -> FaultError {
        FaultError { place: self.next, found: self.peek().unwrap_or_default().into(), expected }
    }

    fn take<T>(&mut self, expected: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, FaultError> {
        let value = self.peek().and_then(read).ok_or_else(|| self.wrong(expected))?;
        self.next += 1;
        Ok(value)
    }

    fn skip(&mut self, word: &str) -> bool {
        let is_there = self.peek() == Some(word);
        self.next += usize::from(is_there);
        is_there
    }

    fn word(&mut self, word: &'static str) -> Result<(), FaultError> {
        if self.skip(word) { Ok(()) } else { Err(self.wrong(word)) }
    }

    fn selector(&mut self) -> Result<Selector, FaultError> {
        self.skip("the");
        let (which, kind) = if self.skip("every") {
            (Which::Every, self.kind()?)
        } else if self.skip("next") {
            let count = self.take("a number", |word| word.parse().ok().filter(|count: &u32| *count > 0))?;
            (Which::First(count), self.kind()?)
        } else if self.skip("last") {
            self.word("ack")?;
            (Which::Nth(1), Kind::LastAck)
        } else {
            let nth = self.take("first, 2nd, every, next or last", ordinal)?;
            (Which::Nth(nth), self.kind()?)
        };
        let from = if self.skip("from") {
            self.skip("the");
            Some(self.take("client or server", |word| match word {
                "client" => Some(Peer::A),
                "server" => Some(Peer::B),
                _ => None,
            })?)
        } else {
            None
        };
        Ok(Selector { which, kind, from })
    }

    fn kind(&mut self) -> Result<Kind, FaultError> {
        let expected = "SYN, SYN-ACK, ACK, data segment, FIN, RST or segment";
        let kind = self.take(expected, |word| match word.strip_suffix('s').unwrap_or(word) {
            "syn" => Some(Kind::Syn),
            "syn-ack" | "syn,ack" => Some(Kind::SynAck),
            "ack" => Some(Kind::Ack),
            "data" => Some(Kind::Data),
            "fin" => Some(Kind::Fin),
            "rst" => Some(Kind::Rst),
            "segment" => Some(Kind::Segment),
            _ => None,
        })?;
        if kind == Kind::Data && !self.skip("segment") {
            self.skip("segments");
        }
        Ok(kind)
    }
}

fn ordinal(word: &str) -> Option<u32> {
    const NAMES: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    if let Some(place) = NAMES.iter().position(|name| *name == word) {
        return Some(place as u32 + 1);
    }
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix))?;
    digits.parse().ok().filter(|nth| *nth > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn people_can_say_what_they_mean() {
        let of = |text: &str| {
            let Fault { action, selector: Selector { which, kind, from }, .. } = Fault::parse(text).unwrap();
            (action, which, kind, from)
        };
        assert_eq!(of("drop the first SYN from the client"), (Action::Drop, Which::Nth(1), Kind::Syn, Some(Peer::A)));
        assert_eq!(
            of("drop the 2nd data segment from server"),
            (Action::Drop, Which::Nth(2), Kind::Data, Some(Peer::B))
        );
        assert_eq!(of("Drop the last ACK"), (Action::Drop, Which::Nth(1), Kind::LastAck, None));
        let late = Action::Delay(Duration::from_millis(300));
        assert_eq!(of("delay every FIN by 300ms"), (late, Which::Every, Kind::Fin, None));
        assert_eq!(of("corrupt the next 3 segments"), (Action::Corrupt, Which::First(3), Kind::Segment, None));
        let until = Selector { which: Which::Nth(1), kind: Kind::Fin, from: Some(Peer::B) };
        let hold = of("hold the first FIN from the client until the first FIN from the server");
        assert_eq!(hold, (Action::Hold(until), Which::Nth(1), Kind::Fin, Some(Peer::A)));
    }

    #[test]
    fn a_fault_may_say_that_it_need_not_meet_anything() {
        let fault = Fault::parse("drop the last ACK, if any").unwrap();
        assert_eq!((fault.action, fault.if_any), (Action::Drop, true));
        assert!(Fault::parse("drop the first SYN-ACK from the server if any").unwrap().if_any);
        assert!(!Fault::parse("drop the last ACK").unwrap().if_any);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |text: &str| {
            let error = Fault::parse(text).unwrap_err();
            (error.place, error.found, error.expected)
        };
        assert_eq!(wrong("drip the first SYN").0, 0);
        assert_eq!(
            wrong("drop the first SIN"),
            (3, "sin".into(), "SYN, SYN-ACK, ACK, data segment, FIN, RST or segment")
        );
        assert_eq!(wrong("delay every FIN"), (3, String::new(), "by"));
        let time = "a time up to an hour, as 300ms or 2s";
        assert_eq!(wrong("delay every FIN by 3"), (4, "3".into(), time));
        assert_eq!(wrong("delay every FIN by 9999999s"), (4, "9999999s".into(), time));
        assert_eq!(wrong("drop the first SYN, if"), (5, String::new(), "any"));
        assert_eq!(wrong("drop the first SYN from mars"), (5, "mars".into(), "client or server"));
        assert_eq!(wrong("drop the first SYN now"), (4, "now".into(), "the end or 'if any'"));
        assert_eq!(wrong(""), (0, String::new(), "drop, delay, duplicate, reorder, corrupt or hold"));
    }
}
