//! One event at a time into rows: the same for a saved timeline and for a live one.

use super::remarks;
use super::round_trip::RoundTrip;
use super::slant::UnderWay;
use super::{
    Arrow, CallPart, Called, Change, Content, Folded, FoldedFlow, Lanes, Lifeline, Row, Said, Side, Wait, WaitAction,
};
use crate::tcp::{Basis, State};
use crate::timeline::{Connection, Detail, EndCause, Event, Fate, Phase, Run, SegmentEvent, Timer};

/// A call that only hands something over stands in one row, unless it takes this long.
const LONG_NS: i64 = 1_000_000;

/// What must be remembered from one event of a connection to the next. A fixed size, whatever the connection does.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    origin_ns: Option<i64>,
    last_ns: Option<i64>,
    phase: Option<Phase>,
    states: [Option<State>; 2],
    round_trip: RoundTrip,
    waits: [Waiting; 2],
    windows: [Option<u64>; 2],
    under_way: UnderWay,
    /// A call of which it is not known yet whether it returned before anything else happened.
    held: Option<(Row, Option<i64>)>,
}

/// The TIME-WAIT of one side.
#[derive(Debug, Clone, Copy, Default)]
enum Waiting {
    #[default]
    Never,
    Since {
        begins_ns: i64,
        due_ns: Option<i64>,
    },
    Over,
}

impl Progress {
    /// When the connection's first event was.
    pub fn origin_ns(&self) -> Option<i64> {
        self.origin_ns
    }

    /// The last state shown of each side: left, right.
    pub fn states(&self) -> [Option<State>; 2] {
        self.states
    }

    /// The rows of one event. Events of one connection must come in their order.
    pub fn rows(&mut self, event: &Event, lanes: &Lanes) -> Vec<Row> {
        let mut rows = Vec::new();
        rows.extend(self.held_call(event.t_ns));
        rows.extend(self.arrivals(event.t_ns));
        let pause = self.last_ns.map_or(0, |last| event.t_ns.saturating_sub(last));
        let gap = self.round_trip.is_idle(pause).then(|| self.row(None, Content::Gap { ns: pause }));
        self.last_ns = Some(match &event.detail {
            Detail::Run(run) => run.end_ns.max(event.t_ns),
            _ => event.t_ns,
        });
        let heading = self.heading(event).map(|phase| self.row(None, Content::Phase(phase)));
        // Idle time belongs to TIME-WAIT, which is nothing else; before another phase it ends the last one.
        rows.extend(if event.phase == Phase::TimeWait { [heading, gap] } else { [gap, heading] }.into_iter().flatten());
        rows.extend(self.states_before(event, lanes));
        let changes = self.changes(event, lanes);
        let content = match &event.detail {
            Detail::Segment(segment) => {
                self.round_trip.learn(event.t_ns, segment);
                let mut arrow = arrow(event.t_ns, segment, lanes);
                arrow.is_loss_told = arrow.fate == Fate::Lost && remarks::tell_loss(event);
                arrow.is_made_up = event.notes.iter().any(|note| note.id == "sent-by-neither");
                let said = arrow.from.of_mut(&mut self.windows).replace(arrow.window);
                arrow.window_changed = said != Some(arrow.window);
                arrow.slants = self.under_way.leave(event, &arrow);
                Content::Segment(Box::new(arrow))
            }
            Detail::Run(run) => Content::Folded(folded(event.t_ns, run, lanes)),
            Detail::Timer(timer) => Content::Wait(self.wait(event.t_ns, timer, lanes)),
            Detail::Call(call) => Content::Call(Called::of(call, lanes)),
            Detail::Lookup(lookup) => Content::Lookup(Said::of_lookup(lookup, lanes)),
            Detail::Message(message) => Content::Message(Said::of(message, lanes)),
            Detail::Unknown if changes.is_empty() && event.notes.is_empty() => return rows,
            Detail::Unknown => Content::States,
        };
        let slants = matches!(&content, Content::Segment(arrow) if arrow.slants);
        let notes = remarks::of(event);
        // What is said of an arrow that slants is said where it arrives.
        let notes = if slants { self.under_way.keep_notes(notes) } else { notes };
        let row = Row { event: Some(event.id), changes, notes, ..self.row(Some(event.t_ns), content) };
        match &event.detail {
            Detail::Call(call) => {
                let returns = call.took_ns.map(|took| event.t_ns.saturating_add(took.max(0)));
                self.held = Some((row, returns));
            }
            // What programs did before the first segment has negative times.
            Detail::Lookup(_) => rows.push(row),
            _ => {
                self.origin_ns.get_or_insert(event.t_ns);
                rows.push(row);
            }
        }
        rows
    }

