//! One event of the trace format, and how it is written.

use super::json;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

/// An event. Times are nanoseconds after the source's start.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) ts_ns: i64,
    pub(super) pid: u64,
    pub(super) tid: u64,
    pub(super) args: Map<String, Value>,
}

/// What it is, by the format's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `X`: a slice with its length and a category.
    Slice {
        dur_ns: i64,
        cat: &'static str,
        is_bad: bool,
    },
    /// `i`: a moment on its track.
    Instant {
        cat: &'static str,
    },
    /// `s` and `f`: an arrow, from the slice around its begin to the one around its end.
    Leaves {
        id: u64,
    },
    Arrives {
        id: u64,
    },
    /// `C`: a value of a graph.
    Count,
    /// `M`: the name of something.
    Name,
}

impl Entry {
    /// By time; an arrow that takes none begins before it ends.
    pub(super) fn order(&self) -> (i64, bool) {
        (self.ts_ns, matches!(self.kind, Kind::Arrives { .. }))
    }

    /// In one line, without its end.
    pub(super) fn json(&self, shift_ns: i64) -> String {
        let Entry { kind, name, ts_ns, pid, tid, args } = self;
        let name = Json(&name);
        let (letter, more) = match kind {
            Kind::Slice { dur_ns, cat, is_bad } => {
                let color = if *is_bad { ",\"cname\":\"terrible\"" } else { "" };
                ("X", format!(",\"dur\":{},\"cat\":\"{cat}\"{color}", micros(*dur_ns)))
            }
            Kind::Instant { cat } => ("i", format!(",\"s\":\"t\",\"cat\":\"{cat}\"")),
            Kind::Leaves { id } => ("s", format!(",\"id\":{id},\"cat\":\"segment\"")),
            Kind::Arrives { id } => ("f", format!(",\"bp\":\"e\",\"id\":{id},\"cat\":\"segment\"")),
            Kind::Count => ("C", String::new()),
            Kind::Name => ("M", String::new()),
        };
        let ts = if *kind == Kind::Name { micros(0) } else { micros(ts_ns.saturating_add(shift_ns)) };
        let args = if args.is_empty() { String::new() } else { format!(",\"args\":{}", Json(args)) };
        format!("{{\"name\":{name},\"ph\":\"{letter}\",\"ts\":{ts},\"pid\":{pid},\"tid\":{tid}{more}{args}}}")
    }
}

/// Nanoseconds as microseconds, all three decimals.
pub(super) fn micros(ns: i64) -> String {
    let (sign, ns) = (if ns < 0 { "-" } else { "" }, ns.unsigned_abs());
    format!("{sign}{}.{:03}", ns / 1_000, ns % 1_000)
}

/// A value as JSON in which no character steers a terminal.
pub(super) struct Json<'v, T>(pub(super) &'v T);

impl<T: Serialize> fmt::Display for Json<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        json::line(self.0, &mut text).map_err(|_| fmt::Error)?;
        out.write_str(String::from_utf8_lossy(&text).trim_end_matches('\n'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let kind = Kind::Slice { dur_ns: 1, cat: "state", is_bad: false };
        let args = Map::from_iter([("rfc".to_string(), Value::from("9293\u{1b}"))]);
        let entry = Entry { kind, name: "a\n\"b".into(), ts_ns: -1, pid: 1, tid: 102, args };
        let json = r#"{"name":"a\n\"b","ph":"X","ts":1.000,"pid":1,"tid":102,"dur":0.001,"cat":"state","args":{"rfc":"9293\u001b"}}"#;
        assert_eq!(entry.json(1_001), json);
    }
}
