//! The inputs that fuzzing found worth keeping (`tests/fuzz/corpus/`), replayed as ordinary tests; and where the first of
//! them come from.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use support::harness::TARGETS;
use support::talk::{Talk, gzip, pcap, pcapng};

fn corpus(target: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus")).join(target)
}

fn replay(target: &str) {
    let (_, run) = TARGETS.into_iter().find(|(name, _)| *name == target).unwrap();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(corpus(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 5, "{target}: only {} inputs", files.len());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        assert!(std::panic::catch_unwind(|| run(&bytes)).is_ok(), "{}", file.display());
    }
    run(&[]);
}

#[test]
fn reader() {
    replay("reader");
}

#[test]
fn decoder() {
    replay("decoder");
}

#[test]
fn tracker() {
    replay("tracker");
}

#[test]
fn pipeline() {
    replay("pipeline");
}

#[test]
fn http() {
    replay("http");
}

#[test]
fn dns() {
    replay("dns");
}

/// Writes the inputs that the fuzzer begins with: `cargo test --test fuzz_corpus -- --ignored seeds`.
#[test]
#[ignore = "writes files"]
fn seeds() {
    let write = |target: &str, name: &str, bytes: &[u8]| {
        std::fs::create_dir_all(corpus(target)).unwrap();
        std::fs::write(corpus(target).join(format!("seed-{name}")), bytes).unwrap();
    };
    for (place, (name, talk)) in Talk::all().into_iter().enumerate() {
        let (classic, next) = (pcap(&talk), pcapng(&talk));
        let bytes = if place % 2 == 0 { &classic } else { &next };
        write("pipeline", &name, bytes);
        if place % 8 == 0 {
            write("reader", &format!("{name}.pcap"), &classic);
            write("reader", &format!("{name}.pcapng"), &next);
            write("reader", &format!("{name}.pcap.gz"), &gzip(&classic));
        }
        if place % 4 == 0 {
            let mut program = vec![1];
            for shot in &talk.shots {
                let frame = shot.packet.ethernet();
                program.extend((frame.len() as u16).to_le_bytes());
                program.extend(frame);
            }
            write("decoder", &name, &program);
        }
    }
    for (name, program) in lookups() {
        write("dns", name, &program);
    }
    for (name, moves) in PROGRAMS {
        let program: Vec<u8> = moves.iter().flat_map(|one| one.iter().copied()).collect();
        write("tracker", name, &program);
    }
    for (name, asked, answered) in TALKS {
        let len = asked.len() as u16;
        let head = [37, (len >> 8) as u8, len as u8];
        write("http", name, &[&head[..], asked, answered].concat());
    }
}

/// Programs of the target `dns`: who sends, how many octets, and the octets.
fn lookups() -> Vec<(&'static str, Vec<u8>)> {
    const ASKS: u8 = 0x20;
    const ANSWERS: u8 = 0x21;
    const TO_ALL: u8 = 0x22;
    let question = b"\x03www\x03lab\x04test\0\0\x01\0\x01";
    let message = |flags: [u8; 2], answers: u8, rest: &[u8]| {
        [&[7, 7, flags[0], flags[1], 0, 1, 0, answers, 0, 0, 0, 0][..], question, rest].concat()
    };
    let record =
        |name: &[u8], kind: u8, data: &[u8]| [name, &[0, kind, 0, 1, 0, 0, 0, 60, 0, data.len() as u8], data].concat();
    let sends = |act: u8, message: &[u8]| [&[act, message.len() as u8], message].concat();
    let over_tcp = |act: u8, message: &[u8]| {
        let framed = [&[0, message.len() as u8], message].concat();
        [sends(act, &framed[..5]), sends(act, &framed[5..])].concat()
    };
    let query = message([1, 0], 0, &[]);
    let alias = record(&[0xc0, 12], 5, b"\x03web\xc0\x10");
    let address = record(&[0xc0, 42], 1, &[10, 0, 0, 2]);
    let answer = message([0x81, 0x80], 2, &[alias, address.clone()].concat());
    let service = record(&[0xc0, 12], 65, b"\0\x01\0\0\x01\0\x03\x02h2");
    let loops = message([0x81, 0x80], 1, &record(&[0xc0, 30], 1, &[10, 0, 0, 2]));
    let told = message([0x84, 0], 1, &record(&[0xc0, 12], 1, &[10, 0, 0, 2]));
    vec![
        ("message", answer.clone()),
        ("lookup", [sends(ASKS, &query), sends(ASKS, &query), sends(ANSWERS, &answer)].concat()),
        ("no-such-name", [sends(ASKS, &query), sends(ANSWERS, &message([0x81, 0x83], 0, &[]))].concat()),
        ("truncated", [sends(ASKS, &query), sends(ANSWERS, &message([0x83, 0x80], 1, &address[..9]))].concat()),
        ("loop", [sends(ASKS, &query), sends(ANSWERS, &loops)].concat()),
        ("service", [sends(ASKS, &query), sends(ANSWERS, &message([0x81, 0x80], 1, &service))].concat()),
        ("multicast", [sends(TO_ALL, &query), sends(TO_ALL | 1, &told)].concat()),
        ("over-tcp", [over_tcp(0, &query), over_tcp(1, &answer)].concat()),
        ("hosts-file", b"127.0.0.1 localhost\n::1 localhost # both\n".to_vec()),
    ]
}