    /// The row of a call, once it is known what came next: one that waited for something returns in a row of its own.
    fn held_call(&mut self, next_ns: i64) -> Option<Row> {
        let (mut row, returns) = self.held.take()?;
        let next_ns = self.under_way.next_ns().map_or(next_ns, |arrives| arrives.min(next_ns));
        let entered = row.t_ns.unwrap_or_default();
        if let (Content::Call(called), Some(returns)) = (&mut row.content, returns.filter(|returns| *returns > next_ns))
            && (called.waits || returns.saturating_sub(entered) >= LONG_NS)
            && self.under_way.keep_return(returns, row.event.unwrap_or_default(), called)
        {
            called.part = CallPart::Entered;
        }
        Some(row)
    }

    /// The rows that only the end of the capture brings: a TIME-WAIT whose end no event has told.
    pub fn finish(&mut self, connection: &Connection, lanes: &Lanes) -> Vec<Row> {
        let mut rows: Vec<Row> = self.held_call(i64::MAX).into_iter().collect();
        rows.extend(self.arrivals(i64::MAX));
        for wait in &connection.time_wait {
            let Some(side) = lanes.side(&wait.endpoint) else { continue };
            if matches!(side.of(&self.waits), Waiting::Over) {
                continue;
            }
            *side.of_mut(&mut self.waits) = Waiting::Over;
            if self.phase != Some(Phase::TimeWait) {
                self.phase = Some(Phase::TimeWait);
                rows.push(self.row(None, Content::Phase(Phase::TimeWait)));
            }
            let content = Content::Wait(Wait {
                side,
                action: match wait.end {
                    EndCause::Expired => WaitAction::Expired,
                    EndCause::Reused => WaitAction::Reused,
                    EndCause::Reset => WaitAction::Reset,
                    EndCause::CaptureEnded | EndCause::LetGo => WaitAction::CaptureEnded,
                },
                elapsed_ns: wait.two_msl_ns.saturating_sub(wait.remaining_ns).max(0),
                total_ns: Some(wait.two_msl_ns),
                due_ns: Some(wait.due_ns),
                remaining_ns: Some(wait.remaining_ns),
                kernel: wait.kernel.clone(),
            });
            rows.push(self.row(Some(wait.end_ns), content));
        }
        rows
    }

    /// The heading that this event asks for. The 2MSL timer starts while the last acknowledgment is still to come: that
    /// start is drawn within the close. Nothing leads back: neither a FIN that comes again during TIME-WAIT nor data that is
    /// repeated after a FIN. (A RST may lead to LISTEN again, and another opening.)
    fn heading(&mut self, event: &Event) -> Option<Phase> {
        let starts =
            matches!(&event.detail, Detail::Timer(Timer { action: WaitAction::Begins | WaitAction::Rearmed, .. }));
        let back = matches!(
            (self.phase, event.phase),
            (Some(Phase::TimeWait), Phase::Close | Phase::Data)
                | (Some(Phase::Close), Phase::Data)
                | (Some(Phase::Data), Phase::Open)
        );
        if self.phase == Some(event.phase) || back || (starts && self.phase.is_some()) {
            return None;
        }
        self.phase = Some(event.phase);
        self.phase
    }

    /// A row of states that were never shown and are only now known to have been.
    fn states_before(&mut self, event: &Event, lanes: &Lanes) -> Option<Row> {
        let mut changes = Vec::new();
        for change in &event.states {
            let (Some(side), Some(state)) = (lanes.side(&change.endpoint), change.from) else { continue };
            if side.of(&self.states).is_none() {
                *side.of_mut(&mut self.states) = Some(state);
                changes.push(Change { side, state, basis: change.from_basis.unwrap_or(Basis::Inferred) });
            }
        }
        (!changes.is_empty()).then(|| Row { changes, ..self.row(None, Content::States) })
    }

