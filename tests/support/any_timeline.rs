//! Any timeline: arbitrary words, times, ids and states, whether or not they make sense.

use super::life::Build;
use proptest::prelude::*;
use synfin::tcp::{Basis, CallName, State};
use synfin::timeline::*;

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[a-z ]{0,200}",
        "[\u{0}-\u{20}\u{7f}-\u{9f}\u{200b}-\u{202e}]{0,20}",
        "[，。中文字（） a-z]{0,60}",
        Just("e1".to_string()),
        Just("e2".to_string()),
        Just("x".repeat(5_000)),
    ]
}

fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![0..2_000_000_000_i64, any::<i64>(), Just(i64::MAX), Just(i64::MIN)]
}

fn any_state() -> impl Strategy<Value = State> {
    (0..State::ALL.len()).prop_map(|at| State::ALL[at])
}

fn any_basis() -> impl Strategy<Value = Basis> {
    prop_oneof![Just(Basis::Observed), Just(Basis::Inferred), Just(Basis::Kernel)]
}

fn any_phase() -> impl Strategy<Value = Phase> {
    prop_oneof![Just(Phase::Lookup), Just(Phase::Open), Just(Phase::Data), Just(Phase::Close), Just(Phase::TimeWait)]
}

fn any_action() -> impl Strategy<Value = TimerAction> {
    prop_oneof![
        Just(TimerAction::Begins),
        Just(TimerAction::Rearmed),
        Just(TimerAction::Expired),
        Just(TimerAction::Reset),
        Just(TimerAction::CaptureEnded)
    ]
}

fn any_severity() -> impl Strategy<Value = Severity> {
    prop_oneof![Just(Severity::Lesson), Just(Severity::Note), Just(Severity::Warning), Just(Severity::Error)]
}

fn any_kernel() -> impl Strategy<Value = Option<KernelTimer>> {
    proptest::option::of(
        (any_time(), any_time(), proptest::option::of(any_time()))
            .prop_map(|(asked_ns, remaining_ns, gone_ns)| KernelTimer { asked_ns, remaining_ns, gone_ns }),
    )
}

fn any_segment() -> impl Strategy<Value = Detail> {
    let fate = prop_oneof![Just(Fate::Received), Just(Fate::Lost), Just(Fate::Unknown)];
    let flags = proptest::collection::vec(
        prop_oneof![Just("SYN".to_string()), Just("ACK".to_string()), Just("FIN".to_string()), any_text()],
        0..12,
    );
    let numbers = (any::<i64>(), proptest::option::of(any::<i64>()), any::<u32>(), proptest::option::of(any::<u64>()));
    let options = (any::<u16>(), any::<u8>(), any::<bool>(), proptest::collection::vec(any::<[i64; 2]>(), 0..20));
    (any_text(), any_text(), fate, flags, numbers, options, proptest::option::of(any::<u64>())).prop_map(
        |(from, to, fate, flags, (seq, ack, len, wnd_bytes), (mss, shift, other, sack), repeats)| {
            Detail::Segment(SegmentEvent {
                octets: None,
                from,
                to,
                received_ns: None,
                fate,
                flags,
                seq,
                seq_raw: 0,
                ack,
                ack_raw: None,
                len,
                wnd: mss,
                wnd_bytes,
                options: SegmentOptions {
                    mss: Some(mss),
                    wscale: Some(shift),
                    sack_permitted: other,
                    timestamps: Some([len, len]),
                    sack,
                    fast_open: Some(shift),
                    mptcp: Some(shift),
                    signed: other,
                    md5: other,
                    ao: Some(AoKeys { key_id: shift, next_key_id: shift }),
                    other: vec![shift; 30],
                    malformed: other,
                },
                checksum: Checksum::Invalid,
                frame: 1,
                repeats,
                wireshark: other.then(|| Wireshark {
                    stream: len,
                    analysis: vec!["retransmission".into()],
                    ack_rtt_ns: Some(-1),
                    duplicate_ack_num: Some(len),
                    duplicate_ack_frame: Some(1),
                }),
            })
        },
    )
}

