//! What stands in each column of the table.

use super::Entry;
use super::verdict::verdict;
use crate::ladder::Lanes;
use crate::render::ink::Ink;
use crate::render::{Style, summary, time, width, words};
use crate::timeline::{CloseKind, Connection, EndCause, Lang, OpenKind};

/// How much a cell may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    Full,
    /// As short as it stays plain: `4-seg`, `client 59 s`.
    Short,
    /// What the column of who closed first says already is not said again: `59 s`.
    Tight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Number,
    Client,
    Server,
    Opened,
    Closed,
    First,
    TimeWait,
    Data,
    /// What the other columns do not say, in a word or three.
    Verdict,
    /// The verdict as a sentence.
    Sentence,
}

impl Column {
    pub(super) const ALL: [Column; 10] = [
        Column::Number,
        Column::Client,
        Column::Server,
        Column::Opened,
        Column::Closed,
        Column::First,
        Column::TimeWait,
        Column::Data,
        Column::Verdict,
        Column::Sentence,
    ];
}

/// The column's heading.
pub(super) fn title(column: Column, wording: Wording, lang: Lang) -> &'static str {
    match (column, wording) {
        (Column::Number, _) => "#",
        (Column::Client, _) => lang.pick("client", "客户端"),
        (Column::Server, _) => lang.pick("server", "服务器"),
        (Column::Opened, _) => lang.pick("opened", "打开"),
        (Column::Closed, _) => lang.pick("closed", "关闭"),
        (Column::First, Wording::Full) => lang.pick("closer", "主动关闭"),
        (Column::First, _) => lang.pick("closer", "主动方"),
        (Column::TimeWait, _) => "TIME-WAIT",
        (Column::Data, _) => lang.pick("data", "数据"),
        (Column::Verdict, _) => lang.pick("verdict", "结论"),
        (Column::Sentence, _) => lang.pick("in words", "说明"),
    }
}

/// What stands there for one connection.
pub(super) fn cell(column: Column, wording: Wording, entry: &Entry<'_>, style: &Style) -> (String, Ink) {
    let lang = style.lang;
    let Entry { connection, lanes } = entry;
    let (open, close) = (connection.open.kind, connection.close.kind);
    let never = matches!(open, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered);
    let bad = |bad| if bad { Ink::Error } else { Ink::Plain };
    let short = wording != Wording::Full;
    match column {
        Column::Number => (connection.id.to_string(), Ink::Dim),
        Column::Client => (width::clean(&lanes.left.place(), 80, style), Ink::Client),
        Column::Server => (width::clean(&lanes.right.place(), 80, style), Ink::Server),
        Column::Opened => {
            let words = if short { words::open_short(open, lang) } else { words::open(open, lang) };
            (words.to_string(), bad(never))
        }
        Column::Closed if close == CloseKind::None && (never || short) => ("-".to_string(), Ink::Plain),
        Column::Closed => {
            let cut = matches!(close, CloseKind::Reset | CloseKind::ResetAfterFin | CloseKind::UnansweredFin);
            let words = if short { words::close_short(close, lang) } else { words::close(close, lang) };
            (words.to_string(), bad(cut))
        }
        Column::First => {
            if close == CloseKind::Simultaneous {
                return (lang.pick("both", "双方").to_string(), Ink::Plain);
            }
            let first = connection.close.active_closer.as_deref();
            (first.map_or_else(|| "-".to_string(), |id| summary::peer_name(id, lanes, style)), Ink::Plain)
        }
        Column::TimeWait if connection.time_wait.is_empty() => ("-".to_string(), Ink::Plain),
        Column::TimeWait => (time_wait(connection, lanes, wording, style), Ink::Wait),
        Column::Data => {
            let totals = &connection.totals;
            (time::octets(totals.client.bytes.saturating_add(totals.server.bytes)), Ink::Plain)
        }
        Column::Verdict => verdict(connection, lanes, wording == Wording::Tight, style),
        Column::Sentence => (width::clean(connection.verdict.get(lang), 200, style), Ink::Plain),
    }
}

/// Who waits and how it stands: `client, 42.1 s left`, `both, 14.6 s left`; short: `client 42 s`, `expired`.
fn time_wait(connection: &Connection, lanes: &Lanes, wording: Wording, style: &Style) -> String {
    let lang = style.lang;
    // Both peers wait after a simultaneous close: the one that waits longest stands for both if both fare alike.
    let Some(wait) = connection.time_wait.iter().max_by_key(|wait| wait.remaining_ns) else {
        return "-".to_string();
    };
    let both = connection.time_wait.iter().filter(|other| other.end == wait.end).count() > 1;
    let who = match both {
        false => summary::peer_name(&wait.endpoint, lanes, style),
        true => lang.pick("both", "双方").to_string(),
    };
    // Who closes first waits, and both do where both closed first.
    let expected = match connection.close.kind {
        CloseKind::Simultaneous => both,
        _ => connection.close.active_closer.as_ref() == Some(&wait.endpoint),
    };
    let text = match (wait.end, wording) {
        (EndCause::CaptureEnded, Wording::Tight) if expected => time::coarse(wait.remaining_ns),
        (EndCause::CaptureEnded, Wording::Short | Wording::Tight) => {
            format!("{who} {}", time::coarse(wait.remaining_ns))
        }
        (EndCause::CaptureEnded, Wording::Full) => {
            let left = time::span(wait.remaining_ns);
            match lang {
                Lang::En => format!("{who}, {left} left"),
                Lang::Zh => format!("{who}，还剩 {left}"),
            }
        }
        (end, Wording::Short | Wording::Tight) => words::end(end, lang).to_string(),
        (end, Wording::Full) => format!("{who}{}{}", lang.pick(", ", "，"), words::end(end, lang)),
    };
    width::clean(&text, 60, style)
}
