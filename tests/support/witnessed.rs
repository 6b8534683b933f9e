//! A connection captured on both hosts, with what both programs called and what the kernel had the sockets in.

use super::sequence::Sequence;
use super::two_sides::{BEGIN, MS, TwoSides, feed};
use std::time::Duration;
use synfin::analyze::{Both, Ending, Side, Wishes};
use synfin::tcp::{CallName, CallWord, KernelWord, State, Timestamp};
use synfin::timeline::{SourceKind, Timeline};

pub const CLIENT: &str = "10.0.0.1:40000";
pub const SERVER: &str = "10.0.0.2:80";

/// A question of five octets, an answer of as many, and a close by the client, over a way of 10 ms.
pub fn question() -> TwoSides {
    TwoSides::of(
        &Sequence::parse(
            "A > S 99:99(0) in 10
            +0.010 B > S. 299:299(0) ack 100 in 10
            +0.010 A > . 100:100(0) ack 300 in 10
            +0.0003 A > P. 100:105(5) ack 300 in 10
            +0.0002 A > F. 105:105(0) ack 300 in 10
            +0.00985 B > . 300:300(0) ack 105 in 10
            +0.0002 B > P. 300:305(5) ack 106 in 10
            +0.0002 B > F. 305:305(0) ack 106 in 10
            +0.00985 A > . 106:106(0) ack 305 in 10
            +0.0002 A > . 106:106(0) ack 306 in 10",
        ),
        true,
    )
}

/// Both captures and all words, joined by one clock.
pub fn joined(sides: &TwoSides, calls: &[CallWord], kernel: &[KernelWord]) -> Timeline {
    let mut both = Both::new(Wishes::default(), true);
    for side in [Side::Client, Side::Server] {
        feed(&mut both, side, &sides.capture(side));
    }
    calls.iter().for_each(|word| both.hear_call(word.clone()));
    kernel.iter().for_each(|word| both.hear_kernel(word));
    both.finish(SourceKind::Lab, "question", Ending::default())
}

/// Both captures and the kernel's words, which was asked at least every three milliseconds.
pub fn polled(sides: &TwoSides, kernel: &[KernelWord]) -> Timeline {
    let mut both = Both::new(Wishes::default(), true);
    for side in [Side::Client, Side::Server] {
        feed(&mut both, side, &sides.capture(side));
    }
    kernel.iter().for_each(|word| both.hear_kernel(word));
    both.hear_polling(Duration::from_millis(3).into());
    if let Some(last) = kernel.iter().map(|word| word.at).max() {
        both.watched(last);
    }
    both.finish(SourceKind::Lab, "polled", Ending::default())
}

/// What both programs of [`question`] call.
pub fn calls() -> Vec<CallWord> {
    let server = |listens: bool| (SERVER, (!listens).then_some(CLIENT));
    let client = (CLIENT, Some(SERVER));
    vec![
        call(server(true), CallName::Socket, "", -3.0, Some(0.02), Ok(None)),
        call(server(true), CallName::Setsockopt, "SO_REUSEADDR, 1", -2.9, Some(0.01), Ok(None)),
        call(server(true), CallName::Bind, SERVER, -2.8, Some(0.02), Ok(None)),
        call(server(true), CallName::Listen, "5", -2.7, Some(0.02), Ok(None)),
        call(server(false), CallName::Accept, "", -2.6, Some(32.7), Ok(None)),
        call(server(false), CallName::Recv, "1024", 30.2, Some(0.15), Ok(Some(5))),
        call(server(false), CallName::Recv, "1024", 30.4, Some(0.12), Ok(Some(0))),
        call(server(false), CallName::Send, "5 bytes", 30.53, Some(0.05), Ok(Some(5))),
        call(server(false), CallName::Close, "", 30.7, Some(0.02), Ok(None)),
        call((CLIENT, None), CallName::Socket, "", -0.2, Some(0.03), Ok(None)),
        call(client, CallName::Connect, SERVER, -0.1, Some(20.2), Ok(None)),
        call(client, CallName::Send, "5 bytes", 20.25, Some(0.1), Ok(Some(5))),
        call(client, CallName::Shutdown, "SHUT_WR", 20.45, Some(0.1), Ok(None)),
        call(client, CallName::Recv, "1024", 20.6, Some(19.95), Ok(Some(5))),
        call(client, CallName::Recv, "1024", 40.58, Some(0.2), Ok(Some(0))),
        call(client, CallName::Close, "", 41.0, Some(0.02), Ok(None)),
    ]
}

/// Milliseconds after the first SYN.
pub fn call(
    (local, remote): (&str, Option<&str>),
    call: CallName,
    arguments: &str,
    at_ms: f64,
    took_ms: Option<f64>,
    result: Result<Option<u64>, &str>,
) -> CallWord {
    CallWord {
        local: local.parse().unwrap(),
        remote: remote.map(|remote| remote.parse().unwrap()),
        program: Some(if local == CLIENT { "client.py" } else { "server.py" }.into()),
        at: at(at_ms),
        took: took_ms.map(|ms| Duration::from_nanos((ms * MS as f64) as u64)),
        call,
        arguments: arguments.into(),
        result: result.map_err(Into::into),
    }
}

/// The kernel's word on the client's socket or the server's.
pub fn kernel(is_client: bool, at_ms: f64, state: Option<State>) -> KernelWord {
    let [local, remote] = if is_client { [CLIENT, SERVER] } else { [SERVER, CLIENT] };
    KernelWord {
        local: local.parse().unwrap(),
        remote: remote.parse().unwrap(),
        at: at(at_ms),
        state,
        remaining: None,
        cookie: Some(u64::from(is_client)),
    }
}

fn at(ms: f64) -> Timestamp {
    // Sequences begin a millisecond after the beginning.
    Timestamp(BEGIN + ((ms + 1.0) * MS as f64).round() as i64)
}
