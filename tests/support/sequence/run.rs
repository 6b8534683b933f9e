//! A run of the tracker over a sequence: the states of both peers after each line, and the notes that were made.

use super::{Action, Sequence};
use synfin::annotate;
use synfin::source::Timestamp;
use synfin::tcp::{MslProfile, Peer, State};
use synfin::track::{Change, Connection, Input, News, Step, Tracker};

/// What the tracker made of a sequence.
pub struct Run {
    pub states: Vec<[Option<State>; 2]>,
    /// Lines and the rules that spoke there.
    pub notes: Vec<(usize, &'static str)>,
    pub connections: Vec<Connection>,
}

impl Sequence {
    /// Runs the tracker and gives the states of both peers after each line.
    pub fn run(&self) -> Run {
        let addresses = self.addresses();
        let mut tracker = Tracker::new(MslProfile::Linux);
        for (peer, state) in &self.told {
            tracker.tell(*peer.of(&addresses), *(!*peer).of(&addresses), *state, Timestamp(0));
        }
        // Each change with the line after which it stands.
        let mut log: Vec<(usize, usize, Change)> = Vec::new();
        let mut order = 0;
        let mut notes = Vec::new();
        let mut line_of: Vec<Vec<usize>> = Vec::new();
        let mut frame = 0;
        let mut last_time = Timestamp(0);
        let last = self.lines.len() - 1;
        for (at, line) in self.lines.iter().enumerate() {
            let mut steps = |step: &Step<'_>| {
                let connection = step.connection.id as usize;
                line_of.resize(line_of.len().max(connection + 1), Vec::new());
                if let Input::Segment(seen) = &step.input {
                    line_of[connection].push(at);
                    notes.extend(annotate::annotate(step, seen).map(|(rule, _)| (at, rule.id)));
                }
                if let Input::Icmp(report) = &step.input {
                    notes.extend(annotate::hear(step, report).map(|(rule, _)| (at, rule.id)));
                }
                for change in step.changes {
                    // In the notation A and B are fixed; the tracker's A is who opened this incarnation.
                    let flipped = step.connection.addresses[0] != addresses[0];
                    let mut change = *change;
                    if flipped {
                        change.peer = !change.peer;
                    }
                    match change.news {
                        News::Happened => {
                            let place = match step.input {
                                Input::Timeout { .. } => at,
                                _ => line_of[connection][change.at as usize],
                            };
                            log.push((place, order, change));
                            order += 1;
                        }
                        News::TakenBack => {
                            let undone = log
                                .iter()
                                .rposition(|(_, _, old)| {
                                    old.peer == change.peer && old.from == change.from && old.to == change.to
                                })
                                .expect("what is taken back was told");
                            log.remove(undone);
                        }
                        News::Confirmed => {}
                    }
                }
            };
            match &line.action {
                Action::Send(peer, sent) => {
                    frame += 1;
                    last_time = sent.time;
                    tracker.push(&sent.segment(addresses, *peer, frame), &mut steps);
                }
                Action::TwoMsl => {
                    tracker.advance(last_time.add_ns(60_500_000_000), &mut steps);
                }
                Action::Arrives => {}
                Action::Icmp(error) => tracker.hear_icmp(error, &mut steps),
            }
            if at == last {
                // What is under way at the end arrives.
                tracker.advance(last_time.add_ns(1_000_000_000), &mut steps);
            }
        }
        log.sort_by_key(|(place, order, _)| (*place, *order));
        Run {
            states: self.states_by_line(&log),
            notes,
            connections: tracker.connections().into_iter().cloned().collect(),
        }
    }

    /// One socket has one state.
    fn seen(&self, [a, b]: [Option<State>; 2]) -> [Option<State>; 2] {
        [a, if self.same_socket { a } else { b }]
    }

    fn states_by_line(&self, log: &[(usize, usize, Change)]) -> Vec<[Option<State>; 2]> {
        let mut now = Peer::BOTH.map(|peer| {
            let told = self.told.iter().find(|(who, _)| *who == peer).map(|(_, state)| *state);
            told.or_else(|| {
                log.iter().find(|(_, _, change)| change.peer == peer).and_then(|(_, _, change)| change.from)
            })
        });
        let mut result = Vec::new();
        let mut changes = log.iter().peekable();
        let mut held: Vec<&Change> = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            if let Action::Arrives = line.action {
                if !held.is_empty() {
                    let change = held.remove(0);
                    *change.peer.of_mut(&mut now) = Some(change.to);
                }
                result.push(self.seen(now));
                continue;
            }
            let mut here: Vec<&Change> = Vec::new();
            while let Some((_, _, change)) = changes.next_if(|(place, _, _)| *place <= at) {
                here.push(change);
            }
            let arrivals =
                self.lines[at + 1..].iter().take_while(|line| matches!(line.action, Action::Arrives)).count();
            held = here.split_off(here.len().saturating_sub(arrivals));
            for change in here {
                *change.peer.of_mut(&mut now) = Some(change.to);
            }
            result.push(self.seen(now));
        }
        result
    }
}
