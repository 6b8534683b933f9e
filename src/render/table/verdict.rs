//! The verdict on a connection in a word or three: what went wrong first, or `ok`.

use crate::ladder::Lanes;
use crate::render::ink::Ink;
use crate::render::{Charset, Style, summary, width};
use crate::tcp::State;
use crate::timeline::{CloseKind, Connection, Lang, OpenKind};

/// Columns that a verdict may take, whatever a timeline calls its endpoints.
const LONGEST: usize = 24;

/// What went wrong: a failed opening before a bad end, a bad end before repeats, repeats before `still open`.
pub(super) fn verdict(connection: &Connection, lanes: &Lanes, tight: bool, style: &Style) -> (String, Ink) {
    let lang = style.lang;
    let failed = |en: &str, zh: &str| (lang.pick(en, zh).to_string(), Ink::Error);
    let worth = |en: &str, zh: &str| (lang.pick(en, zh).to_string(), Ink::Warning);
    let (text, ink) = match (connection.open.kind, connection.close.kind) {
        (OpenKind::Refused, _) => failed("refused", "被拒绝"),
        (OpenKind::Unreachable, _) => failed("unreachable", "不可达"),
        (OpenKind::Unanswered, _) => (unanswered(connection, style), Ink::Error),
        (_, CloseKind::Reset | CloseKind::ResetAfterFin) => (reset(connection, lanes, style), Ink::Error),
        // Its answer was not captured.
        (OpenKind::OneSided, CloseKind::UnansweredFin) => worth("one side seen", "仅见单向"),
        (_, CloseKind::UnansweredFin) => (unanswered_fin(connection, lanes, style), Ink::Error),
        (_, CloseKind::HalfClosed) => worth("half-closed", "半关闭"),
        (open, close) => match repeats(connection, tight, style) {
            Some(text) => (text, Ink::Warning),
            None if open == OpenKind::HalfOpen => worth("never completed", "握手未完成"),
            None if open == OpenKind::OneSided => worth("one side seen", "仅见单向"),
            None if close == CloseKind::None => (lang.pick("still open", "仍未关闭").to_string(), Ink::Plain),
            None => (lang.pick("ok", "正常").to_string(), Ink::State),
        },
    };
    (width::clean(&text, LONGEST, style), ink)
}

fn unanswered(connection: &Connection, style: &Style) -> String {
    match (u64::from(connection.open.syn_retransmissions) + 1, style.lang) {
        (1, lang) => lang.pick("no answer", "无应答").to_string(),
        (syns, Lang::En) => format!("no answer, {syns} SYNs"),
        (syns, Lang::Zh) => format!("{syns} 个 SYN 无应答"),
    }
}

/// Whose FIN nothing answered: it still waits for the acknowledgment.
fn unanswered_fin(connection: &Connection, lanes: &Lanes, style: &Style) -> String {
    let waits = |state: Option<State>| matches!(state, Some(State::FinWait1 | State::Closing | State::LastAck));
    let states = &connection.last_states;
    let who = match (waits(states.client), waits(states.server)) {
        (true, false) => summary::lane_name(&lanes.left, style),
        (false, true) => summary::lane_name(&lanes.right, style),
        _ => return style.lang.pick("FIN unanswered", "FIN 无应答").to_string(),
    };
    match style.lang {
        Lang::En => format!("{who} FIN unanswered"),
        Lang::Zh => format!("{who} FIN 无应答"),
    }
}

fn reset(connection: &Connection, lanes: &Lanes, style: &Style) -> String {
    let who = match connection.close.reset_by.as_slice() {
        [] => connection.close.active_closer.as_deref().map(|id| summary::peer_name(id, lanes, style)),
        [one] => Some(summary::peer_name(one, lanes, style)),
        _ => Some(style.lang.pick("both", "双方").to_string()),
    };
    match (who, style.lang) {
        (None, lang) => lang.pick("reset", "被复位").to_string(),
        (Some(who), Lang::En) => format!("reset by {who}"),
        (Some(who), Lang::Zh) => format!("被{who}复位"),
    }
}

/// What had to be sent again; a repeated SYN or FIN by its name when it is all there was.
fn repeats(connection: &Connection, tight: bool, style: &Style) -> Option<String> {
    let (open, close, totals) = (&connection.open, &connection.close, &connection.totals);
    let times = if style.charset == Charset::Unicode { "×" } else { "x" };
    let all = totals.client.retransmissions.saturating_add(totals.server.retransmissions);
    let named = [
        (open.syn_retransmissions, "SYN"),
        (open.synack_retransmissions, "SYN,ACK"),
        (close.fin_retransmissions, "FIN"),
    ];
    if let Some((count, name)) = named.into_iter().find(|(count, _)| *count > 0 && u64::from(*count) >= all) {
        return Some(match style.lang {
            Lang::En => format!("{name} again {count}{times}"),
            Lang::Zh => format!("{name} 重传 {count} 次"),
        });
    }
    let all = all.max(named.iter().map(|(count, _)| u64::from(*count)).sum());
    match (all, style.lang) {
        (0, _) => None,
        (all, Lang::En) if tight => Some(format!("{all} resent")),
        (1, Lang::En) => Some("1 retransmission".to_string()),
        (all, Lang::En) => Some(format!("{all} retransmissions")),
        (all, Lang::Zh) => Some(format!("重传 {all} 次")),
    }
}
