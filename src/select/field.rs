//! The fields that can be asked for: those of a connection in the timeline's schema, with both endpoints in their place.

use crate::timeline::Timeline;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A field of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its path in the connection object, as `open.rtt_ns`.
    pub name: String,
    pub kind: Kind,
    /// What it is, as the schema says.
    pub about: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Number,
    /// Nanoseconds.
    Time,
    Truth,
    Text,
    Address,
    /// One of these names.
    Name(Vec<String>),
    /// Something with fields of its own: there, or not.
    Group,
}

/// Short names for what is asked most.
pub const ALIASES: [(&str, &str); 14] = [
    ("open", "open.kind"),
    ("close", "close.kind"),
    ("closer", "close.active_closer"),
    ("rtt", "open.rtt_ns"),
    ("port", "server.port"),
    ("ip", "server.ip"),
    ("bytes", "totals.bytes"),
    ("segments", "totals.segments"),
    ("retransmissions", "totals.retransmissions"),
    ("missing", "totals.missing"),
    ("duration", "duration_ns"),
    ("start", "start_ns"),
    ("waits", "time_wait"),
    ("state", "zeek.conn_state"),
];

/// Names that stand for several, by field.
const NAMES: [(&str, &str, &[&str]); 4] = [
    ("close.kind", "rst", &["reset", "reset-after-fin"]),
    ("close.kind", "fin", &["four-segment", "three-segment", "simultaneous"]),
    ("close.kind", "open", &["none"]),
    ("open.kind", "failed", &["refused", "unreachable", "unanswered", "half-open"]),
];

/// What is reckoned from others.
const RECKONED: [(&str, Kind, &str); 5] = [
    ("duration_ns", Kind::Time, "From its first to its last segment."),
    ("totals.segments", Kind::Number, "Segments of both sides."),
    ("totals.bytes", Kind::Number, "Payload octets of both sides, each counted once."),
    ("totals.retransmissions", Kind::Number, "Segments of both sides that repeated what had been sent before."),
    ("totals.missing", Kind::Number, "Payload octets of both sides that were not captured."),
];

/// Where a path in the contract holds an endpoint's id, which is told by its role: `client` or `server`.
pub(super) const ROLES: [&str; 3] = ["close.active_closer", "close.reset_by", "time_wait.endpoint"];

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(read);

/// Every field, in the order of the contract.
pub fn fields() -> &'static [Field] {
    &FIELDS
}

/// The field of this name or alias.
pub fn field(name: &str) -> Option<&'static Field> {
    let name = name.to_ascii_lowercase();
    let meant = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, field)| field);
    FIELDS.iter().find(|field| field.name == meant)
}

/// The names that a name stands for in this field.
pub(super) fn meant<'n>(field: &Field, name: &'n str) -> Vec<&'n str> {
    let group = NAMES.iter().find(|(of, alias, _)| *of == field.name && *alias == name);
    group.map_or_else(|| vec![name], |(.., names)| names.to_vec())
}

/// Names that may be said of a field, those that stand for several too.
pub(super) fn sayable(field: &Field) -> Vec<&str> {
    let Kind::Name(names) = &field.kind else { return Vec::new() };
    let groups = NAMES.iter().filter(|(of, ..)| *of == field.name).map(|(_, alias, _)| *alias);
    names.iter().map(String::as_str).chain(groups).collect()
}

/// The field or alias whose name is the likest.
pub(super) fn likest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let known = ALIASES.iter().map(|(alias, _)| *alias).chain(FIELDS.iter().map(|field| field.name.as_str()));
    let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
    known
        .map(|known| {
            let whole = strsim::jaro_winkler(known, &name);
            // A field's own name without the path to it is a likely slip.
            (if last(known) == name { whole.max(0.95) } else { whole }, known)
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

fn read() -> Vec<Field> {
    let schema = Timeline::json_schema().to_value();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let mut fields = Vec::new();
    let mut walker = Walker { definitions: &definitions, fields: &mut fields };
    if let Some(connection) = definitions.get("Connection") {
        walker.members(connection, "", 0);
    }
    for (name, kind, about) in RECKONED {
        fields.push(Field { name: name.into(), kind, about: about.into() });
    }
    let mut seen = BTreeSet::new();
    fields.retain(|field| seen.insert(field.name.clone()));
    fields
}

/// Deeper than this the contract does not go; a schema that leads in a circle ends here.
const DEEPEST: usize = 8;

struct Walker<'w> {
    definitions: &'w Value,
    fields: &'w mut Vec<Field>,
}

impl Walker<'_> {
    fn members(&mut self, object: &Value, path: &str, depth: usize) {
        let Some(members) = object.get("properties").and_then(Value::as_object) else { return };
        for (name, schema) in members {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            self.member(schema, &path, about, depth + 1);
        }
    }

    fn member(&mut self, schema: &Value, path: &str, about: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if matches!(path, "client" | "server") {
            return self.endpoint(path, about, depth);
        }
        let schema = self.resolved(schema);
        let kind = if ROLES.contains(&path) {
            Kind::Name(vec!["client".into(), "server".into()])
        } else {
            kind(&schema, path)
        };
        let inner = schema.get("items").map(|items| self.resolved(items));
        self.fields.push(Field { name: path.into(), kind, about: about.lines().next().unwrap_or_default().into() });
        self.members(&schema, path, depth);
        if let Some(inner) = inner {
            self.members(&inner, path, depth);
        }
    }

    fn endpoint(&mut self, path: &str, about: &str, depth: usize) {
        let about = about.replace("Endpoint id of the", "The");
        self.fields.push(Field { name: path.into(), kind: Kind::Group, about });
        if let Some(endpoint) = self.definitions.get("Endpoint").cloned() {
            self.members(&endpoint, path, depth);
        }
    }

    /// The schema itself: behind a reference, or the one that is not `null`.
    fn resolved(&self, schema: &Value) -> Value {
        let either = schema.get("anyOf").and_then(Value::as_array);
        let real = either.and_then(|all| all.iter().find(|one| one.get("type").is_none_or(|kind| kind != "null")));
        let real = real.unwrap_or(schema);
        let name = real.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        name.and_then(|name| self.definitions.get(name)).unwrap_or(real).clone()
    }
}

fn kind(schema: &Value, path: &str) -> Kind {
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let consts = schema.get("oneOf").and_then(Value::as_array).map(|all| {
        all.iter()
            .flat_map(|one| {
                let listed = one.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
                one.get("const").cloned().into_iter().chain(listed)
            })
            .filter_map(|name| name.as_str().map(String::from))
            .collect::<Vec<_>>()
    });
    let listed = schema.get("enum").and_then(Value::as_array);
    let listed = listed.map(|all| all.iter().filter_map(|name| name.as_str().map(String::from)).collect());
    match consts.or(listed) {
        Some(names) if !names.is_empty() => return Kind::Name(names),
        _ => {}
    }
    let is_address = schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("ip"));
    match () {
        () if is_address || path.ends_with(".ip") => Kind::Address,
        () if types.contains(&"integer") && path.ends_with("_ns") => Kind::Time,
        () if types.contains(&"integer") || types.contains(&"number") => Kind::Number,
        () if types.contains(&"boolean") => Kind::Truth,
        () if types.contains(&"string") => Kind::Text,
        () => Kind::Group,
    }
}
