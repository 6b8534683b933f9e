//! What a sequence claims of states, notes and connections, held against a run.

use super::run::Run;
use super::{Sequence, peer};
use synfin::annotate::verdict;
use synfin::tcp::{MslProfile, State};
use synfin::track::{Connection, Ended, ReuseProof};

/// What a claim begins with; [`Sequence::check_claims`] knows each of them.
pub(super) const WORDS: [&str; 11] =
    ["opened", "closed", "waits", "reused", "refused", "says", "paths", "joins", "connections", "missing", "copies"];

impl Sequence {
    /// Runs the tracker. Panics, with a table, where a state differs from what a line says.
    pub fn check(&self) -> Vec<Connection> {
        let run = self.run();
        let mut complaints = Vec::new();
        for (line, states) in self.lines.iter().zip(&run.states) {
            if let Some(wanted) = line.states
                && wanted != *states
            {
                complaints.push(line.number);
            }
        }
        if !complaints.is_empty() {
            let mut table = String::new();
            for (line, states) in self.lines.iter().zip(&run.states) {
                let name = |state: &Option<State>| state.map_or("-", State::name);
                let mark = if complaints.contains(&line.number) { "✗" } else { " " };
                table += &format!("{mark} {:<50} # {:<13} {}\n", line.text, name(&states[0]), name(&states[1]));
            }
            panic!("lines {complaints:?} differ; the tracker says:\n{table}");
        }
        self.check_notes(&run);
        self.check_claims(&run.connections);
        run.connections
    }

    fn check_notes(&self, run: &Run) {
        let told = || {
            let line = |(at, id): &(usize, &str)| {
                format!("line {}: {} bears {id}\n", self.lines[*at].number, self.lines[*at].text)
            };
            run.notes.iter().map(line).collect::<String>()
        };
        for (at, rule) in &self.notes {
            let is_there = run.notes.iter().any(|(place, id)| place == at && id == rule);
            assert!(is_there, "line {}: no note {rule}\n{}", self.lines[*at].number, told());
        }
        for rule in &self.silent {
            assert!(run.notes.iter().all(|(_, id)| id != rule), "{rule} should be silent\n{}", told());
        }
    }

    fn check_claims(&self, connections: &[Connection]) {
        let name = |kind: serde_json::Value| kind.as_str().unwrap_or("-").to_string();
        for (of, claim) in &self.claims {
            let connection = &connections[of.map_or(connections.len(), |of| of) - 1];
            let words: Vec<&str> = claim.split_whitespace().collect();
            let opening = verdict::opening(connection);
            let (said, cause) = match words[0] {
                "opened" => {
                    let cause = verdict::open_cause(connection, opening.kind);
                    (name(serde_json::to_value(opening.kind).unwrap()), name(serde_json::to_value(cause).unwrap()))
                }
                "closed" => {
                    let closing = verdict::closing(connection, opening.kind);
                    let cause = verdict::close_cause(connection, closing.kind);
                    (name(serde_json::to_value(closing.kind).unwrap()), name(serde_json::to_value(cause).unwrap()))
                }
                "waits" => {
                    let wait = peer(words[1]).of(&connection.time_wait).expect("a TIME-WAIT");
                    let ended = match wait.ended.map(|(ended, _)| ended) {
                        None => "capture-ended",
                        Some(Ended::Expired) => "expired",
                        Some(Ended::Reused) => "reused",
                        Some(Ended::Reset | Ended::ResetByNext) => "reset",
                        Some(Ended::Unwatched) => "not watched",
                    };
                    (words[1].to_string(), ended.to_string())
                }
                "paths" => {
                    let paths = connection.paths().expect("MPTCP");
                    let told = [paths.version.map(u32::from), paths.tokens[0], paths.tokens[1]];
                    let told = told.map(|number| number.map_or("-".into(), |number| number.to_string()));
                    assert_eq!(told[..], words[1..], "{claim}");
                    continue;
                }
                "joins" => {
                    let joins = connection.paths().and_then(|paths| paths.joins).expect("a further path");
                    (joins.of.map_or("-".into(), |of| of.to_string()), String::new())
                }
                "connections" => {
                    assert_eq!(connections.len().to_string(), words[1], "{claim}");
                    continue;
                }
                "copies" => {
                    let told = [connection.captured_twice(), connection.doubled_by_network()];
                    assert_eq!(told.map(|count| count.to_string())[..], words[1..], "{claim}");
                    continue;
                }
                "missing" => {
                    let missing: u64 = connection.flows.iter().map(|flow| flow.missing).sum();
                    assert_eq!(missing.to_string(), words[1], "{claim}");
                    continue;
                }
                "says" => {
                    let closing = verdict::closing(connection, opening.kind);
                    let story = verdict::story(connection, &opening, &closing, MslProfile::Linux);
                    let all = format!("{}\n{}\n{}", opening.why.en, closing.why.en, story.en);
                    let (wanted, text) = match claim["says ".len()..].strip_prefix("not ") {
                        Some(text) => (false, text),
                        None => (true, &claim["says ".len()..]),
                    };
                    assert_eq!(all.contains(text), wanted, "{claim}\n{all}");
                    continue;
                }
                "reused" | "refused" => {
                    let reuse = connection.evidence.as_ref().and_then(|evidence| evidence.reuse).expect("a reuse");
                    let is_first = words[1] == "first";
                    assert!(is_first || reuse.taken == (words[0] == "reused"), "{claim}");
                    let proof = match reuse.proof {
                        _ if reuse.refused_first => "first",
                        _ if !reuse.taken => "ports",
                        Some(ReuseProof::LinuxStep) => "linux-step",
                        Some(ReuseProof::Timestamp) => "timestamp",
                        Some(ReuseProof::LargerNumber) => "larger-number",
                        None => "-",
                    };
                    (proof.to_string(), String::new())
                }
                other => panic!("nothing checks the claim {other}"),
            };
            assert_eq!(said, words[1], "{claim}");
            if let Some(wanted) = words.get(2) {
                assert_eq!(cause, *wanted, "{claim}: the cause");
            }
        }
    }
}
