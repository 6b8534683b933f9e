//! The grammar of `--where`: `or` binds loosest, then `and`, then `not`; a test is a field, a sign and a value.

use super::WhereError;
use super::expr::{Expr, Literal, Op, Test, whole};
use super::field::{self, Field, Kind};
use super::token::{Placed, Token, tokens};
use crate::timeline::Text;
use std::net::IpAddr;

/// Parentheses and `not`s within each other.
const DEEPEST: usize = 64;

/// Reads a condition.
///
/// # Errors
/// What is wrong and where, with a suggestion where one is likely.
pub fn parse(text: &str) -> Result<Expr, WhereError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, place: 0 };
    let expr = parser.or(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(Token::Word(_)) => Err(parser.wrong("'and' or 'or' is missing before this", "此处之前缺少 and 或 or")),
        Some(_) => Err(parser.wrong("nothing was expected here", "此处不应再有内容")),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Placed],
    place: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place).map(|placed| &placed.token)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.peek() == Some(token);
        self.place += usize::from(is_next);
        is_next
    }

    fn wrong(&self, en: &str, zh: &str) -> WhereError {
        self.wrong_at(self.place, Text::new(en, zh))
    }

    fn wrong_at(&self, place: usize, what: Text) -> WhereError {
        let end = self.tokens.last().map_or(0, |last| last.at + last.len);
        let (at, len) = self.tokens.get(place).map_or((end, 1), |placed| (placed.at, placed.len));
        WhereError::new(self.text, at, len, what)
    }

    fn or(&mut self, depth: usize) -> Result<Expr, WhereError> {
        let mut parts = vec![self.and(depth)?];
        while self.takes(&Token::Or) {
            parts.push(self.and(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Or(parts) })
    }

    fn and(&mut self, depth: usize) -> Result<Expr, WhereError> {
        let mut parts = vec![self.unary(depth)?];
        while self.takes(&Token::And) {
            parts.push(self.unary(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::And(parts) })
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, WhereError> {
        if depth > DEEPEST {
            return Err(self.wrong("nested too deeply", "嵌套过深"));
        }
        if self.takes(&Token::Not) {
            return Ok(Expr::Not(Box::new(self.unary(depth + 1)?)));
        }
        if self.takes(&Token::Open) {
            let open = self.place - 1;
            let inner = self.or(depth + 1)?;
            if !self.takes(&Token::Close) {
                return Err(self.wrong_at(open, Text::new("this parenthesis is never closed", "此括号没有闭合")));
            }
            return Ok(inner);
        }
        self.test().map(Expr::Test)
    }

    fn test(&mut self) -> Result<Test, WhereError> {
        let Some(Token::Word(name)) = self.peek().cloned() else {
            return Err(self.wrong("a field is missing here, such as close=reset", "此处缺少字段，例如 close=reset"));
        };
        let Some(field) = field::field(&name) else {
            let what = Text::new(format!("there is no field '{name}'"), format!("没有字段 '{name}'"));
            return Err(self.wrong_at(self.place, what).suggest(field::likest(&name)));
        };
        self.place += 1;
        let test = |op, values| Test { field: name.clone(), op, values };
        if self.takes(&Token::In) {
            return Ok(test(Op::In, self.list(field)?));
        }
        let Some(Token::Sign(sign)) = self.peek() else { return Ok(test(Op::Has, Vec::new())) };
        let op = match *sign {
            "=" => Op::Equal,
            "!=" => Op::Unequal,
            "<" => Op::Less,
            "<=" => Op::AtMost,
            ">" => Op::More,
            ">=" => Op::AtLeast,
            _ => Op::Like,
        };
        if field.kind == Kind::Group {
            let what = Text::new(
                format!("'{}' has fields of its own: name one of them, or ask for it alone", field.name),
                format!("'{}' 含有下级字段：请指定其中之一，或只写字段名", field.name),
            );
            return Err(self.wrong_at(self.place - 1, what));
        }
        let orders = matches!(op, Op::Less | Op::AtMost | Op::More | Op::AtLeast);
        if orders && !matches!(field.kind, Kind::Number | Kind::Time) {
            return Err(self.wrong("this field has no order: use =, != or ~", "该字段不能比较大小：请使用 =、!= 或 ~"));
        }
        self.place += 1;
        let value = if op == Op::Like { self.pattern()? } else { self.value(field)? };
        Ok(test(op, vec![value]))
    }

    fn list(&mut self, field: &Field) -> Result<Vec<Literal>, WhereError> {
        if !self.takes(&Token::Open) {
            return Err(self.wrong("a list in parentheses is missing: in (80, 443)", "此处缺少括号列表：in (80, 443)"));
        }
        let mut values = vec![self.value(field)?];
        while self.takes(&Token::Comma) {
            values.push(self.value(field)?);
        }
        if !self.takes(&Token::Close) {
            return Err(self.wrong("a comma or ')' is missing here", "此处缺少逗号或 ')'"));
        }
        Ok(values)
    }

    /// The next word, quoted or not. After a sign a keyword is a word too.
    fn word(&mut self) -> Result<String, WhereError> {
        let word = match self.peek() {
            Some(Token::Word(word) | Token::Quoted(word)) => word.clone(),
            Some(Token::And | Token::Or | Token::Not | Token::In) => {
                return Err(self.wrong("a value is missing before this", "此处之前缺少值"));
            }
            _ => return Err(self.wrong("a value is missing here", "此处缺少值")),
        };
        self.place += 1;
        Ok(word)
    }

    fn pattern(&mut self) -> Result<Literal, WhereError> {
        self.word().map(Literal::Word)
    }

    fn value(&mut self, field: &Field) -> Result<Literal, WhereError> {
        let place = self.place;
        let word = self.word()?;
        let wrong = |en: String, zh: String| Err(self.wrong_at(place, Text::new(en, zh)));
        match &field.kind {
            Kind::Number => match number(&word, &COUNTS) {
                Some(number) => Ok(Literal::Number(number)),
                None => wrong(
                    format!("'{word}' is no number (units: k, M, G, KiB, MiB, GiB)"),
                    format!("'{word}' 不是数（单位：k、M、G、KiB、MiB、GiB）"),
                ),
            },
            Kind::Time => match number(&word, &TIMES) {
                Some(number) => Ok(Literal::Number(number)),
                None => wrong(
                    format!("'{word}' is no time (10ms, 1.5s; units: ns, us, ms, s, min, h)"),
                    format!("'{word}' 不是时间（10ms、1.5s；单位：ns、us、ms、s、min、h）"),
                ),
            },
            Kind::Truth => match word.to_ascii_lowercase().as_str() {
                "true" | "yes" => Ok(Literal::Truth(true)),
                "false" | "no" => Ok(Literal::Truth(false)),
                _ => wrong(format!("'{word}' is neither true nor false"), format!("'{word}' 既不是 true 也不是 false")),
            },
            Kind::Address => match net(&word) {
                Some((ip, bits)) => Ok(Literal::Net(ip, bits)),
                None => wrong(
                    format!("'{word}' is no address and no network (10.0.0.1, 10.0.0.0/8, 2001:db8::/32)"),
                    format!("'{word}' 不是地址或网段（10.0.0.1、10.0.0.0/8、2001:db8::/32）"),
                ),
            },
            Kind::Name(_) => {
                let known = field::sayable(field);
                let same = known.iter().find(|known| known.eq_ignore_ascii_case(&word));
                match same {
                    Some(known) => Ok(Literal::Word((*known).to_string())),
                    None => {
                        let what = Text::new(
                            format!("{} is never '{word}': it is one of {}", field.name, known.join(", ")),
                            format!("{} 不会是 '{word}'：可取 {}", field.name, known.join("、")),
                        );
                        let likeness = |known: &&&str| (strsim::jaro_winkler(known, &word) * 1_000.0) as u64;
                        let likest = known.iter().filter(|known| likeness(known) > 750).max_by_key(likeness);
                        Err(self.wrong_at(place, what).suggest(likest.copied()))
                    }
                }
            }
            Kind::Text | Kind::Group => Ok(Literal::Word(word)),
        }
    }
}

const TIMES: [(&str, f64); 8] =
    [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("min", 60e9), ("s", 1e9), ("h", 3_600e9), ("d", 86_400e9)];
const COUNTS: [(&str, f64); 10] = [
    ("KiB", 1_024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("B", 1.0),
];

/// A number with or without a unit.
fn number(word: &str, units: &[(&str, f64)]) -> Option<i64> {
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    let (digits, unit) = units.iter().find_map(|(name, unit)| word.strip_suffix(name).map(|digits| (digits, unit)))?;
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
    if !digits.chars().all(is_plain) {
        return None;
    }
    let number = digits.parse::<f64>().ok()? * unit;
    (number.abs() < 9e18).then_some(number.round() as i64)
}

fn net(word: &str) -> Option<(IpAddr, u8)> {
    let (ip, bits) = word.split_once('/').map_or((word, None), |(ip, bits)| (ip, Some(bits)));
    let ip: IpAddr = ip.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let bits = bits.map_or(Some(whole(ip)), |bits| bits.parse().ok())?;
    (bits <= whole(ip)).then_some((ip, bits))
}
