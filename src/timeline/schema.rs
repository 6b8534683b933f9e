//! The published JSON Schema: what schemars derives, with what no derive attribute can say.

use super::Timeline;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Value, json};

/// The schema's own name; it is no address.
const ID: &str = "urn:synfin:timeline:1";

pub(super) fn published() -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(stay_open));
    let mut schema = settings.into_generator().into_root_schema_for::<Timeline>();
    schema.insert("$id".into(), ID.into());
    schema.insert("title".into(), "synfin timeline, version 1".into());
    for (of, tag) in [("Event", "kind"), ("Message", "message"), ("Lookup", "asked"), ("OtherLookup", "asked")] {
        if let Some(kinds) = schema.pointer_mut(&format!("/$defs/{of}/oneOf")).and_then(Value::as_array_mut) {
            admit_later_kinds(kinds, tag);
        }
    }
    // Only those in the list of lookups do without it, which is a kind of its own.
    if let Some(required) = schema.pointer_mut("/$defs/Lookup/required").and_then(Value::as_array_mut) {
        required.insert(0, "endpoint".into());
    }
    schema
}

/// Changes within version 1 only add, so nothing may be closed.
fn stay_open(schema: &mut Schema) {
    schema.remove("additionalProperties");
}

/// serde reads every unknown kind as the last variant: so must the schema.
fn admit_later_kinds(kinds: &mut [Value], tag: &str) {
    let kind_of = |variant: &Value| variant.pointer(&format!("/properties/{tag}/const")).cloned();
    let Some((other, known)) = kinds.split_last_mut() else { return };
    let known: Vec<Value> = known.iter().filter_map(kind_of).collect();
    if let Some(kind) = other.pointer_mut(&format!("/properties/{tag}")) {
        *kind = json!({ "type": "string", "not": { "enum": known } });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Calls `look` for every named schema and everything within it.
    fn walk(value: &Value, path: &str, look: &mut impl FnMut(&str, &Value)) {
        look(path, value);
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(key, value)| walk(value, &format!("{path}/{key}"), look))
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(at, value)| walk(value, &format!("{path}/{at}"), look));
            }
            _ => {}
        }
    }

    #[test]
    fn everything_is_described_and_nothing_is_closed() {
        let schema = published().to_value();
        let mut silent = Vec::new();
        walk(&schema, "", &mut |path, value| {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            // What tells the variants apart is told by each of them.
            let is_tag = ["/kind", "/message", "/asked"].iter().any(|tag| path.ends_with(tag));
            let is_field = parent.ends_with("/properties") && !is_tag;
            let is_type = parent == "/$defs";
            let is_value = value.get("const").is_some() && parent.ends_with("/oneOf");
            if (is_field || is_type || is_value) && value.get("description").is_none() && !path.ends_with("/seconds") {
                silent.push(path.to_string());
            }
            // Values in a bare list cannot be described one by one.
            if value.get("enum").is_some() && !path.ends_with("/not") {
                silent.push(format!("{path}/enum"));
            }
            for closing in ["additionalProperties", "unevaluatedProperties"] {
                assert!(value.get(closing).is_none(), "{path}/{closing}");
            }
            let text = value.get("description").and_then(Value::as_str).unwrap_or_default();
            assert!(!text.contains("::") && !text.contains("[`"), "{path}: Rust in a public text: {text}");
        });
        assert!(silent.is_empty(), "no description: {silent:#?}");
    }

    #[test]
    fn kinds_of_later_versions_are_admitted() {
        let schema = published().to_value();
        let kinds = schema.pointer("/$defs/Event/oneOf").and_then(Value::as_array).unwrap();
        let last = kinds.last().unwrap().pointer("/properties/kind").unwrap();
        assert_eq!(
            last,
            &json!({ "type": "string", "not": { "enum": ["segment", "run", "timer", "call", "message", "lookup"] } })
        );
        let messages = schema.pointer("/$defs/Message/oneOf").and_then(Value::as_array).unwrap();
        let last = messages.last().unwrap().pointer("/properties/message").unwrap();
        let known = ["http-request", "http-response", "tls-client-hello", "http2-preface", "dns", "text", "data"];
        assert_eq!(last, &json!({ "type": "string", "not": { "enum": known } }));
        for of in ["Lookup", "OtherLookup"] {
            let lookups = schema.pointer(&format!("/$defs/{of}/oneOf")).and_then(Value::as_array).unwrap();
            let last = lookups.last().unwrap().pointer("/properties/asked").unwrap();
            assert_eq!(last, &json!({ "type": "string", "not": { "enum": ["hosts-file", "dns-server", "rule"] } }));
        }
    }
}
