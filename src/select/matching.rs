//! Whether a connection is what an expression asks for.

use super::expr::{Expr, Literal, Op, Test};
use super::field::{self, Field};
use super::value;
use serde_json::Value;
use std::cmp::Ordering;
use std::net::IpAddr;

/// Whether the resolved object of a connection fits.
pub(super) fn fits(expr: &Expr, object: &Value) -> bool {
    match expr {
        Expr::Or(parts) => parts.iter().any(|part| fits(part, object)),
        Expr::And(parts) => parts.iter().all(|part| fits(part, object)),
        Expr::Not(inner) => !fits(inner, object),
        Expr::Test(test) => holds(test, object),
    }
}

/// Where a field has several values, one that fits suffices; `!=` says that none is equal.
fn holds(test: &Test, object: &Value) -> bool {
    let Some(field) = field::field(&test.field) else { return false };
    let mut found = false;
    value::at(object, &field.name.split('.').collect::<Vec<_>>(), &mut |value| {
        found |= match test.op {
            Op::Has => is_something(value),
            Op::Equal | Op::Unequal | Op::In => test.values.iter().any(|literal| is_equal(field, value, literal)),
            Op::Like => test.values.iter().any(|literal| is_like(value, literal)),
            Op::Less | Op::AtMost | Op::More | Op::AtLeast => {
                test.values.iter().any(|literal| is_ordered(test.op, value, literal))
            }
        };
    });
    found != (test.op == Op::Unequal)
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn is_equal(field: &Field, value: &Value, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Number(_), Literal::Number(_)) => order(value, literal) == Some(Ordering::Equal),
        (Value::Bool(one), Literal::Truth(other)) => one == other,
        (Value::String(ip), Literal::Net(net, bits)) => ip.parse().is_ok_and(|ip| is_in(ip, *net, *bits)),
        (Value::String(text), Literal::Word(word)) => {
            field::meant(field, word).into_iter().any(|name| text.eq_ignore_ascii_case(name))
        }
        _ => false,
    }
}

fn is_ordered(op: Op, value: &Value, literal: &Literal) -> bool {
    let Some(order) = order(value, literal) else { return false };
    match op {
        Op::Less => order.is_lt(),
        Op::AtMost => order.is_le(),
        Op::More => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    let Literal::Number(wanted) = literal else { return None };
    let wanted = i128::from(*wanted);
    let number = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))?;
    Some(number.cmp(&wanted))
}

fn is_in(ip: IpAddr, net: IpAddr, bits: u8) -> bool {
    let bits = u32::from(bits);
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => {
            (ip.to_bits() ^ net.to_bits()).checked_shr(32_u32.saturating_sub(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(ip), IpAddr::V6(net)) => {
            (ip.to_bits() ^ net.to_bits()).checked_shr(128_u32.saturating_sub(bits)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// A pattern with `*` and `?` is fitted to the whole text, anything else is looked for in it; capitals do not matter.
fn is_like(value: &Value, literal: &Literal) -> bool {
    let Literal::Word(pattern) = literal else { return false };
    let text = match value {
        Value::String(text) => text.to_lowercase(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return false,
    };
    let pattern = pattern.to_lowercase();
    if pattern.contains(['*', '?']) {
        let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        return is_glob(&pattern, &text);
    }
    text.contains(&pattern)
}

/// Linear but for the last star: what an earlier star took is never taken back.
fn is_glob(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == c => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    p = after + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_and_networks() {
        let glob = |pattern: &str, text: &str| {
            is_glob(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
        };
        assert!(glob("S*F?", "ShADadFf") && glob("*", "") && glob("a**b", "ab") && glob("*ad*", "ShADadFf"));
        assert!(!glob("S?", "ShA") && !glob("", "a") && !glob("*x", "abc"));
        let [one, other]: [IpAddr; 2] = [[10, 1, 2, 3].into(), [10, 9, 9, 9].into()];
        assert!(is_in(one, other, 8) && is_in(one, other, 0) && !is_in(one, other, 16) && is_in(one, one, 32));
        let v6: IpAddr = [0x2001_u16, 0xdb8, 0, 0, 0, 0, 0, 1].into();
        assert!(is_in(v6, [0x2001_u16, 0xdb8, 0, 0, 0, 0, 0, 0].into(), 32) && !is_in(v6, one, 0));
    }
}
