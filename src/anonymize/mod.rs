//! A timeline that can be shown to others: addresses and names become those of documentation, what was said is left out, and nothing
//! tells when it was. The same address is the same everywhere.

mod places;

use crate::timeline::{Content, Detail, RawData, Text, Timeline};
use places::Places;
use serde_json::Value;

/// What is still told, so that nobody is misled.
pub fn not_hidden() -> Text {
    Text::new(
        "anonymized; not hidden are ports, lengths, timing, sequence numbers, timestamps, windows and options: they can tell systems apart",
        "已匿名；未隐藏端口、长度、时间间隔、序号、时间戳、窗口和选项：它们可能让人辨认出系统",
    )
}

/// Fields whose texts are sections of RFCs, which look like addresses, or words of the contract, which a name may equal: a host
/// called `server` takes no role away.
const OWN_WORDS: [&str; 18] = [
    "rfc", "schema", "version", "kind", "role", "phase", "call", "program", "outcome", "asked", "basis", "fate",
    "message", "id", "from", "to", "endpoint", "vantage",
];

/// The timeline without what tells whose it is. Names in `own` were given by who shows it, and stay.
///
/// # Errors
/// That the result keeps no more to the timeline's own rules, which would be a bug: then nothing is given out.
pub fn anonymize(mut timeline: Timeline, own: &[&str]) -> Result<Timeline, serde_json::Error> {
    let mut places = Places::keeping(own);
    empty(&mut timeline, &mut places);
    let mut value = serde_json::to_value(&timeline)?;
    rewrite(&mut value, &mut places);
    serde_json::from_value(value)
}

/// Leaves out what was said and by whom, and learns the names that stand anywhere else.
fn empty(timeline: &mut Timeline, places: &mut Places) {
    let source = &mut timeline.source;
    source.anonymized = true;
    source.name = "capture".into();
    (source.start, source.captured_by) = (None, None);
    source.interfaces.clear();
    source.comments.clear();
    for endpoint in &mut timeline.endpoints {
        endpoint.process = None;
        endpoint.name.iter().for_each(|name| places.learn(name));
    }
    let listed = timeline.lookups.iter_mut().map(|other| &mut other.lookup);
    let told = timeline.events.iter_mut().filter_map(|event| match &mut event.detail {
        Detail::Lookup(lookup) => Some(lookup.as_mut()),
        _ => None,
    });
    for lookup in listed.chain(told) {
        lookup.program = None;
        for name in std::iter::once(&lookup.name).chain(&lookup.aliases) {
            places.learn(name);
        }
    }
    timeline.other_calls.iter_mut().for_each(|other| other.call.program = None);
    for event in &mut timeline.events {
        event.comments.clear();
        match &mut event.detail {
            Detail::Segment(segment) => segment.octets = None,
            Detail::Call(call) => call.program = None,
            Detail::Message(message) => {
                message.content = Content::Data(RawData { hex: String::new() });
                message.parts.clear();
                message.chunks.clear();
                message.problems.clear();
            }
            _ => {}
        }
    }
}

/// Every text, wherever it stands.
fn rewrite(value: &mut Value, places: &mut Places) {
    match value {
        Value::String(text) => *text = places.hide(text),
        Value::Array(list) => list.iter_mut().for_each(|one| rewrite(one, places)),
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut().filter(|(name, _)| !OWN_WORDS.contains(&name.as_str())) {
                rewrite(field, places);
            }
        }
        _ => {}
    }
}
