//! The text notation of segment sequences, and a run of the tracker over one.
//!
//! ```text
//! [+SECONDS] A > S. 300:300(0) ack 101 win 1000 <ts 5 4>   # SYN-SENT  SYN-RECEIVED
//! (what arrives)                                           # ESTABLISHED  SYN-RECEIVED
//! (2 MSL)                                                  # CLOSED  CLOSED
//! ```
//! Right of `#` stand the states of A and B once the segment was sent and received, or whatever became of it; `-` is "not
//! known". A line in brackets tells one more change that stands after the same segment; `(2 MSL)` lets the time go by.
//! `opened three-way` and `closed four-segment` say what the last connection's verdict must be; `told A LISTEN` says what is known beforehand. Without a time a segment comes 1 ms after the one before.

use std::net::SocketAddr;

use synfin::annotate::verdict;
use synfin::source::Timestamp;
use synfin::tcp::{Checksum, Flags, MslProfile, Options, Peer, Segment, SeqNumber, State};
use synfin::track::{Change, Connection, Input, News, Step, Tracker};

/// A sequence as text, read.
pub struct Sequence {
    pub lines: Vec<Line>,
    told: Vec<(Peer, State)>,
    opened: Option<String>,
    closed: Option<String>,
    same_socket: bool,
}

pub struct Line {
    pub number: usize,
    pub text: String,
    pub action: Action,
    /// Of A and B; `None` for `-`.
    pub states: Option<[Option<State>; 2]>,
}

pub enum Action {
    Send(Peer, Sent),
    Arrives,
    TwoMsl,
}

/// A segment as the notation has it.
#[derive(Clone)]
pub struct Sent {
    pub time: Timestamp,
    pub flags: Flags,
    pub seq: SeqNumber,
    pub len: u32,
    pub ack: u32,
    pub wnd: u16,
    pub options: Options,
}

impl Sequence {
    pub fn parse(text: &str) -> Sequence {
        let mut sequence =
            Sequence { lines: Vec::new(), told: Vec::new(), opened: None, closed: None, same_socket: false };
        let mut now = Timestamp(1_000_000_000_000_000_000);
        for (index, raw) in text.lines().enumerate() {
            let (left, right) = raw.split_once('#').map_or((raw, None), |(left, right)| (left, Some(right)));
            let left = left.trim();
            if left.is_empty() {
                continue;
            }
            let mut words = left.split_whitespace().peekable();
            if words.peek() == Some(&"told") {
                let words: Vec<_> = words.collect();
                sequence.told.push((peer(words[1]), State::from_name(words[2]).expect("a state")));
                continue;
            }
            if let Some(kind) = left.strip_prefix("opened ") {
                sequence.opened = Some(kind.into());
                continue;
            }
            if let Some(kind) = left.strip_prefix("closed ") {
                sequence.closed = Some(kind.into());
                continue;
            }
            if left == "same socket" {
                sequence.same_socket = true;
                continue;
            }
            let states = right.map(|right| {
                let mut names = right.split_whitespace();
                [0, 1].map(|_| {
                    let name = names.next().unwrap_or_else(|| panic!("line {}: two states wanted", index + 1));
                    (name != "-")
                        .then(|| State::from_name(name).unwrap_or_else(|| panic!("line {}: {name}?", index + 1)))
                })
            });
            let action = if left == "(2 MSL)" {
                now = now.add_ns(61_000_000_000);
                Action::TwoMsl
            } else if left.starts_with('(') {
                Action::Arrives
            } else {
                let step = match words.peek().and_then(|word| word.strip_prefix('+')) {
                    Some(seconds) => {
                        words.next();
                        (seconds.parse::<f64>().expect("seconds") * 1e9) as i64
                    }
                    None => 1_000_000,
                };
                now = now.add_ns(step);
                let sender = peer(words.next().expect("A or B"));
                assert_eq!(words.next(), Some(">"), "line {}", index + 1);
                Action::Send(sender, sent(now, words.collect(), index + 1))
            };
            sequence.lines.push(Line { number: index + 1, text: left.to_string(), action, states });
        }
        sequence
    }

    pub fn addresses(&self) -> [SocketAddr; 2] {
        let a: SocketAddr = "10.0.0.1:40000".parse().unwrap();
        [a, if self.same_socket { a } else { "10.0.0.2:80".parse().unwrap() }]
    }

