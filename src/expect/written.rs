//! The sequence that a capture shows, as text: what another capture is compared with, and a start for one's own.

use super::claims::passed;
use super::describe;
use super::line::{Kind, Mark, Sequence, key};
use super::shot::{Sender, Sent, Shot, shots};
use crate::tcp::State;
use crate::timeline::{Connection, EndCause, Event, Timeline};
use std::collections::HashMap;
use std::fmt::Write;

/// So often may data change direction in one stretch before it is written as one line.
const MOST_TURNS: usize = 8;

impl Sequence {
    /// The sequence of a capture. How data is cut into segments, which pure acknowledgments there are and how often
    /// something is repeated varies from run to run: these it leaves open.
    pub fn of(timeline: &Timeline) -> Sequence {
        Sequence::parse(&write(timeline)).unwrap_or_default()
    }
}

/// The sequence of a capture as text, with comments.
pub fn write(timeline: &Timeline) -> String {
    let mut events: HashMap<u64, Vec<&Event>> = HashMap::new();
    for event in &timeline.events {
        events.entry(event.connection).or_default().push(event);
    }
    let mut text = String::new();
    let is_sole = matches!(timeline.connections.as_slice(), [sole] if sole.id == 1);
    for connection in &timeline.connections {
        if !is_sole {
            let _ = writeln!(text, "connection {}:", connection.id);
        }
        let own = events.get(&connection.id).map_or(&[][..], Vec::as_slice);
        write_connection(connection, own, &mut text);
    }
    text
}

fn write_connection(connection: &Connection, events: &[&Event], text: &mut String) {
    let mut lines = Lines { text, last: None };
    let mut stretch = Stretch::default();
    for shot in &shots(connection, events) {
        match shot {
            Shot::Segment(sent) if is_plain_data(sent) => stretch.add(sent.sender, u64::from(sent.segment.len)),
            Shot::Run { data: [false, false], .. } => {}
            Shot::Run { run, data, .. } => {
                let bytes = |id: &String| run.flows.iter().filter(|flow| flow.from == *id).map(|flow| flow.bytes).sum();
                stretch.has_mixed_run |= *data == [true; 2];
                for (sender, id, sends) in
                    [(Sender::Client, &connection.client, data[0]), (Sender::Server, &connection.server, data[1])]
                {
                    if sends {
                        stretch.add(sender, bytes(id));
                    }
                }
            }
            Shot::Segment(sent) => {
                let Some(line) = named(sent) else { continue };
                stretch.end(&mut lines);
                lines.push(line, String::new());
            }
        }
    }
    stretch.end(&mut lines);
    lines.end();
    write_claims(connection, events, text);
}

fn write_claims(connection: &Connection, events: &[&Event], text: &mut String) {
    let peers = [("client", &connection.client), ("server", &connection.server)];
    for (role, id) in peers {
        let states = passed(id, events);
        if states.is_empty() {
            continue;
        }
        let _ = write!(text, "{role}:");
        let mut before = None;
        for state in states {
            // Whether the capture lasted until the wait was over says nothing of the connection.
            let may_lack = before == Some(State::TimeWait) && state == State::Closed;
            let _ = write!(text, " {}{}", state.name(), if may_lack { "?" } else { "" });
            before = Some(state);
        }
        text.push_str(if before == Some(State::TimeWait) { " CLOSED?\n" } else { "\n" });
    }
    let _ = writeln!(text, "open: {}", key(connection.open.kind));
    let _ = writeln!(text, "close: {}", key(connection.close.kind));
    if let Some(cause) = connection.open.cause {
        let _ = writeln!(text, "cause: {}", key(cause));
    }
    if let Some(cause) = connection.close.cause {
        let _ = writeln!(text, "cause: {}", key(cause));
    }
    let waits = &connection.time_wait;
    let who: Vec<&str> =
        peers.iter().filter(|(_, id)| waits.iter().any(|wait| wait.endpoint == **id)).map(|(role, _)| *role).collect();
    if who.is_empty() {
        text.push_str("time-wait: none\n");
        return;
    }
    let all = |holds: fn(&crate::timeline::TimeWait) -> bool| waits.iter().all(holds);
    let ends = if all(|wait| wait.end == EndCause::Reused) {
        " reused"
    } else if all(|wait| wait.end == EndCause::Reset) {
        " reset"
    } else if all(|wait| wait.rearmed > 0) {
        " rearmed"
    } else {
        ""
    };
    let _ = writeln!(text, "time-wait: {}{ends}", who.join(" "));
}

fn is_plain_data(sent: &Sent<'_>) -> bool {
    sent.kind == Kind::Data && describe::marks(sent).is_empty()
}

/// The line of a segment that is no plain data; `None` for an acknowledgment that may as well be delayed or left out.
fn named(sent: &Sent<'_>) -> Option<String> {
    let note = |id: &str| sent.event.notes.iter().any(|note| note.id == id);
    if sent.kind != Kind::Ack {
        return Some(describe::plain(sent) + &describe::marks(sent));
    }
    if sent.bears(Mark::Window(0)) && note("zero-window") {
        return Some(describe::plain(sent) + " win 0" + &describe::marks(sent));
    }
    let answers = note("ack-of-syn") || note("ack-of-fin");
    answers.then(|| describe::plain(sent) + &describe::marks(sent))
}

/// Lines on their way into the text: the same line again becomes one with a plus.
struct Lines<'t> {
    text: &'t mut String,
    last: Option<(String, String, bool)>,
}

impl Lines<'_> {
    fn push(&mut self, line: String, comment: String) {
        if let Some((last, _, repeats)) = &mut self.last
            && *last == line
        {
            *repeats = true;
            return;
        }
        self.end();
        self.last = Some((line, comment, false));
    }

    fn end(&mut self) {
        let Some((mut line, comment, repeats)) = self.last.take() else { return };
        if repeats && !line.ends_with(['+', '*']) {
            line += " +";
        }
        let _ = if comment.is_empty() {
            writeln!(self.text, "{line}")
        } else {
            writeln!(self.text, "{line:<24} # {comment}")
        };
    }
}

/// Plain data between two other segments.
#[derive(Default)]
struct Stretch {
    /// Who sent how many octets, for each turn.
    turns: Vec<(Sender, u64)>,
    octets: [u64; 2],
    has_mixed_run: bool,
    has_many_turns: bool,
}

impl Stretch {
    fn add(&mut self, sender: Sender, octets: u64) {
        match sender {
            Sender::Client => self.octets[0] += octets,
            Sender::Server => self.octets[1] += octets,
        }
        let is_full = self.turns.len() == MOST_TURNS;
        match self.turns.last_mut() {
            Some((last, sum)) if *last == sender => *sum += octets,
            _ if is_full => self.has_many_turns = true,
            _ => self.turns.push((sender, octets)),
        }
    }

    fn end(&mut self, lines: &mut Lines<'_>) {
        let stretch = std::mem::take(self);
        let [client, server] = stretch.octets;
        if stretch.has_mixed_run || stretch.has_many_turns {
            lines.push("client data * | server data *".into(), format!("{client} and {server} octets"));
            return;
        }
        for (sender, octets) in stretch.turns {
            lines.push(format!("{} data +", describe::who(sender)), format!("{octets} octets"));
        }
    }
}
