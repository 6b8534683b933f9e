//! The text notation of segment sequences, and a run of the tracker over one.
//!
//! ```text
//! [+SECONDS] A > S. 300:300(0) ack 101 win 1000 <ts 5 4>   # SYN-SENT  SYN-RECEIVED
//! (what arrives)                                           # ESTABLISHED  SYN-RECEIVED
//! (2 MSL)                                                  # CLOSED  CLOSED
//! ```
//! Right of `#` stand the states of A and B once the segment was sent and received, or whatever became of it; `-` is "not
//! known". A line in brackets tells one more change that stands after the same segment; `(2 MSL)` lets the time go by.
//! `in 10` says that the receiver's capture has the segment 10 ms later, `lost` that it never has it, `appears` that only it
//! has it; without them nothing is known but what the peers answer.
//! `opened three-way` and `closed four-segment` say what the last connection's verdict must be; `told A LISTEN` says what is known beforehand. Without a time a segment comes 1 ms after the one before.
//!
//! A second word names the cause: `opened half-open syn-scan`, `closed reset linger-zero`; `-` is none. `connection 1 opened …`,
//! `connection 1 closed …` speak of another than the last. `connection 1 waits B reused` tells how a TIME-WAIT ended (`capture-ended`
//! for one that still runs), `reused linux-step` what the last connection's SYN was known by, `refused ports` that it did not get
//! them, `refused first` that TIME-WAIT first answered it by the old ACK.
//! `paths VERSION TOKEN TOKEN` (client's, server's) and `joins CONNECTION` say what it has to do with MPTCP.
//! `connections N` says how many there are. `missing N` says how many octets of both sides the capture lacks,
//! `copies N M` how many packets were seen twice, and how many of them the network doubled.
//! `says TEXT` and `says not TEXT` look for words in the verdict or its reasons, in English.
//! `icmp A host-unreachable 99` is an ICMP error about A's segment 99, without a number for any; `too-big` has MTU 1400.
//!
//! `note ID` says that the segment above it bears the note of that rule, `no note ID` that no segment of the sequence does.
//! Flags: `S F R P . E W A` (SYN FIN RST PSH ACK ECE CWR AE). After the numbers, in any order: `win N`, `id N` (IP
//! identification), `ttl N`, `ecn ect0|ect1|ce`, `vlan N`, `if N` (interface), `sum bad|offloaded`, `malformed`, and options in angle
//! brackets: `<mss N> <fo N>` (Fast Open cookie octets) `<wscale N> <sackok> <ts VAL ECR> <sack L:R …> <md5> <ao KEY NEXT>
//! <capable VERSION TOKEN TOKEN> <join TOKEN>` (MPTCP; the tokens of sender and receiver, `-` for none). `port N` is A's port..

use std::net::SocketAddr;

use synfin::annotate::{self, verdict};
use synfin::source::Timestamp;
use synfin::tcp::{
    Checksum, Flags, IcmpError, IcmpReason, MslProfile, Multipath, Options, Passage, Peer, Segment, SeqNumber,
    Signature, State,
};
use synfin::track::{Change, Connection, Ended, Input, News, ReuseProof, Step, Tracker};

/// A sequence as text, read.
pub struct Sequence {
    pub lines: Vec<Line>,
    told: Vec<(Peer, State)>,
    /// Claims about a connection, counted from 1, else about the last.
    claims: Vec<(Option<usize>, String)>,
    same_socket: bool,
    /// The line of a segment, and the rule whose note it must bear.
    pub notes: Vec<(usize, String)>,
    /// Rules that must stay silent throughout.
    pub silent: Vec<String>,
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
    Icmp(IcmpError),
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
    pub multipath: Option<Multipath>,
    pub ip_id: u16,
    pub ttl: u8,
    pub ecn: u8,
    pub vlan: u32,
    /// Of A.
    pub port: u16,
    pub interface: u32,
    pub checksum: Checksum,
    pub malformed: bool,
    pub passage: Passage,
}

impl Sequence {
    pub fn parse(text: &str) -> Sequence {
        let mut sequence = Sequence {
            lines: Vec::new(),
            told: Vec::new(),
            claims: Vec::new(),
            same_socket: false,
            notes: Vec::new(),
            silent: Vec::new(),
        };
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
            let (of, claim) = match left.strip_prefix("connection ").and_then(|rest| rest.split_once(' ')) {
                Some((of, claim)) => (Some(of.parse().expect("a number")), claim),
                None => (None, left),
            };
            if [
                "opened ",
                "closed ",
                "waits ",
                "reused ",
                "refused ",
                "says ",
                "paths ",
                "joins ",
                "connections ",
                "missing ",
                "copies ",
            ]
            .iter()
            .any(|word| claim.starts_with(word))
            {
                sequence.claims.push((of, claim.into()));
                continue;
            }
            if let Some(rule) = left.strip_prefix("no note ") {
                sequence.silent.push(known_rule(rule, index + 1));
                continue;
            }
            if let Some(rule) = left.strip_prefix("note ") {
                let above = sequence.lines.len().checked_sub(1).expect("a segment above");
                sequence.notes.push((above, known_rule(rule, index + 1)));
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
            } else if words.peek() == Some(&"icmp") {
                now = now.add_ns(1_000_000);
                Action::Icmp(sequence.icmp(now, words.skip(1).collect()))
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
                _ => {
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
            };
            assert_eq!(said, words[1], "{claim}");
            if let Some(wanted) = words.get(2) {
                assert_eq!(cause, *wanted, "{claim}: the cause");
            }
        }
    }