fn any_call() -> impl Strategy<Value = Detail> {
    let name = (0..CallName::ALL.len()).prop_map(|place| CallName::ALL[place]);
    let result = (proptest::option::of(any::<u64>()), proptest::option::of(any_text()));
    (any_text(), name, any_text(), result, proptest::option::of(any_time()), any_text()).prop_map(
        |(endpoint, call, arguments, (result, error), took_ns, words)| {
            let text = Text::new(words.clone(), words);
            Detail::Call(Call {
                endpoint,
                program: error.clone(),
                call,
                arguments,
                times: result,
                result,
                error,
                took_ns,
                text,
            })
        },
    )
}

fn any_lookup() -> BoxedStrategy<Detail> {
    (any_text(), any_text(), proptest::collection::vec(any_text(), 0..4), any_time(), any::<bool>())
        .prop_map(|(endpoint, name, texts, answered_ns, used)| {
            let ip = "2001:db8::ffff:1234:5678:9abc".parse().unwrap();
            let text = |text: &String| Text::new(text.clone(), text.clone());
            Detail::Lookup(Box::new(Lookup {
                endpoint,
                program: texts.first().cloned(),
                record_type: texts.first().cloned(),
                asked: Asked::HostsFile { path: name.clone() },
                outcome: LookupOutcome::Addresses,
                rcode: texts.last().cloned(),
                answered_ns: Some(answered_ns),
                again_ns: vec![answered_ns],
                aliases: texts.clone(),
                records: vec![LookupRecord { record_type: "MX".into(), data: name.clone(), ttl_s: u32::MAX }],
                addresses: vec![LookupAddress {
                    ip,
                    scope: synfin::tcp::Scope::Documentation,
                    ttl_s: Some(u32::MAX),
                    line: Some(u64::MAX),
                    used,
                }],
                addresses_left_out: 5,
                frames: vec![0],
                after: vec![Attempt { ip, connection: 0, outcome: OpenKind::Refused }],
                problems: texts.iter().map(text).collect(),
                text: text(&name),
                name,
            }))
        })
        .boxed()
}