    /// Every segment, ready to be pushed.
    pub fn segments(&self) -> Vec<Segment<'static>> {
        let addresses = self.addresses();
        let sends = self.lines.iter().filter_map(|line| match &line.action {
            Action::Send(peer, sent) => Some((*peer, sent)),
            _ => None,
        });
        sends.enumerate().map(|(i, (peer, sent))| sent.segment(addresses, peer, i as u64 + 1)).collect()
    }

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
        self.check_verdict(run.connections.last().expect("a connection"));
        run.connections
    }

    fn check_verdict(&self, connection: &Connection) {
        let name = |kind: serde_json::Value| kind.as_str().unwrap().to_string();
        let opening = verdict::opening(connection);
        if let Some(wanted) = &self.opened {
            assert_eq!(name(serde_json::to_value(opening.kind).unwrap()), *wanted, "opened how");
        }
        if let Some(wanted) = &self.closed {
            let closing = verdict::closing(connection, opening.kind);
            assert_eq!(name(serde_json::to_value(closing.kind).unwrap()), *wanted, "closed how");
        }
    }

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
        let mut line_of: Vec<Vec<usize>> = Vec::new();
        let mut frame = 0;
        let mut last_time = Timestamp(0);
        for (at, line) in self.lines.iter().enumerate() {
            let mut steps = |step: &Step<'_>| {
                let connection = step.connection.id as usize;
                line_of.resize(line_of.len().max(connection + 1), Vec::new());
                if let Input::Segment(_) = step.input {
                    line_of[connection].push(at);
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
                                Input::Segment(_) => line_of[connection][change.at as usize],
                                _ => at,
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
            }
        }
        log.sort_by_key(|(place, order, _)| (*place, *order));
        Run { states: self.states_by_line(&log), connections: tracker.connections().to_vec() }
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

/// What the tracker made of a sequence.
pub struct Run {
    pub states: Vec<[Option<State>; 2]>,
    pub connections: Vec<Connection>,
}

impl Sent {
    fn segment(&self, addresses: [SocketAddr; 2], peer: Peer, frame: u64) -> Segment<'static> {
        Segment {
            frame,
            time: self.time,
            interface: 0,
            src: *peer.of(&addresses),
            dst: *(!peer).of(&addresses),
            seq: self.seq,
            ack: SeqNumber(self.ack),
            flags: self.flags,
            wnd: self.wnd,
            urgent: 0,
            options: self.options,
            len: self.len,
            payload: &[],
            checksum: Checksum::Valid,
            ttl: 64,
            ecn: 0,
            ip_id: 0,
            vlan: 0,
            malformed: false,
        }
    }
}

fn peer(word: &str) -> Peer {
    match word {
        "A" => Peer::A,
        "B" => Peer::B,
        other => panic!("A or B, not {other}"),
    }
}

fn sent(time: Timestamp, words: Vec<&str>, line: usize) -> Sent {
    let mut flags = Flags(0);
    for letter in words[0].chars() {
        flags = flags
            | match letter {
                'S' => Flags::SYN,
                'F' => Flags::FIN,
                'R' => Flags::RST,
                'P' => Flags::PSH,
                '.' => Flags::ACK,
                other => panic!("line {line}: flag {other}?"),
            };
    }
    let (start, rest) = words[1].split_once(':').unwrap_or_else(|| panic!("line {line}: seq:end(len) wanted"));
    let (_, len) = rest.trim_end_matches(')').split_once('(').unwrap_or_else(|| panic!("line {line}: (len) wanted"));
    let mut sent = Sent {
        time,
        flags,
        seq: SeqNumber(start.parse().unwrap()),
        len: len.parse().unwrap(),
        ack: 0,
        wnd: 1000,
        options: Options::default(),
    };
    let mut rest = words[2..].iter();
    while let Some(word) = rest.next() {
        let mut number =
            || rest.next().and_then(|word| word.trim_end_matches('>').parse::<u32>().ok()).expect("a number");
        match *word {
            "ack" => sent.ack = number(),
            "win" => sent.wnd = number() as u16,
            "<ts" => sent.options.timestamps = Some((number(), number())),
            "..." => {}
            other => panic!("line {line}: {other}?"),
        }
    }
    sent
}
