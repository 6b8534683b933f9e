//! The words and signs of a `--where`, each with its place.

use super::WhereError;
use crate::timeline::Text;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a number, an address: anything without spaces and signs.
    Word(String),
    Quoted(String),
    /// A comparison.
    Sign(&'static str),
    Open,
    Close,
    Comma,
    And,
    Or,
    Not,
    In,
}

/// A token and where it stands, in characters.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// Longest text that is read, in characters.
const LONGEST: usize = 10_000;
/// The longer signs first.
const SIGNS: [&str; 9] = ["!=", "<=", ">=", "==", "<>", "=", "<", ">", "~"];

/// Whether a word needs no quotes and is no keyword.
pub(super) fn is_bare(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_plain) && matches!(keyword(word), Token::Word(_))
}

fn is_plain(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"()'\",=!<>~&|\\".contains(c)
}

fn keyword(word: &str) -> Token {
    match word.to_ascii_lowercase().as_str() {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        "in" => Token::In,
        _ => Token::Word(word.to_string()),
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, WhereError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > LONGEST {
        return Err(WhereError::new(text, LONGEST, 1, Text::new("too long", "过长")));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, len) = token(text, &chars, at, c)?;
        tokens.push(Placed { token, at, len });
        at += len;
    }
    Ok(tokens)
}

fn token(text: &str, chars: &[char], at: usize, c: char) -> Result<(Token, usize), WhereError> {
    let rest = chars.get(at..).unwrap_or_default();
    let begins = |sign: &str| sign.chars().zip(rest).filter(|(one, other)| one == *other).count() == sign.len();
    match c {
        '(' => return Ok((Token::Open, 1)),
        ')' => return Ok((Token::Close, 1)),
        ',' => return Ok((Token::Comma, 1)),
        '\'' | '"' => return quoted(text, rest, at, c),
        _ if begins("&&") => return Ok((Token::And, 2)),
        _ if begins("||") => return Ok((Token::Or, 2)),
        _ => {}
    }
    if let Some(sign) = SIGNS.into_iter().find(|sign| begins(sign)) {
        let meant = match sign {
            "==" => "=",
            "<>" => "!=",
            same => same,
        };
        return Ok((Token::Sign(meant), sign.len()));
    }
    if c == '!' {
        return Ok((Token::Not, 1));
    }
    let word: String = rest.iter().copied().take_while(|c| is_plain(*c)).collect();
    match word.chars().count() {
        0 => Err(WhereError::new(text, at, 1, Text::new("this sign means nothing here", "此符号在这里没有意义"))),
        len => Ok((keyword(&word), len)),
    }
}

fn quoted(text: &str, rest: &[char], at: usize, quote: char) -> Result<(Token, usize), WhereError> {
    let mut word = String::new();
    let mut chars = rest.iter().enumerate().skip(1);
    while let Some((place, &c)) = chars.next() {
        match c {
            c if c == quote => return Ok((Token::Quoted(word), place + 1)),
            '\\' => word.extend(chars.next().map(|(_, c)| *c)),
            c => word.push(c),
        }
    }
    Err(WhereError::new(text, at, 1, Text::new("this quote is never closed", "此引号没有闭合")))
}
