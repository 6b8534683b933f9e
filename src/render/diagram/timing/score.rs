//! Rows of a ladder into moments of a timing diagram.

use super::fold::{self, Data, Piece};
use super::{Band, Diagram, Message, Moment, Span, escape};
use crate::ladder::{Arrow, Change, Content, Folded, Ladder, Row, Side, Wait, WaitAction};
use crate::render::{Style, summary, text, time, width};
use crate::tcp::Basis;
use crate::timeline::{Fate, Lang, amount};
use std::collections::HashMap;

/// Moments on their way.
pub(super) struct Score<'l> {
    ladder: &'l Ladder,
    style: &'l Style,
    diagram: Diagram,
    /// Where the message of an event stands that has not arrived yet.
    under_way: HashMap<u64, (usize, usize)>,
    waits: [Option<usize>; 2],
}

impl Score<'_> {
    /// The diagram of a ladder.
    pub(super) fn of(ladder: &Ladder, style: &Style) -> Diagram {
        let diagram = Diagram { moments: vec![Moment::default()], spans: Vec::new() };
        let mut score = Score { ladder, style, diagram, under_way: HashMap::new(), waits: [None; 2] };
        for piece in fold::pieces(&ladder.rows) {
            match piece {
                Piece::Row(row) => score.take(row),
                Piece::Data(data) => score.data(data),
            }
        }
        score.begin_both();
        score.diagram
    }

    fn take(&mut self, row: &Row) {
        match &row.content {
            Content::Segment(arrow) => {
                let here = self.at(row.t_ns);
                self.segment(arrow, row.event, here);
            }
            // It left in a stretch that was put together.
            Content::Arrival(arrival) if row.changes.is_empty() && !self.under_way.contains_key(&arrival.event) => {
                return;
            }
            Content::Arrival(arrival) => {
                let here = self.at(row.t_ns);
                self.arrive(arrival.event, here);
            }
            Content::Folded(run) => self.run(row.t_ns, run, String::new()),
            Content::Gap { .. } | Content::LeftOut { .. } => {
                let words = text::cut(&row.content, self.style.lang);
                let here = self.at(None);
                self.band(here, "#EEEEEE", words);
                // States that came meanwhile are those after it.
                if !row.changes.is_empty() {
                    self.at(None);
                }
            }
            Content::Wait(wait) => {
                // It begins with a state, and both peers' may end together.
                let is_same =
                    self.diagram.moments.last().is_some_and(|last| last.t_ns.is_some() && last.t_ns == row.t_ns);
                let here = if is_same { self.diagram.moments.len().saturating_sub(1) } else { self.at(row.t_ns) };
                self.wait(wait, here);
            }
            // What was so before.
            Content::States if row.t_ns.is_none() => return self.begin(row),
            _ if row.changes.is_empty() => return,
            _ => _ = self.at(row.t_ns),
        }
        let here = self.diagram.moments.len().saturating_sub(1);
        if let Some(moment) = self.diagram.moments.get_mut(here) {
            for change in &row.changes {
                *change.side.of_mut(&mut moment.states) = Some(state(change));
            }
        }
    }

    /// A new moment at this time.
    fn at(&mut self, t_ns: Option<i64>) -> usize {
        let since = |t_ns: i64| time::point(t_ns.saturating_sub(self.ladder.origin_ns), false).trim().to_string();
        self.diagram.moments.push(Moment { t_ns, time: t_ns.map(since), ..Moment::default() });
        self.diagram.moments.len().saturating_sub(1)
    }

    fn arrive(&mut self, event: u64, here: usize) {
        let left = self.under_way.remove(&event);
        let left = left.and_then(|(moment, message)| self.diagram.moments.get_mut(moment)?.messages.get_mut(message));
        if let Some(message) = left {
            message.arrives = Some(here);
        }
    }

    fn data(&mut self, Data { t_ns, run, lost, arrived }: Data) {
        let begin = self.diagram.moments.len();
        let lost = match (lost, self.style.lang) {
            (0, _) => String::new(),
            (lost, Lang::En) => format!(", ✕ {lost} lost"),
            (lost, Lang::Zh) => format!("，✕ 丢失 {lost} 个"),
        };
        self.run(t_ns, &run, lost);
        arrived.into_iter().for_each(|event| self.arrive(event, begin));
    }

    /// What each peer sent in a stretch, and how much it is together.
    fn run(&mut self, t_ns: Option<i64>, run: &Folded, more: String) {
        let begin = self.diagram.moments.len();
        for flow in run.flows.iter().take(2) {
            let here = self.at(t_ns);
            let (count, bytes) = (flow.segments, time::octets(flow.bytes));
            let label = match self.style.lang {
                Lang::En => format!("{}\\n{bytes}", amount::some(count, "segment")),
                Lang::Zh => format!("{count} 个报文段\\n{bytes}"),
            };
            self.message(here, Message { from: flow.from, arrives: None, label });
        }
        let end = self.at(None);
        let words = text::fold(run, self.style.lang) + &more;
        // One band over all of them: what is said there needs the room.
        if let Some(moment) = self.diagram.moments.get_mut(begin) {
            moment.band = Some(Band { color: "#F2F2F2", words, until: end + 1 });
        }
    }

    fn segment(&mut self, arrow: &Arrow, event: Option<u64>, here: usize) {
        let label = label(arrow, self.style);
        if arrow.fate == Fate::Lost {
            // A message of such a diagram cannot end on its way.
            let who = summary::lane_name(self.ladder.lanes.get(arrow.from), self.style);
            let words = format!("✕ {who}: {}", arrow.flags.join(","));
            let words = width::clean(&words, 30, self.style);
            return self.band(here, "#FADBD8", words);
        }
        if let Some(event) = event.filter(|_| arrow.slants) {
            self.under_way.insert(event, (here, 0));
        }
        self.message(here, Message { from: arrow.from, arrives: None, label });
    }

    /// Words up to the next moment.
    fn band(&mut self, here: usize, color: &'static str, words: String) {
        if let Some(moment) = self.diagram.moments.get_mut(here) {
            moment.band = Some(Band { color, words, until: here + 1 });
        }
    }

    fn message(&mut self, here: usize, message: Message) {
        if let Some(moment) = self.diagram.moments.get_mut(here) {
            moment.messages.push(message);
        }
    }

    fn wait(&mut self, wait: &Wait, here: usize) {
        let begun = wait.side.of_mut(&mut self.waits);
        if matches!(wait.action, WaitAction::Begins | WaitAction::Rearmed) {
            *begun = Some(here);
            return;
        }
        let Some(begin) = begun.take() else { return };
        let total = wait.total_ns.map(time::span).unwrap_or_default();
        let words = match wait.action {
            WaitAction::Expired => format!("2MSL {total}"),
            _ => format!("{} / 2MSL {total}", time::span(wait.elapsed_ns)),
        };
        self.diagram.spans.push(Span { side: wait.side, begin, end: here, words });
    }

    /// Takes in the states that were there before, or else that come now.
    fn begin(&mut self, row: &Row) {
        let come: [bool; 2] =
            Side::BOTH.map(|side| self.diagram.moments.iter().any(|moment| side.of(&moment.states).is_some()));
        let (first, last) = (0, self.diagram.moments.len().saturating_sub(1));
        for change in &row.changes {
            let place = if *change.side.of(&come) { last } else { first };
            if let Some(moment) = self.diagram.moments.get_mut(place) {
                *change.side.of_mut(&mut moment.states) = Some(state(change));
            }
        }
    }

    /// A line without a state at its beginning has no place for an arrow to come from: who was only seen to have no connection
    /// had none before.
    fn begin_both(&mut self) {
        for side in Side::BOTH {
            if self.diagram.moments.first().is_some_and(|first| side.of(&first.states).is_some()) {
                continue;
            }
            let first = self.diagram.moments.iter_mut().find_map(|moment| {
                let state = side.of_mut(&mut moment.states);
                let is_none = state.as_ref().is_some_and(|state| state.contains("CLOSED") || state.contains("LISTEN"));
                if is_none { state.take() } else { state.as_ref().map(|_| "?".to_string()) }
            });
            if let Some(moment) = self.diagram.moments.first_mut() {
                *side.of_mut(&mut moment.states) = Some(first.unwrap_or_else(|| "?".to_string()));
            }
        }
    }
}

/// As the ladder has it: bare when observed, (inferred), [told by the kernel].
fn state(change: &Change) -> String {
    let name = change.state.name();
    match change.basis {
        Basis::Observed => name.to_string(),
        Basis::Inferred => format!("({name})"),
        Basis::Kernel => format!("[{name}]"),
    }
}

/// Its flags, and below them what else matters: there is little room.
fn label(arrow: &Arrow, style: &Style) -> String {
    let flags = escape(&width::clean(&text::flags(arrow, style), 40, style));
    let again = if arrow.repeats.is_some() { style.lang.pick(" (again)", "（重传）") } else { "" };
    let mark = if arrow.is_unproven() { " ?" } else { "" };
    let mut numbers = Vec::new();
    if !arrow.is_pure_ack() {
        numbers.push(format!("seq={}", arrow.seq));
    }
    if arrow.len > 0 {
        numbers.push(format!("len={}", arrow.len));
    } else {
        numbers.extend(arrow.ack.filter(|_| !arrow.has_flag("RST")).map(|ack| format!("ack={ack}")));
    }
    // The new line is ours.
    format!("{flags}{again}{mark}\\n{}", numbers.join(" "))
}
