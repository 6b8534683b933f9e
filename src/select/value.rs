//! A connection as the language sees it: its JSON object with both endpoints in their place, and roles for their ids.

use crate::timeline::{Connection, Endpoint};
use serde_json::{Map, Value, json};

/// The JSON object of a connection: `client` and `server` are the endpoints themselves, who did something is told as
/// `client` or `server`, and sums of both sides stand beside their parts.
pub fn resolved(connection: &Connection, client: Option<&Endpoint>, server: Option<&Endpoint>) -> Value {
    let mut value = serde_json::to_value(connection).unwrap_or_default();
    let role = |id: &str| match id {
        id if id == connection.client => Some("client"),
        id if id == connection.server => Some("server"),
        _ => None,
    };
    for path in super::field::ROLES {
        let path: Vec<&str> = path.split('.').collect();
        change(&mut value, &path, &|id| {
            if let Some(role) = id.as_str().and_then(role) {
                *id = role.into();
            }
        });
    }
    let Some(members) = value.as_object_mut() else { return value };
    for (name, endpoint) in [("client", client), ("server", server)] {
        let endpoint = endpoint.and_then(|endpoint| serde_json::to_value(endpoint).ok());
        members.insert(name.into(), endpoint.unwrap_or_else(|| json!({})));
    }
    members.insert("duration_ns".into(), connection.end_ns.saturating_sub(connection.start_ns).into());
    let (one, two) = (&connection.totals.client, &connection.totals.server);
    if let Some(totals) = members.get_mut("totals").and_then(Value::as_object_mut) {
        let sums = [
            ("segments", one.segments.saturating_add(two.segments)),
            ("bytes", one.bytes.saturating_add(two.bytes)),
            ("retransmissions", one.retransmissions.saturating_add(two.retransmissions)),
            ("missing", one.missing.saturating_add(two.missing)),
        ];
        sums.into_iter().for_each(|(name, sum)| _ = totals.insert(name.into(), sum.into()));
    }
    value
}

/// The same with every member of an inner object as one of the outer: `{"open.kind": …}`. Lists stay lists.
pub fn flat(value: Value) -> Map<String, Value> {
    let mut out = Map::new();
    if let Value::Object(members) = value {
        members.into_iter().for_each(|(name, value)| flatten(name, value, &mut out));
    }
    out
}

fn flatten(path: String, value: Value, out: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            members.into_iter().for_each(|(name, value)| flatten(format!("{path}.{name}"), value, out));
        }
        value => _ = out.insert(path, value),
    }
}

/// Calls `each` for every value at a path; a list on the way stands for each of its items.
pub(super) fn at(value: &Value, path: &[&str], each: &mut impl FnMut(&Value)) {
    match (value, path) {
        (Value::Array(items), _) => items.iter().for_each(|item| at(item, path, each)),
        (value, []) => each(value),
        (value, [name, rest @ ..]) => {
            if let Some(inner) = value.get(*name) {
                at(inner, rest, each);
            }
        }
    }
}

fn change(value: &mut Value, path: &[&str], each: &impl Fn(&mut Value)) {
    match (value, path) {
        (Value::Array(items), _) => items.iter_mut().for_each(|item| change(item, path, each)),
        (value, []) => each(value),
        (value, [name, rest @ ..]) => {
            if let Some(inner) = value.get_mut(*name) {
                change(inner, rest, each);
            }
        }
    }
}
