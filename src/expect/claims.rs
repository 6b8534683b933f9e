//! Lines about states and about the verdict.

use super::difference::Came;
use super::line::{Claimed, Ends, Passed, Who, key};
use super::shot::Sender;
use crate::tcp::State;
use crate::timeline::{Connection, Detail, EndCause, Event, Text};
use std::fmt::Write;

/// Whether a claim holds; otherwise what is there instead.
pub(super) fn holds(
    claimed: &Claimed,
    connection: &Connection,
    events: &[&Event],
    one: Sender,
) -> Result<(), Box<Came>> {
    match claimed {
        Claimed::States(who, expected) => states(*who, expected, connection, events, one),
        Claimed::Open(kinds) => {
            let open = &connection.open;
            let said = || Came::fact(format!("open: {}", key(open.kind)), &open.title, &open.why);
            if kinds.contains(&open.kind) { Ok(()) } else { Err(Box::new(said())) }
        }
        Claimed::Close(kinds) => {
            let close = &connection.close;
            let said = || Came::fact(format!("close: {}", key(close.kind)), &close.title, &close.why);
            if kinds.contains(&close.kind) { Ok(()) } else { Err(Box::new(said())) }
        }
        Claimed::Cause(name) => {
            let found: Vec<String> =
                connection.open.cause.map(key).into_iter().chain(connection.close.cause.map(key)).collect();
            if found.iter().any(|found| found == name) {
                return Ok(());
            }
            let told = if found.is_empty() { "none".into() } else { found.join(", ") };
            Err(Box::new(Came::fact(format!("cause: {told}"), &connection.open.why, &connection.close.why)))
        }
        Claimed::Waits { who, ends } => waits(who, *ends, connection, one),
    }
}

/// The endpoint id that is meant.
fn endpoint(who: Who, connection: &Connection, one: Sender) -> &str {
    let is_client = match who {
        Who::Client => true,
        Who::Server => false,
        Who::One => one == Sender::Client,
        Who::Other => one == Sender::Server,
    };
    if is_client { &connection.client } else { &connection.server }
}

fn role(id: &str, connection: &Connection) -> &'static str {
    if id == connection.client { "client" } else { "server" }
}

fn waits(who: &[Who], ends: Option<Ends>, connection: &Connection, one: Sender) -> Result<(), Box<Came>> {
    let expected: Vec<&str> = who.iter().map(|who| endpoint(*who, connection, one)).collect();
    let ended = |wait: &crate::timeline::TimeWait| match ends {
        None => true,
        Some(Ends::Rearmed) => wait.rearmed > 0,
        Some(Ends::Expired) => wait.end == EndCause::Expired,
        Some(Ends::Reused) => wait.end == EndCause::Reused,
        Some(Ends::Reset) => wait.end == EndCause::Reset,
    };
    let waiting = &connection.time_wait;
    let all_wait = expected.iter().all(|id| waiting.iter().any(|wait| wait.endpoint == *id));
    let no_other = waiting.iter().all(|wait| expected.contains(&wait.endpoint.as_str()));
    if all_wait && no_other && waiting.iter().all(ended) {
        return Ok(());
    }
    let mut told = String::from("time-wait:");
    for wait in waiting {
        let more = if wait.rearmed > 0 { " rearmed" } else { "" };
        let _ = write!(told, " {}{more} ({})", role(&wait.endpoint, connection), key(wait.end));
    }
    if waiting.is_empty() {
        told += " none";
    }
    Err(Box::new(Came { frame: None, t_ns: None, what: told, text: connection.verdict.clone() }))
}

/// A state that a peer passed: which, and the event that brought it.
struct Pass<'e> {
    state: State,
    at: i64,
    event: &'e Event,
}

fn passes<'e>(id: &str, events: &[&'e Event]) -> (Option<State>, Vec<Pass<'e>>) {
    let mut passes: Vec<Pass<'e>> = Vec::new();
    let mut begun: Option<State> = None;
    for event in events {
        for change in event.states.iter().filter(|change| change.endpoint == id) {
            if passes.is_empty() {
                begun = change.from;
            }
            passes.push(Pass { state: change.to, at: change.at_ns.unwrap_or(event.t_ns), event });
        }
    }
    passes.sort_by_key(|pass| pass.at);
    (begun, passes)
}

/// The states of one endpoint in order, without the one it began in.
pub(super) fn passed(id: &str, events: &[&Event]) -> Vec<State> {
    passes(id, events).1.into_iter().map(|pass| pass.state).collect()
}

fn states(
    who: Who,
    expected: &[Passed],
    connection: &Connection,
    events: &[&Event],
    one: Sender,
) -> Result<(), Box<Came>> {
    let id = endpoint(who, connection, one);
    let (begun, passes) = passes(id, events);
    // The state in which it began may be named or not.
    let starts = match expected.first() {
        Some(Passed::State { state, .. }) if Some(*state) == begun => 1,
        _ => 0,
    };
    let mut places = reach(vec![starts], expected);
    if starts == 1 && passes.first().is_some_and(|pass| Some(pass.state) == begun) {
        places = reach(vec![0, 1], expected);
    }
    let mut wrong = None;
    let mut last = places.clone();
    for pass in &passes {
        let next = places.iter().filter_map(|place| match expected.get(*place)? {
            Passed::Gap => Some(*place),
            Passed::State { state, .. } => (*state == pass.state).then_some(place + 1),
        });
        let next = reach(next.collect(), expected);
        if next.is_empty() {
            wrong = Some(pass);
            break;
        }
        places = next;
        last.clone_from(&places);
    }
    if wrong.is_none() && places.contains(&expected.len()) {
        return Ok(());
    }
    let names: Vec<&str> = passes.iter().map(|pass| pass.state.name()).collect();
    let names = if names.is_empty() { "-".into() } else { names.join(" ") };
    let next: Vec<&str> = last
        .iter()
        .filter_map(|place| match expected.get(*place)? {
            Passed::State { state, .. } => Some(state.name()),
            Passed::Gap => None,
        })
        .collect();
    let role = role(id, connection);
    let (frame, t_ns, text) = match wrong {
        Some(pass) => (frame(pass.event), Some(pass.at), instead(pass.state, &next)),
        None => (
            None,
            None,
            Text::new(format!("{} never came", next.join(", ")), format!("{} 始终没有出现", next.join("、"))),
        ),
    };
    Err(Box::new(Came { frame, t_ns, what: format!("{role}: {names}"), text }))
}

fn instead(state: State, next: &[&str]) -> Text {
    if next.is_empty() {
        return Text::new(
            format!("{} came where nothing more was expected", state.name()),
            format!("不应再有状态变化，却到了 {}", state.name()),
        );
    }
    Text::new(
        format!("{} came where {} was expected", state.name(), next.join(" or ")),
        format!("应为 {}，却到了 {}", next.join(" 或 "), state.name()),
    )
}

fn frame(event: &Event) -> Option<u64> {
    match &event.detail {
        Detail::Segment(segment) => Some(segment.frame),
        Detail::Run(run) => Some(run.first_frame),
        _ => None,
    }
}

/// Adds the places behind what may lack.
fn reach(mut places: Vec<usize>, expected: &[Passed]) -> Vec<usize> {
    let mut at = 0;
    while let Some(place) = places.get(at).copied() {
        if matches!(expected.get(place), Some(Passed::Gap | Passed::State { may_lack: true, .. })) {
            places.push(place + 1);
        }
        at += 1;
    }
    places.sort_unstable();
    places.dedup();
    places
}