fn any_detail() -> impl Strategy<Value = Detail> {
    let flow = (any_text(), any_text(), any::<u64>(), any::<u64>()).prop_map(|(from, to, segments, bytes)| Flow {
        from,
        to,
        segments,
        bytes,
    });
    prop_oneof![
        any_segment(),
        (any_time(), any::<u64>(), proptest::collection::vec(flow, 0..4)).prop_map(|(end_ns, count, flows)| {
            Detail::Run(Run { end_ns, first_frame: 1, last_frame: 2, count, flows })
        }),
        (any_text(), any_action(), proptest::option::of(any_time()), proptest::option::of(any_time()), any_kernel())
            .prop_map(|(endpoint, action, due_ns, remaining_ns, kernel)| {
                Detail::Timer(Timer { endpoint, action, due_ns, remaining_ns, kernel })
            }),
        any_call(),
        any_lookup(),
        Just(Detail::Unknown),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let change = (any_text(), proptest::option::of(any_state()), any_state(), any_basis()).prop_map(
        |(endpoint, from, to, basis)| StateChange {
            endpoint,
            from,
            from_basis: None,
            to,
            basis,
            signal: String::new(),
            rfc: String::new(),
            at_ns: None,
            evidence: None,
        },
    );
    let note = (any_severity(), any_text(), any_text(), any_text()).prop_map(|(severity, en, zh, rfc)| Note {
        id: en.clone(),
        severity,
        text: Text { en, zh },
        rfc,
        related: Vec::new(),
    });
    (
        any::<u64>(),
        1..3_u64,
        any_time(),
        any_phase(),
        any_detail(),
        proptest::collection::vec(change, 0..4),
        proptest::collection::vec(note, 0..16),
    )
        .prop_map(|(id, connection, t_ns, phase, detail, states, notes)| Event {
            comments: Vec::new(),
            id,
            connection,
            t_ns,
            phase,
            detail,
            states,
            notes,
        })
}

/// Any glance: numbers that contradict each other and times beyond all reason.
fn any_overview() -> impl Strategy<Value = Overview> {
    let count = || prop_oneof![0..100_000_u64, any::<u64>(), Just(u64::MAX)];
    let standout = (count(), count(), any::<bool>()).prop_map(|(count, connections, server)| Standout {
        name: server.then(|| "a\u{1b}[31m".to_string()),
        ip: "2001:db8::ffff:1234:5678:9abc".parse().unwrap(),
        port: server.then_some(65_535),
        count,
        connections,
    });
    let standouts = proptest::collection::vec(standout, 0..7).prop_map(|list| Standouts {
        refused: list.clone(),
        unanswered: list.clone(),
        reset: list.clone(),
        closed_first: list,
        let_go: 1,
    });
    let samples = proptest::collection::vec(count(), 0..300);
    let numbers = proptest::collection::vec(count(), 12);
    (numbers, standouts, samples, [any_time(), any_time(), any_time(), any_time()], any::<u32>()).prop_map(
        |(numbers, standouts, samples, times, ports)| {
            let route = Route {
                client: "127.0.0.1".parse().unwrap(),
                server: "127.0.0.1".parse().unwrap(),
                port: 80,
                count: numbers[0],
                peak: numbers[1],
                peak_ns: times[0],
                at_end: numbers[2],
                reused: numbers[3],
                interval_ns: Some(times[1]),
                exhausted_in_ns: Some(times[2]),
            };
            Overview {
                connections: numbers[4],
                segments: numbers[5],
                bytes: numbers[6],
                span_ns: times[3],
                opened: OpenKind::ALL.map(|kind| Opened { kind, count: numbers[7] }).to_vec(),
                closed: CloseKind::ALL.map(|kind| Closed { kind, count: numbers[8] }).to_vec(),
                never_opened: numbers[9],
                servers: standouts.clone(),
                clients: standouts,
                time_wait: Some(TimeWaits {
                    count: numbers[0],
                    at_clients: numbers[1],
                    peak: numbers[2],
                    peak_ns: times[0],
                    at_end: numbers[3],
                    every_ns: times[1],
                    samples,
                    ports,
                    two_msl_ns: times[2],
                    routes: vec![route],
                }),
                loss: Loss {
                    retransmissions: numbers[10],
                    syn: numbers[11],
                    syn_ack: numbers[0],
                    fin: numbers[1],
                    connections: numbers[2],
                    missing: numbers[3],
                },
                round_trip: Some(RoundTrips {
                    count: numbers[4],
                    min_ns: times[0],
                    median_ns: times[1],
                    p95_ns: times[2],
                    max_ns: times[3],
                }),
            }
        },
    )
}

pub fn any_timeline() -> impl Strategy<Value = Timeline> {
    let events = proptest::collection::vec(any_event(), 0..12);
    let texts = proptest::collection::vec(any_text(), 8);
    let times = (any_time(), any_time(), any_time(), any_kernel());
    let overview = proptest::option::of(any_overview());
    (events, texts, times, any::<[u64; 4]>(), 0..3_usize, any::<bool>(), overview).prop_map(
        |(events, texts, (one, two, three, kernel), counts, connections, known, overview)| {
            let text = |at: usize| Text { en: texts[at].clone(), zh: texts[(at + 1) % 8].clone() };
            let mut timeline = super::life::download();
            let mut connection = timeline.connections.remove(0);
            timeline.events = events;
            timeline.overview = overview;
            timeline.source.name = texts[0].clone();
            timeline.source.start = Some(texts[1].clone());
            timeline.source.warnings = vec![text(2)];
            timeline.endpoints[0].name = Some(texts[3].clone());
            timeline.endpoints[1].process = Some(texts[4].clone());
            connection.verdict = text(5);
            connection.open.title = text(6);
            connection.close.title = text(7);
            connection.close.active_closer = Some(texts[5].clone());
            connection.open.rtt_ns = Some(one);
            connection.start_ns = two;
            connection.totals.client =
                FlowTotals { segments: counts[0], bytes: counts[1], retransmissions: counts[2], ..Default::default() };
            connection.totals.server =
                FlowTotals { segments: counts[3], bytes: counts[2], retransmissions: counts[1], ..Default::default() };
            let wait = &mut connection.time_wait[0];
            (wait.begins_ns, wait.due_ns, wait.two_msl_ns, wait.remaining_ns, wait.end_ns) =
                (one, two, three, one, two);
            wait.kernel = kernel;
            if !known {
                connection.client = texts[6].clone();
                wait.endpoint = texts[7].clone();
            }
            for id in 0..connections {
                timeline.connections.push(Connection { id: id as u64 + 1, ..connection.clone() });
            }
            timeline
        },
    )
}
