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
//! has it, `twice` behind `in 10` that it has it twice; without them nothing is known but what the peers answer.
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
//! `on loopback` puts both peers on one host.
//!
//! `note ID` says that the segment above it bears the note of that rule, `no note ID` that no segment of the sequence does.
//! Flags: `S F R P . E W A` (SYN FIN RST PSH ACK ECE CWR AE). After the numbers, in any order: `win N`, `id N` (IP
//! identification), `ttl N`, `ecn ect0|ect1|ce`, `vlan N`, `if N` (interface), `sum bad|offloaded`, `malformed`, and options in angle
//! brackets: `<mss N> <fo N>` (Fast Open cookie octets) `<wscale N> <sackok> <ts VAL ECR> <sack L:R …> <md5> <ao KEY NEXT>
//! <capable VERSION TOKEN TOKEN> <join TOKEN>` (MPTCP; the tokens of sender and receiver, `-` for none). `port N` is A's port.

mod claims;
mod run;
mod segment;

pub use run::Run;
pub use segment::Sent;

use segment::sent;
use std::net::SocketAddr;
use synfin::annotate;
use synfin::source::Timestamp;
use synfin::tcp::{IcmpError, IcmpReason, Peer, Segment, SeqNumber, State};

/// A sequence as text, read.
pub struct Sequence {
    pub lines: Vec<Line>,
    told: Vec<(Peer, State)>,
    /// Claims about a connection, counted from 1, else about the last.
    claims: Vec<(Option<usize>, String)>,
    same_socket: bool,
    on_loopback: bool,
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

impl Sequence {
    pub fn parse(text: &str) -> Sequence {
        let mut sequence = Sequence {
            lines: Vec::new(),
            told: Vec::new(),
            claims: Vec::new(),
            same_socket: false,
            on_loopback: false,
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
            if claims::WORDS.iter().any(|word| claim.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '))) {
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
            if left == "on loopback" {
                sequence.on_loopback = true;
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
        let [a, b] =
            if self.on_loopback { ["127.0.0.1:40000", "127.0.0.1:80"] } else { ["10.0.0.1:40000", "10.0.0.2:80"] };
        let a: SocketAddr = a.parse().unwrap();
        [a, if self.same_socket { a } else { b.parse().unwrap() }]
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
