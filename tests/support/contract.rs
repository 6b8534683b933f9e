//! The timeline's contract: what the published schema says, and what it cannot say.

pub use super::harness::sound::assert_sound;
use serde_json::Value;
use std::sync::LazyLock;
use synfin::timeline::Timeline;

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    jsonschema::validator_for(&Timeline::json_schema().to_value()).expect("the published schema is a schema")
});

/// Panics, with every complaint, where a timeline's JSON breaks the published schema.
#[track_caller]
pub fn assert_valid(json: &Value) {
    let complaints: Vec<String> =
        SCHEMA.iter_errors(json).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(complaints.is_empty(), "not valid against the schema:\n{}", complaints.join("\n"));
}

/// The JSON of a timeline, checked against the schema.
#[track_caller]
pub fn json(timeline: &Timeline) -> Value {
    let json = serde_json::to_value(timeline).unwrap();
    assert_valid(&json);
    json
}

/// JSON as bytes, read and checked.
#[track_caller]
pub fn parse(bytes: &[u8]) -> Value {
    let json = serde_json::from_slice(bytes).unwrap();
    assert_valid(&json);
    json
}
