//! The first place where a capture departs from a sequence, in words.

use super::describe;
use super::line::{Claim, Step};
use super::matching::Departure;
use super::shot::Shot;
use crate::timeline::{Connection, Text};

/// Lines that are told where several could have come.
const MOST_TOLD: usize = 4;

/// The first place where a capture departs from a sequence. Its texts hold nothing but what the sequence and the timeline
/// hold: make them safe before they go to a terminal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// Id of the connection; `None` where there is none at all.
    pub connection: Option<u64>,
    /// Lines that could have come; none where nothing more was expected.
    pub expected: Vec<Expected>,
    /// What came instead.
    pub came: Came,
}

/// A line of the sequence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Expected {
    /// Counted from 1 in the sequence's text.
    pub line: usize,
    /// As written, without the comment.
    pub text: String,
}

/// What a capture has instead.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Came {
    /// Number of the frame, where it is a segment or a state that one brought.
    pub frame: Option<u64>,
    /// When, nanoseconds after the capture's start.
    pub t_ns: Option<i64>,
    /// In the words of a sequence; empty where nothing came.
    pub what: String,
    /// In a sentence.
    pub text: Text,
}

impl Came {
    /// Something that holds of the connection as a whole.
    pub(super) fn fact(what: String, title: &Text, why: &Text) -> Came {
        let join = |title: &str, why: &str, colon: &str| match (title.is_empty(), why.is_empty()) {
            (false, false) if title != why => format!("{title}{colon}{why}"),
            (true, _) => why.to_string(),
            _ => title.to_string(),
        };
        let text = Text::new(join(&title.en, &why.en, ": "), join(&title.zh, &why.zh, "："));
        Came { frame: None, t_ns: None, what, text }
    }
}

impl Difference {
    /// The capture lacks this connection, or has none at all.
    pub fn no_connection(connection: Option<u64>) -> Difference {
        let text = match connection {
            Some(id) => Text::new(format!("the capture has no connection {id}"), format!("捕获中没有连接 {id}")),
            None => Text::new("the capture has no TCP connection", "捕获中没有 TCP 连接"),
        };
        Difference {
            connection,
            expected: Vec::new(),
            came: Came { frame: None, t_ns: None, what: String::new(), text },
        }
    }

    /// Whether a segment is named that came instead.
    pub(super) fn is_at_a_frame(&self) -> bool {
        self.came.frame.is_some()
    }

    /// All in one sentence.
    pub fn text(&self) -> Text {
        let wanted =
            |or: &str, line: &dyn Fn(&Expected) -> String| self.expected.iter().map(line).collect::<Vec<_>>().join(or);
        let en = wanted(" or ", &|one| format!("'{}' (line {})", one.text, one.line));
        let zh = wanted(" 或 ", &|one| format!("“{}”（第 {} 行）", one.text, one.line));
        let (en, zh) = if self.expected.is_empty() {
            ("expected nothing more".to_string(), "不应再有报文段".to_string())
        } else {
            (format!("expected {en}"), format!("应为 {zh}"))
        };
        let Came { what, text, .. } = &self.came;
        if self.expected.is_empty() && what.is_empty() {
            return text.clone();
        }
        let place = self.came.place();
        let (of_en, of_zh) = match self.connection {
            Some(id) => (format!("connection {id}: "), format!("连接 {id}：")),
            None => Default::default(),
        };
        let came = |place: &str, text: &str| match (what.is_empty(), place.is_empty()) {
            (true, _) => text.to_string(),
            (false, true) => format!("'{what}' ({text})"),
            (false, false) => format!("{place} '{what}' ({text})"),
        };
        Text::new(
            format!("{of_en}{en}; came {}", came(&place.en, &text.en)),
            format!("{of_zh}{zh}；实际为 {}", came(&place.zh, &text.zh)),
        )
    }
}

impl Came {
    /// Where in the capture: `frame 6 at 0.250381 s`; empty for what holds of the whole.
    pub fn place(&self) -> Text {
        let seconds = |ns: i64| {
            let us = ns.unsigned_abs() / 1_000;
            format!("{}{}.{:06} s", if ns < 0 { "-" } else { "" }, us / 1_000_000, us % 1_000_000)
        };
        match (self.frame, self.t_ns) {
            (Some(frame), Some(ns)) => {
                Text::new(format!("frame {frame} at {}", seconds(ns)), format!("第 {frame} 帧，{}", seconds(ns)))
            }
            (Some(frame), None) => Text::new(format!("frame {frame}"), format!("第 {frame} 帧")),
            (None, Some(ns)) => Text::new(format!("at {}", seconds(ns)), seconds(ns)),
            (None, None) => Text::default(),
        }
    }
}

pub(super) fn of_segments(
    departure: &Departure,
    steps: &[Step],
    shots: &[Shot<'_>],
    connection: &Connection,
) -> Difference {
    let lines = departure.expected.iter().filter_map(|place| steps.get(*place));
    let expected = lines.take(MOST_TOLD).map(|step| Expected { line: step.line, text: step.text.clone() }).collect();
    let came = match departure.shot.and_then(|place| shots.get(place)) {
        Some(shot) => Came {
            frame: Some(shot.frame()),
            t_ns: Some(shot.event().t_ns),
            what: describe::line(shot),
            text: describe::sentence(shot),
        },
        None => nothing(shots),
    };
    Difference { connection: Some(connection.id), expected, came }
}

fn nothing(shots: &[Shot<'_>]) -> Came {
    let text = match shots.last() {
        Some(last) => Text::new(
            format!("nothing more: frame {} is the last of this connection", last.frame()),
            format!("没有更多报文段：第 {} 帧是该连接的最后一帧", last.frame()),
        ),
        None => Text::new("no segment at all", "没有任何报文段"),
    };
    Came { frame: None, t_ns: None, what: String::new(), text }
}

pub(super) fn of_claim(claim: &Claim, came: Came, connection: &Connection) -> Difference {
    let expected = vec![Expected { line: claim.line, text: claim.text.clone() }];
    Difference { connection: Some(connection.id), expected, came }
}

pub(super) fn not_expected(connection: &Connection) -> Difference {
    let text = connection.verdict.clone();
    Difference {
        connection: Some(connection.id),
        expected: Vec::new(),
        came: Came { frame: None, t_ns: Some(connection.start_ns), what: "connection".into(), text },
    }
}
