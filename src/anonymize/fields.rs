//! What each field of the contract that holds text may tell. A field that is not listed here fails a test, and is hidden like a sentence.

use crate::timeline::SCHEMA;

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A word of the contract: it stays, whatever hosts are called. What only stands in its place is left out.
    Word,
    /// What something else is referred to by: as a word, but what stands in its place is hidden like a sentence, so that it still
    /// refers to the same.
    Id,
    /// Sections of RFCs.
    Section,
    /// A name or an address and nothing else.
    Place,
    /// Words for people, with places among them.
    Sentence,
    /// What was said, by whom, or when: nothing of it is left.
    Nothing,
}

/// By the field's name: in the contract, fields of one name hold one kind of thing. An id never reads as an address: so `client`
/// is an address in one place and an id in another.
const FIELDS: [(Holds, &[&str]); 6] = [
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
            "error",
            "fate",
            "flags",
            "from_basis",
            "history",
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
            "role",
            "schema",
            "scope",
            "severity",
            "signal",
            "state",
            "syn_backoff",
            "timer",
            "transport",
            "vantage",
            "version",
        ],
    ),
    (Holds::Id, &["endpoint", "from", "id", "reset_by", "to", "untold"]),
    (Holds::Section, &["rfc"]),
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

/// Whether it looks like a word of the contract, and so can be neither an address nor a name of several labels. A version may have a
/// dot; the schema's own name is one.
pub(super) fn is_word(text: &str) -> bool {
    let is_letter = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'+' | b'^');
    let is_version = || {
        let mut parts = text.split('.');
        parts.clone().count() == 2 && parts.all(|part| (1..3).contains(&part.len()) && is_digits(part))
    };
    text.bytes().all(is_letter) && !is_hardware(text) || is_version() || text == SCHEMA
}

/// Whether it names sections as `RFC 9293 3.5, figure 7, RFC 6298 5` or `9293 3.10.7.4` do, and nothing else: after an RFC's number
/// no part of a section is nought or of three digits, as one is in nearly every address.
pub(super) fn is_section(text: &str) -> bool {
    let is_part = |part: &str| is_digits(part) && part.len() < 3 && !part.starts_with('0');
    let is_rfc = |part: &str| is_digits(part) && (3..6).contains(&part.len());
    text.split(", ").all(|one| {
        let mut words = one.split(' ');
        words.all(|word| matches!(word, "RFC" | "figure" | "appendix") || is_rfc(word) || word.split('.').all(is_part))
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// Octets with hyphens between them.
fn is_hardware(text: &str) -> bool {
    let is_octet = |part: &str| part.len() == 2 && part.bytes().all(|c| c.is_ascii_hexdigit());
    text.split('-').count() >= 6 && text.split('-').all(is_octet)
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
    fn words_look_like_words() {
        for word in ["", "not-tcp", "ECONNREFUSED", "NO_SOCKET", "ShADadFf^", "1.1", "e1", "TYPE65", SCHEMA] {
            assert!(is_word(word), "{word}");
        }
        for other in [
            "secret.lab.test",
            "ECONNREFUSED to secret",
            "10.0.0.2",
            "1.1.1",
            "fe80::1",
            "02-42-ac-11-00-02",
            "0242.ac11.0002",
            "/home/me",
            "我的主机",
            "a,b",
        ] {
            assert!(!is_word(other), "{other}");
        }
        for section in ["RFC 9293 3.10.7.4", "9293 3.10.1", "RFC 9293 3.5, figure 7, RFC 6298 5", "RFC 792"] {
            assert!(is_section(section), "{section}");
        }
        for other in ["RFC 9293 of secret", "RFC 9293 10.0.0.2", "9293 192.168.1.1", "secret.lab.test", "fe80::1"] {
            assert!(!is_section(other), "{other}");
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
