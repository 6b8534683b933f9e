//! What stands in each column of the table.

use super::Entry;
use crate::ladder::Lanes;
use crate::render::ink::Ink;
use crate::render::{Style, summary, time, width, words};
use crate::timeline::{CloseKind, Connection, EndCause, Lang, OpenKind};

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
    Verdict,
}

impl Column {
    pub(super) const ALL: [Column; 9] = [
        Column::Number,
        Column::Client,
        Column::Server,
        Column::Opened,
        Column::Closed,
        Column::First,
        Column::TimeWait,
        Column::Data,
        Column::Verdict,
    ];
}

/// The column's heading.
pub(super) fn title(column: Column, lang: Lang) -> &'static str {
    match column {
        Column::Number => "#",
        Column::Client => lang.pick("client", "客户端"),
        Column::Server => lang.pick("server", "服务器"),
        Column::Opened => lang.pick("opened", "打开"),
        Column::Closed => lang.pick("closed", "关闭"),
        Column::First => lang.pick("closer", "主动关闭"),
        Column::TimeWait => "TIME-WAIT",
        Column::Data => lang.pick("data", "数据"),
        Column::Verdict => lang.pick("verdict", "结论"),
    }
}

/// What stands there for one connection.
pub(super) fn cell(column: Column, entry: &Entry<'_>, style: &Style) -> (String, Ink) {
    let lang = style.lang;
    let Entry { connection, lanes } = entry;
    let bad = |bad| if bad { Ink::Error } else { Ink::Plain };
    match column {
        Column::Number => (connection.id.to_string(), Ink::Dim),
        Column::Client => (width::clean(&lanes.left.address, 80, style), Ink::Client),
        Column::Server => (width::clean(&lanes.right.address, 80, style), Ink::Server),
        Column::Opened => {
            let kind = connection.open.kind;
            let failed = matches!(kind, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered);
            (words::open(kind, lang).to_string(), bad(failed))
        }
        Column::Closed => {
            let never =
                matches!(connection.open.kind, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered);
            if never && connection.close.kind == CloseKind::None {
                return ("-".to_string(), Ink::Plain);
            }
            let kind = connection.close.kind;
            let cut = matches!(kind, CloseKind::Reset | CloseKind::ResetAfterFin | CloseKind::UnansweredFin);
            (words::close(kind, lang).to_string(), bad(cut))
        }
        Column::First => {
            let first = connection.close.active_closer.as_deref();
            (first.map_or_else(|| "-".to_string(), |id| summary::peer_name(id, lanes, style)), Ink::Plain)
        }
        Column::TimeWait if connection.time_wait.is_empty() => ("-".to_string(), Ink::Plain),
        Column::TimeWait => (time_wait(connection, lanes, style), Ink::Wait),
        Column::Data => {
            let totals = &connection.totals;
            (time::octets(totals.client.bytes.saturating_add(totals.server.bytes)), Ink::Plain)
        }
        Column::Verdict => (width::clean(connection.verdict.get(lang), 200, style), Ink::Plain),
    }
}

/// Who waits and how it stands: `client, 42 s left`.
fn time_wait(connection: &Connection, lanes: &Lanes, style: &Style) -> String {
    let Some(wait) = connection.time_wait.first() else {
        return "-".to_string();
    };
    let who = summary::peer_name(&wait.endpoint, lanes, style);
    let left = time::span(wait.remaining_ns);
    let how = match (wait.end, style.lang) {
        (EndCause::CaptureEnded, Lang::En) => format!("{left} left"),
        (EndCause::CaptureEnded, Lang::Zh) => format!("还剩 {left}"),
        (end, lang) => words::end(end, lang).to_string(),
    };
    // Both peers wait after a simultaneous close.
    let more = connection.time_wait.len().saturating_sub(1);
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    width::clean(&format!("{who}{}{how}{more}", style.lang.pick(", ", "，")), 60, style)
}
