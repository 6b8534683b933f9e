//! Timelines made by hand, as the analyser would make them.

mod lives;

pub use lives::*;

use std::net::{IpAddr, Ipv4Addr};
use synfin::tcp::{Basis, MslProfile, State};
use synfin::timeline::*;

pub const MS: i64 = 1_000_000;
pub const S: i64 = 1_000_000_000;

/// Grows a timeline event by event.
pub struct Build {
    pub timeline: Timeline,
    connection: u64,
    client: String,
    server: String,
    now: i64,
    phase: Phase,
}

impl Build {
    pub fn new() -> Build {
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Build::between((localhost, 51000), (localhost, 8080))
    }

    pub fn between(client: (IpAddr, u16), server: (IpAddr, u16)) -> Build {
        let timeline = Timeline {
            schema: SCHEMA.to_string(),
            generator: Generator { name: "synfin".to_string(), version: "0.1.0".to_string() },
            source: Source {
                kind: SourceKind::Live,
                name: "lo".to_string(),
                start: Some("2026-01-01T00:00:00.123456789Z".to_string()),
                vantage: Vantage::Loopback,
                msl_profile: MslProfile::Linux,
                packets: Packets { seen: 10, decoded: 10, dropped: 0, captured_twice: 0 },
                skipped: Vec::new(),
                warnings: Vec::new(),
                interfaces: Vec::new(),
                comments: Vec::new(),
                captured_by: None,
                anonymized: false,
                clock: None,
            },
            endpoints: Vec::new(),
            connections: Vec::new(),
            events: Vec::new(),
            steps: Vec::new(),
            overview: None,
            other_calls: Vec::new(),
            lookups: Vec::new(),
            lookups_left_out: 0,
            selection: None,
        };
        let mut build =
            Build { timeline, connection: 0, client: String::new(), server: String::new(), now: 0, phase: Phase::Open };
        build.connect(client, server);
        build
    }

    /// Begins another connection.
    pub fn connect(&mut self, client: (IpAddr, u16), server: (IpAddr, u16)) {
        self.client = self.endpoint(Role::Client, client);
        self.server = self.endpoint(Role::Server, server);
        self.connection += 1;
        self.phase = Phase::Open;
        self.timeline.connections.push(Connection {
            id: self.connection,
            client: self.client.clone(),
            server: self.server.clone(),
            incarnation: 1,
            start_ns: self.now,
            end_ns: self.now,
            open: Open {
                kind: OpenKind::ThreeWay,
                basis: Basis::Observed,
                title: Text::new("three-way handshake", "三次握手"),
                why: Text::new("SYN, SYN-ACK and ACK were seen.", "看到了 SYN、SYN-ACK 和 ACK。"),
                syn_to_synack_ns: None,
                synack_to_ack_ns: None,
                rtt_ns: None,
                rtt_valid: true,
                syn_retransmissions: 0,
                syn_waits_ns: Vec::new(),
                syn_backoff: None,
                fast_open: None,
                icmp: None,
                reuse: None,
                cause: None,
                synack_retransmissions: 0,
                negotiated: None,
            },
            close: Close {
                kind: CloseKind::None,
                basis: Basis::Observed,
                title: Text::new("not seen", "未见关闭"),
                why: Text::default(),
                active_closer: None,
                reset_by: Vec::new(),
                fin_retransmissions: 0,
                idle_before_reset_ns: None,
                ignored_resets: 0,
                cause: None,
                late_bytes: 0,
            },
            time_wait: Vec::new(),
            history: "ShA".to_string(),
            zeek: None,
            totals: Totals::default(),
            ways: None,
            kernel_states: Vec::new(),
            kernel_samples: Vec::new(),
            kernel_acts: Vec::new(),
            kernel_agreement: None,
            captured_twice: 0,
            doubled_by_network: 0,
            mptcp: None,
            last_states: EndStates { client: None, server: None },
            verdict: Text::default(),
        });
    }

    fn endpoint(&mut self, role: Role, (ip, port): (IpAddr, u16)) -> String {
        if let Some(known) = self.timeline.endpoints.iter().find(|known| (known.ip, known.port) == (ip, port)) {
            return known.id.clone();
        }
        let id = format!("e{}", self.timeline.endpoints.len() + 1);
        self.timeline.endpoints.push(Endpoint {
            id: id.clone(),
            role,
            ip,
            port,
            name: None,
            seen_as: None,
            process: None,
        });
        id
    }

    pub fn client(&self) -> String {
        self.client.clone()
    }

    pub fn server(&self) -> String {
        self.server.clone()
    }

    pub fn it(&mut self) -> &mut Connection {
        self.timeline.connections.last_mut().unwrap()
    }

    pub fn event(&mut self) -> &mut Event {
        self.timeline.events.last_mut().unwrap()
    }

    pub fn at(&mut self, t_ns: i64) -> &mut Build {
        self.now = t_ns;
        self.it().end_ns = t_ns;
        self
    }

    pub fn phase(&mut self, phase: Phase) -> &mut Build {
        self.phase = phase;
        self
    }