/// Watch all, fold, and compare with numbers moved by so much.
const HEAD: &[u8] = &[0x09, 1, 2, 3, 0x80, 9, 8, 7, 0xff];
const SYN: &[u8] = &[0, 0x02, 0, 0x7a];
const SYN_ACK: &[u8] = &[0, 0x12, 1, 0x7a];
const ACK: &[u8] = &[0, 0x10, 0, 0x02];
const ACK_B: &[u8] = &[0, 0x10, 1, 0x02];
const DATA: &[u8] = &[0, 0x18, 12, 0x02];
const FIN_A: &[u8] = &[0, 0x11, 0, 0x02];
const FIN_B: &[u8] = &[0, 0x11, 1, 0x02];
const RST_B: &[u8] = &[0, 0x14, 1, 0x00];

/// Programs of the target `tracker`.
const PROGRAMS: [(&str, &[&[u8]]); 8] = [
    ("whole-life", &[HEAD, SYN, SYN_ACK, ACK, DATA, ACK_B, FIN_A, FIN_B, ACK, &[21, 250]]),
    ("folded", &[HEAD, SYN, SYN_ACK, ACK, &[25, 20], FIN_B, FIN_A, ACK_B, &[24, 2], &[27, 61]]),
    ("refused", &[HEAD, SYN, RST_B, &[21, 4], SYN, RST_B]),
    ("unreachable", &[HEAD, SYN, &[29, 0x10], &[21, 4], &[24, 0], &[29, 0x31]]),
    ("lost-and-sacked", &[HEAD, SYN, SYN_ACK, ACK, DATA, &[0, 0x10, 1, 0x22, 1, 200], &[24, 1], &[24, 2], RST_B]),
    ("reused", &[HEAD, SYN, SYN_ACK, ACK, FIN_A, FIN_B, ACK, &[30, 1, 3], SYN, SYN_ACK, ACK, &[26, 9]]),
    ("simultaneous", &[HEAD, SYN, &[0, 0x02, 1, 0x7a], SYN_ACK, &[0, 0x12, 0, 0x7a], FIN_A, FIN_B, ACK, ACK_B]),
    ("self-connect", &[HEAD, &[64, 0x02, 0, 0x7a], &[64, 0x12, 0, 0x7a], &[64, 0x11, 0, 2], &[64, 0x10, 0, 2]]),
];

/// What is asked and answered in the target `http`.
const TALKS: [(&str, &[u8], &[u8]); 9] = [
    (
        "keep-alive",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nCookie: a=b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 304 Not Modified\r\n\r\n",
    ),
    (
        "chunked",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: v\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ),
    ("overflow", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"),
    ("two-lengths", b"PUT / HTTP/1.1\r\nContent-Length: 5, 6\r\n\r\nhello", b"HTTP/1.0 200\n\nuntil the end"),
    ("huge", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx"),
    ("upgrade", b"GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n\x00\x01", b"HTTP/1.1 101 Switching\r\n\r\n\xff\xfe"),
    ("connect", b"CONNECT a:443 HTTP/1.1\r\n\r\n\x16\x03\x01\x00\x05\x01\x00", b"HTTP/1.1 200 OK\r\n\r\n"),
    ("odd", b"\r\n\r\nGET\x00 /\x1b[31m HTTP/9\r\n : x\r\n folded\r\nno colon\r\n\r\n", b"HTTP/1.1 2x0 \xff\r\n\r\n"),
    (
        "tls",
        b"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00\x00\x02\x13\x01\x01\x00\x00\x00",
        b"\x15\x03\x03\x00\x02\x02\x28",
    ),
];