    fn icmp(&self, time: Timestamp, words: Vec<&str>) -> IcmpError {
        let [a, b] = self.addresses();
        let (src, dst) = if peer(words[0]) == Peer::A { (a, b) } else { (b, a) };
        let reason = match words[1] {
            "net-unreachable" => IcmpReason::NetUnreachable,
            "host-unreachable" => IcmpReason::HostUnreachable,
            "port-unreachable" => IcmpReason::PortUnreachable,
            "prohibited" => IcmpReason::Prohibited,
            "time-exceeded" => IcmpReason::TimeExceeded,
            "too-big" => IcmpReason::TooBig { mtu: 1400 },
            other => panic!("ICMP {other}?"),
        };
        let seq = words.get(2).map(|seq| SeqNumber(seq.parse().expect("a number")));
        let reporter = "10.0.0.254".parse().unwrap();
        IcmpError { frame: 0, time, reporter, reason, src, dst, seq, vlan: 0, quoted: None }
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

/// What the tracker made of a sequence.
pub struct Run {
    pub states: Vec<[Option<State>; 2]>,
    /// Lines and the rules that spoke there.
    pub notes: Vec<(usize, &'static str)>,
    pub connections: Vec<Connection>,
}

impl Sent {
    fn segment(&self, addresses: [SocketAddr; 2], peer: Peer, frame: u64) -> Segment<'static> {
        let [mut a, b] = addresses;
        if a != b {
            a.set_port(self.port);
        }
        let addresses = [a, b];
        Segment {
            frame,
            time: self.time,
            passage: self.passage,
            interface: self.interface,
            src: *peer.of(&addresses),
            dst: *(!peer).of(&addresses),
            seq: self.seq,
            ack: SeqNumber(self.ack),
            flags: self.flags,
            wnd: self.wnd,
            urgent: 0,
            options: self.options,
            multipath: self.multipath,
            len: self.len,
            payload: &[],
            checksum: self.checksum,
            ttl: self.ttl,
            ecn: self.ecn,
            ip_id: self.ip_id,
            vlan: self.vlan,
            header_len: 20,
            tcp_len: 20 + self.len,
            header_cut: false,
            malformed: self.malformed,
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

fn known_rule(name: &str, line: usize) -> String {
    assert!(annotate::rules().any(|rule| rule.id == name), "line {line}: no rule is called {name}");
    name.into()
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
                'E' => Flags::ECE,
                'W' => Flags::CWR,
                'A' => Flags::AE,
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
        multipath: None,
        ip_id: 0,
        ttl: 64,
        ecn: 0,
        vlan: 0,
        port: 40000,
        interface: 0,
        checksum: Checksum::Valid,
        malformed: false,
        passage: Passage::Unknown,
    };
    let mut rest = words[2..].iter().map(|word| word.trim_matches(['<', '>', ','])).peekable();
    while let Some(word) = rest.next() {
        while let Some(block) = rest.peek().and_then(|text| edges(text)).filter(|_| word == "sack") {
            rest.next();
            sent.options.sack[usize::from(sent.options.sack_len)] = block;
            sent.options.sack_len += 1;
        }
        let mut text = || rest.next().unwrap_or_else(|| panic!("line {line}: {word} what?"));
        let number = |text: &str| text.parse::<u32>().unwrap_or_else(|_| panic!("line {line}: {text} is no number"));
        match word {
            "ack" => sent.ack = number(text()),
            "win" => sent.wnd = number(text()) as u16,
            "id" => sent.ip_id = number(text()) as u16,
            "ttl" => sent.ttl = number(text()) as u8,
            "vlan" => sent.vlan = number(text()),
            "if" => sent.interface = number(text()),
            "ecn" => {
                let wanted = text();
                sent.ecn = ["not", "ect1", "ect0", "ce"].iter().position(|name| *name == wanted).unwrap() as u8;
            }
            "sum" => sent.checksum = if text() == "bad" { Checksum::Invalid } else { Checksum::Offloaded },
            "ts" => sent.options.timestamps = Some((number(text()), number(text()))),
            "fo" => sent.options.fast_open = Some(number(text()) as u8),
            "mss" => sent.options.mss = Some(number(text()) as u16),
            "wscale" => sent.options.wscale = Some(number(text()) as u8),
            "sackok" => sent.options.sack_permitted = true,
            "cookie" => sent.options.fast_open = Some(number(text()) as u8),
            "mptcp" => sent.options.mptcp = Some(number(text()) as u8),
            "capable" => {
                let version = number(text()) as u8;
                let [sender, receiver] = [(); 2].map(|()| text().parse().ok());
                sent.options.mptcp = Some(0);
                sent.multipath = Some(Multipath::Capable { version, sender, receiver });
            }
            "join" => {
                sent.options.mptcp = Some(1);
                sent.multipath = text().parse().ok().map(|token| Multipath::Join { token });
            }
            "port" => sent.port = number(text()) as u16,
            "md5" => sent.options.signature = Some(Signature::Md5),
            "ao" => {
                let [key_id, next_key_id] = [(); 2].map(|()| number(text()) as u8);
                sent.options.signature = Some(Signature::Ao { key_id, next_key_id });
            }
            "malformed" => sent.malformed = true,
            "sack" | "..." => {}
            "in" => sent.passage = Passage::Arrived(time.add_ns(i64::from(number(text())) * 1_000_000)),
            "lost" => sent.passage = Passage::Lost,
            "appears" => sent.passage = Passage::Appeared,
            other => panic!("line {line}: {other}?"),
        }
    }
    sent
}

/// `100:200` as a block.
fn edges(text: &str) -> Option<(SeqNumber, SeqNumber)> {
    let (left, right) = text.split_once(':')?;
    Some((SeqNumber(left.parse().ok()?), SeqNumber(right.parse().ok()?)))
}
