//! The text of a sequence into lines that can be checked. What is wrong is told with line, column and what could have stood there.

use super::line::{
    Block, Claim, Claimed, ENDS, Ends, KINDS, Kind, MARKS, Mark, Passed, Pattern, Sequence, Step, Times, WHO, What,
    causes, key,
};
use super::token::{Token, tokens};
use crate::annotate;
use crate::tcp::State;
use crate::timeline::{CloseKind, OpenKind, Text};

/// Longest text that is read, in octets.
pub const LONGEST: usize = 1 << 20;
/// Patterns that may stand between `|`: their subsets are followed one by one.
const MOST_CROSSING: usize = 8;

/// What is wrong with a sequence, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}", what.en)]
pub struct ParseError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// How many characters are wrong.
    pub len: usize,
    /// The line as it stands. It comes from outside: make it safe before it goes to a terminal.
    pub text: String,
    pub what: Text,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl Sequence {
    /// Reads a sequence.
    ///
    /// # Errors
    /// The first line that cannot be read, with the place in it and what was expected there.
    pub fn parse(text: &str) -> Result<Sequence, ParseError> {
        if text.len() > LONGEST {
            let what = Text::new("longer than 1 MiB: no sequence is", "超过 1 MiB：不会是时序描述");
            return Err(ParseError { line: 1, column: 1, len: 1, text: String::new(), what, suggestion: None });
        }
        let mut blocks = vec![Block::default()];
        for (place, raw) in text.lines().enumerate() {
            let raw = if place == 0 { raw.trim_start_matches('\u{feff}') } else { raw };
            let tokens = tokens(raw);
            let line = Line { number: place + 1, raw, tokens: &tokens, at: 0 };
            let Some(first) = tokens.first() else { continue };
            if first.is("connection") {
                let connection = Some(line.header()?);
                if blocks.iter().any(|block| block.connection == connection) {
                    return Err(line.wrong_at(1, "this connection has lines above already", "该连接上面已有描述"));
                }
                blocks.push(Block { connection, ..Block::default() });
                continue;
            }
            let Some(block) = blocks.last_mut() else { continue };
            let (number, text) = (line.number, line.text());
            if tokens.get(1).is_some_and(|token| token.is(":")) {
                block.claims.push(Claim { line: number, text, what: line.claim()? });
            } else {
                block.steps.push(Step { line: number, text, what: line.step()? });
            }
        }
        let begun = |block: &Block| !block.steps.is_empty() || !block.claims.is_empty();
        blocks.retain(|block| block.connection.is_some() || begun(block));
        Ok(Sequence { blocks })
    }
}

#[derive(Clone, Copy)]
struct Line<'t> {
    number: usize,
    raw: &'t str,
    tokens: &'t [Token<'t>],
    at: usize,
}