    fn changes(&mut self, event: &Event, lanes: &Lanes) -> Vec<Change> {
        let mut changes = Vec::new();
        for change in &event.states {
            let Some(side) = lanes.side(&change.endpoint) else { continue };
            let change = (Change { side, state: change.to, basis: change.basis }, change.at_ns);
            match change {
                (change, Some(at)) if at > event.t_ns && self.under_way.keep_change(at, change) => {}
                (change, _) => {
                    *side.of_mut(&mut self.states) = Some(change.state);
                    changes.push(change);
                }
            }
        }
        changes
    }

    /// The rows of what arrives by now.
    fn arrivals(&mut self, now_ns: i64) -> Vec<Row> {
        let mut rows = Vec::new();
        while let Some(arrived) = self.under_way.next(now_ns) {
            self.last_ns = self.last_ns.max(Some(arrived.at_ns));
            for change in &arrived.changes {
                *change.side.of_mut(&mut self.states) = Some(change.state);
            }
            let (event, content) = match (arrived.returned, arrived.arrival) {
                (Some((event, called)), _) => (Some(event), Content::Call(*called)),
                (None, Some(arrival)) => (Some(arrival.event), Content::Arrival(arrival)),
                (None, None) => (None, Content::States),
            };
            let row = self.row(Some(arrived.at_ns), content);
            rows.push(Row { event, changes: arrived.changes, notes: arrived.notes, ..row });
        }
        rows
    }

    fn wait(&mut self, t_ns: i64, timer: &Timer, lanes: &Lanes) -> Wait {
        let side = lanes.side(&timer.endpoint).unwrap_or(Side::Left);
        let place = side.of_mut(&mut self.waits);
        if matches!(timer.action, WaitAction::Begins | WaitAction::Rearmed) {
            *place = Waiting::Since { begins_ns: t_ns, due_ns: timer.due_ns };
        }
        let (begins_ns, due_ns) = match *place {
            Waiting::Since { begins_ns, due_ns } => (begins_ns, due_ns),
            Waiting::Never | Waiting::Over => (t_ns, timer.due_ns),
        };
        if !matches!(timer.action, WaitAction::Begins | WaitAction::Rearmed) {
            *place = Waiting::Over;
        }
        Wait {
            side,
            action: timer.action,
            elapsed_ns: t_ns.saturating_sub(begins_ns).max(0),
            total_ns: due_ns.map(|due| due.saturating_sub(begins_ns)).filter(|total| *total > 0),
            due_ns,
            remaining_ns: timer.remaining_ns,
            kernel: timer.kernel.clone(),
        }
    }

    fn row(&self, t_ns: Option<i64>, content: Content) -> Row {
        let lifelines = self.states.map(|state| Lifeline::of(state, self.phase == Some(Phase::Open)));
        Row { event: None, t_ns, content, changes: Vec::new(), notes: Vec::new(), lifelines }
    }
}

fn arrow(t_ns: i64, segment: &SegmentEvent, lanes: &Lanes) -> Arrow {
    Arrow {
        from: lanes.sender(&segment.from, &segment.to),
        sent_ns: t_ns,
        received_ns: segment.received_ns,
        slants: false,
        crosses: false,
        fate: segment.fate,
        is_loss_told: false,
        is_made_up: false,
        flags: segment.flags.clone(),
        seq: segment.seq,
        ack: segment.ack,
        len: segment.len,
        window: segment.wnd_bytes.unwrap_or(segment.wnd.into()),
        window_field: segment.wnd,
        window_changed: true,
        options: segment.options.clone(),
        checksum: segment.checksum,
        frame: segment.frame,
        repeats: segment.repeats,
    }
}

fn folded(t_ns: i64, run: &Run, lanes: &Lanes) -> Folded {
    let flow = |flow: &crate::timeline::Flow| FoldedFlow {
        from: lanes.sender(&flow.from, &flow.to),
        segments: flow.segments,
        bytes: flow.bytes,
    };
    Folded {
        count: run.count,
        span_ns: run.end_ns.saturating_sub(t_ns).max(0),
        flows: run.flows.iter().map(flow).collect(),
    }
}
