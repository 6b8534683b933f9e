//! What `--where` says, as a tree; printed, it reads as it was meant and parses to the same tree.

use std::fmt;
use std::net::IpAddr;

/// A condition on a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// One of these; never fewer than two.
    Or(Vec<Expr>),
    /// All of these; never fewer than two.
    And(Vec<Expr>),
    Not(Box<Expr>),
    Test(Test),
}

/// A field and what it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// As it was written: a field's name or an alias.
    pub field: String,
    pub op: Op,
    /// None for [`Op::Has`], one or more for [`Op::In`], else one.
    pub values: Vec<Literal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// The field is there, and neither 0 nor false nor empty.
    Has,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    /// Contains the text, or fits the pattern with `*` and `?`.
    Like,
    In,
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Times in nanoseconds.
    Number(i64),
    Truth(bool),
    /// A name, or any text.
    Word(String),
    /// An address, or all that begin with so many of its bits.
    Net(IpAddr, u8),
}

impl Op {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Op::Has => "",
            Op::Equal => "=",
            Op::Unequal => "!=",
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::More => ">",
            Op::AtLeast => ">=",
            Op::Like => "~",
            Op::In => " in ",
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Or(parts) => joined(parts, " or ", |part| matches!(part, Expr::Or(_)), f),
            Expr::And(parts) => joined(parts, " and ", |part| matches!(part, Expr::Or(_) | Expr::And(_)), f),
            Expr::Not(inner) => match inner.as_ref() {
                Expr::Or(_) | Expr::And(_) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Expr::Test(test) => test.fmt(f),
        }
    }
}

fn joined(parts: &[Expr], between: &str, nests: fn(&Expr) -> bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        if nests(part) { write!(f, "({part})") } else { write!(f, "{part}") }?;
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.field, self.op.sign())?;
        match (self.op, self.values.as_slice()) {
            (Op::In, values) => {
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "(" } else { ", " })?;
                }
                f.write_str(")")
            }
            (_, [value]) => value.fmt(f),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Number(number) => number.fmt(f),
            Literal::Truth(truth) => truth.fmt(f),
            Literal::Net(ip, bits) if *bits == whole(*ip) => ip.fmt(f),
            Literal::Net(ip, bits) => write!(f, "{ip}/{bits}"),
            Literal::Word(word) if super::token::is_bare(word) => f.write_str(word),
            Literal::Word(word) => {
                f.write_str("'")?;
                for c in word.chars() {
                    if matches!(c, '\'' | '\\') {
                        f.write_str("\\")?;
                    }
                    write!(f, "{c}")?;
                }
                f.write_str("'")
            }
        }
    }
}

/// Bits of an address.
pub(super) fn whole(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}