impl<'t> Line<'t> {
    fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_some_and(|token| token.is(word));
        self.at += usize::from(is_next);
        is_next
    }

    /// The next word, if it is one of these.
    fn one_of<T: Copy>(&mut self, words: &[(&'static str, T)]) -> Option<T> {
        let token = self.peek()?;
        let (_, value) = words.iter().find(|(word, _)| token.is(word))?;
        self.at += 1;
        Some(*value)
    }

    /// Without the comment.
    fn text(&self) -> String {
        let (Some(first), Some(last)) = (self.tokens.first(), self.tokens.last()) else { return String::new() };
        self.raw.chars().skip(first.at).take(last.at + last.len - first.at).collect()
    }

    fn wrong_at(&self, place: usize, en: &str, zh: &str) -> ParseError {
        let end = self.tokens.last().map_or(0, |last| last.at + last.len + 1);
        let (at, len) = self.tokens.get(place).map_or((end, 1), |token| (token.at, token.len));
        let what = Text::new(en, zh);
        ParseError { line: self.number, column: at + 1, len, text: self.raw.to_string(), what, suggestion: None }
    }

    fn wrong(&self, en: &str, zh: &str) -> ParseError {
        self.wrong_at(self.at, en, zh)
    }

    /// One of these words was expected.
    fn expected(&self, en: &str, zh: &str, words: &[&str]) -> ParseError {
        let list = |comma: &str| words.join(comma);
        let mut error = self.wrong(&format!("expected {en}: {}", list(", ")), &format!("此处应为{zh}：{}", list("、")));
        error.suggestion = self.peek().and_then(|token| likest(token.word, words.iter().copied()));
        error
    }

    /// `connection N:`
    fn header(mut self) -> Result<u64, ParseError> {
        self.at = 1;
        let number = self.peek().and_then(|token| token.word.parse().ok()).filter(|number| *number > 0);
        let Some(number) = number else {
            return Err(self.wrong("expected the number of a connection, from 1", "此处应为连接的编号，从 1 开始"));
        };
        self.at = 2;
        if !self.takes(":") {
            return Err(self.wrong("expected ':' behind the number", "编号之后应为 ':'"));
        }
        self.end()?;
        Ok(number)
    }

    fn end(&self) -> Result<(), ParseError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.wrong("expected the end of the line here", "此处应是行尾")),
        }
    }

    fn claim(mut self) -> Result<Claimed, ParseError> {
        if let Some(who) = self.one_of(&WHO) {
            self.at += 1;
            return Ok(Claimed::States(who, self.states()?));
        }
        let word = self.peek().map_or("", |token| token.word).to_ascii_lowercase();
        self.at += 2;
        let claimed = match word.as_str() {
            "open" => Claimed::Open(self.kinds(&OpenKind::ALL, "how it opened", "建立方式")?),
            "close" => Claimed::Close(self.kinds(&CloseKind::ALL, "how it closed", "关闭方式")?),
            "cause" => {
                let known: Vec<(&'static str, &'static str)> = causes().map(|name| (name, name)).collect();
                let Some(cause) = self.one_of(&known) else {
                    return Err(self.expected("a cause", "原因", &causes().collect::<Vec<_>>()));
                };
                Claimed::Cause(cause)
            }
            "time-wait" => self.waits()?,
            _ => {
                self.at = 0;
                let words = ["client", "server", "one", "other", "open", "close", "cause", "time-wait", "connection"];
                return Err(self.expected("before ':'", "':' 之前的词", &words));
            }
        };
        self.end()?;
        Ok(claimed)
    }

    fn kinds<K: Copy + serde::Serialize>(&mut self, all: &[K], en: &str, zh: &str) -> Result<Vec<K>, ParseError> {
        let names: Vec<String> = all.iter().map(key).collect();
        let mut found = Vec::new();
        loop {
            let kind = self.peek().and_then(|token| names.iter().position(|name| token.is(name)));
            let Some(kind) = kind.and_then(|place| all.get(place)) else {
                return Err(self.expected(en, zh, &names.iter().map(String::as_str).collect::<Vec<_>>()));
            };
            found.push(*kind);
            self.at += 1;
            if !self.takes("or") {
                return Ok(found);
            }
        }
    }

    fn waits(&mut self) -> Result<Claimed, ParseError> {
        let mut who = Vec::new();
        if !self.takes("none") {
            while let Some(one) = self.one_of(&WHO) {
                who.push(one);
            }
            if who.is_empty() {
                return Err(self.expected("who waits", "等待的一方", &["client", "server", "one", "other", "none"]));
            }
        }
        let ends: Option<Ends> = if who.is_empty() { None } else { self.one_of(&ENDS) };
        if self.peek().is_some() && ends.is_none() && !who.is_empty() {
            return Err(self.expected("what became of it", "其结果", &ENDS.map(|(word, _)| word)));
        }
        Ok(Claimed::Waits { who, ends })
    }

    fn states(&mut self) -> Result<Vec<Passed>, ParseError> {
        let mut passed = Vec::new();
        while let Some(token) = self.peek() {
            if self.takes("...") {
                passed.push(Passed::Gap);
                continue;
            }
            let Some(state) = State::ALL.into_iter().find(|state| token.is(state.name())) else {
                return Err(self.expected("a state", "状态", &State::ALL.map(State::name)));
            };
            self.at += 1;
            passed.push(Passed::State { state, may_lack: self.takes("?") });
        }
        if passed.is_empty() {
            return Err(self.expected("a state", "状态", &State::ALL.map(State::name)));
        }
        Ok(passed)
    }

    fn step(mut self) -> Result<What, ParseError> {
        if self.takes("...") {
            self.end()?;
            return Ok(What::Gap);
        }
        let mut patterns = vec![self.pattern()?];
        while self.takes("|") {
            if patterns.len() == MOST_CROSSING {
                return Err(self.wrong("at most eight stand in one line", "一行最多八个"));
            }
            patterns.push(self.pattern()?);
        }
        self.end()?;
        Ok(What::Group(patterns))
    }

    fn pattern(&mut self) -> Result<Pattern, ParseError> {
        let Some(who) = self.one_of(&WHO) else {
            return Err(self.expected("who sends", "发送方", &WHO.map(|(word, _)| word)));
        };
        let (mut kinds, mut marks) = (Vec::new(), Vec::new());
        loop {
            let Some(kind) = self.one_of(&KINDS) else {
                return Err(self.expected("a kind of segment", "报文段类型", &KINDS.map(|(word, _)| word)));
            };
            kinds.push(kind);
            if kind == Kind::Data
                && let Some(octets) = self.number()
            {
                marks.push(Mark::Carries(Some(u32::try_from(octets).unwrap_or(u32::MAX))));
            }
            if !self.takes("or") {
                break;
            }
        }
        while let Some(mark) = self.mark()? {
            marks.push(mark);
        }
        let times = self.one_of(&[("?", Times::Maybe), ("*", Times::Any), ("+", Times::Some)]).unwrap_or(Times::Once);
        match self.peek() {
            Some(token) if !token.is("|") => {
                let what = ("what else is true of it", "附加说明");
                let more = ["data N", "win N", "?", "*", "+", "|"];
                let words: Vec<&str> = MARKS.iter().map(|(word, _)| *word).chain(more).collect();
                let mut error = self.expected(what.0, what.1, &words);
                let known = MARKS.iter().map(|(word, _)| *word).chain(annotate::rules().map(|rule| rule.id));
                error.suggestion = likest(token.word, known);
                Err(error)
            }
            _ => Ok(Pattern { who, kinds, marks, times }),
        }
    }

    fn mark(&mut self) -> Result<Option<Mark>, ParseError> {
        if let Some(mark) = self.one_of(&MARKS) {
            return Ok(Some(mark));
        }
        if self.takes("data") {
            return Ok(Some(Mark::Carries(self.number().map(|octets| u32::try_from(octets).unwrap_or(u32::MAX)))));
        }
        if self.takes("win") {
            let Some(window) = self.number() else {
                return Err(self.wrong("expected octets behind 'win'", "'win' 之后应为字节数"));
            };
            return Ok(Some(Mark::Window(window)));
        }
        let rule = self.peek().and_then(|token| annotate::rules().find(|rule| token.is(rule.id)));
        self.at += usize::from(rule.is_some());
        Ok(rule.map(|rule| Mark::Note(rule.id)))
    }

    fn number(&mut self) -> Option<u64> {
        let number = self.peek()?.word.parse().ok()?;
        self.at += 1;
        Some(number)
    }
}

/// The word that is likest to one that is not known.
pub fn likest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<String> {
    let word: String = word.chars().take(40).collect::<String>().to_ascii_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&known.to_ascii_lowercase(), &word), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known.to_string())
}