    pub fn push(&mut self, detail: Detail) -> &mut Build {
        self.timeline.events.push(Event {
            id: self.timeline.events.len() as u64 + 1,
            connection: self.connection,
            t_ns: self.now,
            phase: self.phase,
            detail,
            states: Vec::new(),
            notes: Vec::new(),
            comments: Vec::new(),
        });
        self
    }

    /// `flags` as `SYN,ACK`; `seq..` and so on relative.
    pub fn segment(&mut self, from_client: bool, flags: &str, seq: i64, ack: Option<i64>, len: u32) -> &mut Build {
        let (from, to) = if from_client { (self.client(), self.server()) } else { (self.server(), self.client()) };
        let syn = flags.contains("SYN");
        let totals = &mut self.it().totals;
        let flow = if from_client { &mut totals.client } else { &mut totals.server };
        flow.segments += 1;
        flow.bytes += u64::from(len);
        let frame = self.timeline.events.len() as u64 + 1;
        let options = if syn {
            SegmentOptions {
                mss: Some(65495),
                wscale: Some(7),
                sack_permitted: true,
                timestamps: Some([305419896, 0]),
                ..SegmentOptions::default()
            }
        } else {
            SegmentOptions { timestamps: Some([305419900, 305419896]), ..SegmentOptions::default() }
        };
        self.push(Detail::Segment(SegmentEvent {
            octets: None,
            from,
            to,
            received_ns: None,
            fate: Fate::Received,
            flags: flags.split(',').map(str::to_string).collect(),
            seq,
            seq_raw: 305419896_u32.wrapping_add(seq as u32),
            ack,
            ack_raw: ack.map(|ack| ack as u32),
            len,
            wnd: if syn { 65495 } else { 512 },
            wnd_bytes: Some(if syn { 65495 } else { 65536 }),
            options,
            checksum: Checksum::Offloaded,
            frame,
            repeats: None,
            wireshark: None,
        }))
    }

    pub fn c(&mut self, flags: &str, seq: i64, ack: Option<i64>, len: u32) -> &mut Build {
        self.segment(true, flags, seq, ack, len)
    }

    pub fn s(&mut self, flags: &str, seq: i64, ack: Option<i64>, len: u32) -> &mut Build {
        self.segment(false, flags, seq, ack, len)
    }

    /// The last event brought this peer to a state.
    pub fn state(&mut self, client: bool, from: Option<State>, to: State, basis: Basis) -> &mut Build {
        let endpoint = if client { self.client() } else { self.server() };
        let change = StateChange {
            endpoint,
            from,
            from_basis: None,
            to,
            basis,
            signal: "x".to_string(),
            rfc: "9293 3.10".to_string(),
            at_ns: None,
            evidence: None,
        };
        self.event().states.push(change);
        self
    }

    pub fn note(&mut self, severity: Severity, en: &str, zh: &str) -> &mut Build {
        self.event().notes.push(Note {
            id: "a-rule".to_string(),
            severity,
            text: Text::new(en, zh),
            rfc: "9293 3.5".to_string(),
            related: Vec::new(),
        });
        self
    }

    pub fn lost(&mut self) -> &mut Build {
        if let Detail::Segment(segment) = &mut self.event().detail {
            segment.fate = Fate::Lost;
        }
        self
    }

    pub fn repeats(&mut self, id: u64) -> &mut Build {
        if let Detail::Segment(segment) = &mut self.event().detail {
            segment.repeats = Some(id);
        }
        self
    }

    /// A whole three-way handshake, `rtt` ns long.
    pub fn handshake(&mut self, rtt: i64) -> &mut Build {
        use State::*;
        let start = self.now;
        self.c("SYN", 0, None, 0).state(true, Some(Closed), SynSent, Basis::Observed).note(
            Severity::Lesson,
            "Asks for a connection; a SYN uses one sequence number.",
            "请求建立连接；SYN 占用一个序号。",
        );
        self.at(start + rtt / 2).s("SYN,ACK", 0, Some(1), 0).state(false, Some(Listen), SynReceived, Basis::Observed);
        self.state(true, Some(SynSent), Established, Basis::Inferred).note(
            Severity::Lesson,
            "ack = 1: the client's SYN was received, and it uses one number.",
            "ack = 1：已收到客户端的 SYN，它占用一个序号。",
        );
        self.at(start + rtt).c("ACK", 1, Some(1), 0).state(false, Some(SynReceived), Established, Basis::Inferred);
        let open = &mut self.it().open;
        open.rtt_ns = Some(rtt);
        open.syn_to_synack_ns = Some(rtt / 2);
        open.synack_to_ack_ns = Some(rtt - rtt / 2);
        self.phase(Phase::Data)
    }

    pub fn timer(
        &mut self,
        client: bool,
        action: TimerAction,
        due_ns: Option<i64>,
        remaining_ns: Option<i64>,
    ) -> &mut Build {
        let endpoint = if client { self.client() } else { self.server() };
        self.push(Detail::Timer(Timer { endpoint, action, due_ns, remaining_ns, kernel: None }))
    }

    pub fn done(self) -> Timeline {
        self.timeline
    }
}
