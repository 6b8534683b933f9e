//! Comparing timelines in what is relative: not the raw numbers, not the texts that name them.

use serde_json::Value;

/// Takes out the raw numbers, and the initial number where a text names it.
pub fn forget_raw_numbers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("seq_raw");
            members.remove("ack_raw");
            // Wireshark takes the number 0 for unknown, so its words do depend on the numbers.
            members.remove("wireshark");
            members.values_mut().for_each(forget_raw_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_raw_numbers),
        Value::String(text) => {
            for mark in ["initial sequence number of its own ", "initial sequence number ", "初始序号 ISN "] {
                let mut rest = std::mem::take(text);
                while let Some((before, after)) = rest.split_once(mark) {
                    *text += &format!("{before}{}#", &mark[..mark.len() - 1]);
                    rest = after.trim_start_matches(|c: char| c.is_ascii_digit()).to_string();
                }
                *text += &rest;
            }
        }
        _ => {}
    }
}

#[track_caller]
pub fn assert_same(found: &Value, wanted: &Value, what: &str) {
    if let Some(difference) = difference(found, wanted, "") {
        panic!("{what}: {difference}");
    }
}

/// The first place where two values differ.
fn difference(found: &Value, wanted: &Value, path: &str) -> Option<String> {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            let keys: std::collections::BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
            keys.into_iter().find_map(|key| {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
                difference(&of(found), &of(wanted), &format!("{path}/{key}"))
            })
        }
        (Value::Array(found), Value::Array(wanted)) if found.len() == wanted.len() => {
            let mut pairs = found.iter().zip(wanted).enumerate();
            pairs.find_map(|(at, (found, wanted))| difference(found, wanted, &format!("{path}/{at}")))
        }
        _ => (found != wanted).then(|| format!("{path}: {found} instead of {wanted}")),
    }
}
