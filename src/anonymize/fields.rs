//! What each field of the contract that holds text may tell. A field that is not listed here fails a test, and is hidden like a sentence.

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A word of the contract, an id or a section of an RFC: it stays, whatever hosts are called.
    Word,
    /// A name or an address and nothing else.
    Place,
    /// Words for people, with places among them.
    Sentence,
    /// What was said, by whom, or when: nothing of it is left.
    Nothing,
}

/// By the field's name: in the contract, fields of one name hold one kind of thing. An id never reads as an address: so `client`
/// is an address in one place and an id in another.
const FIELDS: [(Holds, &[&str]); 4] = [
    (
        Holds::Word,
        &[
            "act",
            "action",
            "active_closer",
            "analysis",
            "asked",
            "basis",
            "call",
            "cause",
            "checksum",
            "conn_state",
            "ecn",
            "end",
            "endpoint",
            "error",
            "fate",
            "flags",
            "from",
            "from_basis",
            "history",
            "id",
            "inferred",
            "kernel",
            "kind",
            "known_by",
            "message",
            "msl_profile",
            "outcome",
            "phase",
            "proof",
            "rcode",
            "reason",
            "record_type",
            "reset_by",
            "rfc",
            "role",
            "schema",
            "scope",
            "severity",
            "signal",
            "state",
            "syn_backoff",
            "timer",
            "to",
            "transport",
            "untold",
            "vantage",
            "version",
        ],
    ),
    (Holds::Place, &["aliases", "client", "ip", "name", "path", "reporter", "seen_as", "server"]),
    (Holds::Sentence, &["arguments", "en", "zh"]),
    (
        Holds::Nothing,
        &[
            "alpn",
            "application",
            "base64",
            "comments",
            "data",
            "description",
            "encoding",
            "framing",
            "hardware",
            "hex",
            "line",
            "method",
            "octets",
            "os",
            "part",
            "process",
            "program",
            "server_name",
            "start",
            "target",
            "text",
            "value",
            "where",
        ],
    ),
];

/// What a field of this name holds; `None` for one that is not known.
pub(super) fn of(name: &str) -> Option<Holds> {
    FIELDS.iter().find(|(_, names)| names.contains(&name)).map(|(holds, _)| *holds)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::timeline::Timeline;
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// The names of all fields that may hold text.
    fn texts(schema: &Value, field: &str, all: &Value, way: &mut Vec<String>, found: &mut BTreeSet<String>) {
        let is_text =
            |kind: &Value| kind == "string" || kind.as_array().is_some_and(|all| all.contains(&"string".into()));
        if schema.get("type").is_some_and(is_text) || schema.get("const").is_some_and(Value::is_string) {
            found.insert(field.to_string());
        }
        if let Some(other) = schema.get("$ref").and_then(Value::as_str) {
            let step = format!("{field} {other}");
            if !way.contains(&step) {
                way.push(step);
                let part = all.pointer(other.strip_prefix('#').unwrap()).unwrap();
                texts(part, field, all, way, found);
            }
        }
        for several in ["anyOf", "oneOf", "allOf", "prefixItems"] {
            for one in schema.get(several).and_then(Value::as_array).into_iter().flatten() {
                texts(one, field, all, way, found);
            }
        }
        for within in ["items", "additionalProperties"] {
            schema.get(within).into_iter().for_each(|one| texts(one, field, all, way, found));
        }
        for (name, one) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            texts(one, name, all, way, found);
        }
    }

    #[test]
    fn every_text_of_the_contract_is_known() {
        let schema = Timeline::json_schema().to_value();
        let mut found = BTreeSet::new();
        texts(&schema, "", &schema, &mut Vec::new(), &mut found);
        assert!(found.contains("en") && found.contains("seen_as") && found.contains("where"), "{found:?}");
        let listed: BTreeSet<String> =
            FIELDS.iter().flat_map(|(_, names)| *names).map(|name| (*name).to_string()).collect();
        let unknown: Vec<&String> = found.difference(&listed).collect();
        assert!(unknown.is_empty(), "say in FIELDS what these hold: {unknown:?}");
        let gone: Vec<&String> = listed.difference(&found).collect();
        assert!(gone.is_empty(), "no text is called so: {gone:?}");
    }
}
