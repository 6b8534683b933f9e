//! Octets as DNS: as one message, as datagrams between a client and its servers, and over TCP, whole and in pieces; and as a
//! hosts file.

use super::cursor::Cursor;
use std::net::SocketAddr;
use synfin::app::dns::{Lookups, Sent, read};
use synfin::app::{Carrier, Heard, LeftOut, LookupWord, Manner, Piece, Reader, hosts};
use synfin::tcp::{Peer, Timestamp};
use synfin::timeline::{Content, DnsMessage, LookupOutcome, Text};

/// What one message may come to at most.
const MOST_RECORDS: usize = 256;
/// Characters of a name: each of 255 octets may take four.
const LONGEST_NAME: usize = 4 * 255;

pub fn run(bytes: &[u8]) {
    if let Ok((message, problems)) = read(bytes) {
        check(&message, &problems);
    }
    let found = hosts::look_up(bytes, "localhost");
    assert!(found.len() <= 64 && found.is_sorted_by_key(|entry| entry.line));
    let mut program = Cursor(bytes);
    let mut lookups = Lookups::default();
    let mut streams = [Vec::new(), Vec::new()];
    let (mut frame, mut at) = (0, 0);
    while !program.is_empty() {
        let act = program.u8();
        let len = usize::from(program.u8());
        let octets = program.octets(len);
        frame += 1;
        at += i64::from(act) * 1000;
        let [client, server] = ends(act);
        let (src, dst) = if act & 1 == 0 { (client, server) } else { (server, client) };
        match act >> 5 {
            0 => streams[usize::from(act & 1)].extend_from_slice(octets),
            _ => lookups.datagram(Sent { src, dst, at: Timestamp(at), frame }, octets),
        }
    }
    let (words, left_out) = lookups.finish();
    assert!(words.len() as u64 <= frame && left_out == 0);
    words.iter().for_each(judge);
    let whole = over_tcp(&streams, usize::MAX);
    assert_eq!(whole, over_tcp(&streams, 1 + bytes.len() % 7), "whole and in pieces");
}

/// Client and server: one of a few, by multicast or not.
fn ends(act: u8) -> [SocketAddr; 2] {
    let server = if act & 2 == 0 { ([10, 0, 0, 53], 53) } else { ([224, 0, 0, 251], 5353) };
    [([10, 0, 0, 1 + (act >> 2 & 3)], if act & 2 == 0 { 4000 } else { 5353 }).into(), server.into()]
}

fn check(message: &DnsMessage, problems: &[Text]) {
    assert!(message.records.len() <= MOST_RECORDS && problems.len() <= 3);
    assert_eq!(message.is_response, message.rcode.is_some());
    assert!(problems.iter().all(|problem| !problem.en.is_empty() && !problem.zh.is_empty()));
    let names = message.question.iter().map(|question| &question.name);
    let records = message.records.iter();
    let names =
        names.chain(records.clone().map(|record| &record.name)).chain(records.filter_map(|r| r.target.as_ref()));
    names.for_each(|name| check_name(name));
    for data in message.records.iter().filter_map(|record| record.data.as_ref()) {
        assert!(data.chars().count() <= 257 && !data.contains(|c: char| c.is_control()), "{data:?}");
    }
}

fn check_name(name: &str) {
    assert!(!name.is_empty() && name.chars().count() <= LONGEST_NAME);
    assert!(!name.contains(|c: char| c.is_control() || c.is_whitespace()), "{name:?}");
}

fn judge(word: &LookupWord) {
    if word.name.is_empty() {
        assert!(!word.problems.is_empty(), "why it cannot be read: {word:?}");
    } else {
        check_name(&word.name);
    }
    word.aliases.iter().for_each(|alias| check_name(alias));
    assert!(word.aliases.len() <= 32 && word.records.len() <= 32 && word.addresses.len() <= MOST_RECORDS);
    assert!(word.again.len() <= 8 && word.frames.len() <= 2);
    assert_eq!(word.outcome == LookupOutcome::Unanswered, word.answered.is_none());
    assert_eq!(
        word.outcome == LookupOutcome::Addresses,
        !word.addresses.is_empty() && word.rcode.as_deref() == Some("NOERROR")
    );
    assert!(word.answered.is_none_or(|answered| answered >= word.at));
}

/// The messages of a connection whose ends say this, in segments of so many octets.
fn over_tcp(streams: &[Vec<u8>; 2], step: usize) -> Vec<(Peer, u64, u64, Content, Vec<Text>)> {
    let mut reader = Reader::new(Manner::default());
    let mut ordinal = 0;
    for (peer, stream) in Peer::BOTH.into_iter().zip(streams) {
        let mut offset = 0;
        for octets in stream.chunks(step.min(stream.len()).max(1)) {
            let carrier =
                Carrier { ordinal, frame: ordinal + 1, at: Timestamp(ordinal as i64), arrived: None, first: 0 };
            let piece = Piece { offset, octets, len: octets.len() as u32, carrier };
            let (is_syn, is_fin) = (offset == 0, false);
            let heard = Heard { connection: 1, peer, is_dns: true, is_syn, is_fin, piece, acknowledged: None };
            reader.hear(&heard);
            offset += octets.len() as u64;
            ordinal += 1;
        }
    }
    let (words, left_out) = reader.finish();
    assert_eq!(left_out, LeftOut::default());
    let told = words.into_iter().map(|word| {
        match &word.content {
            Content::Dns(message) => check(message, &word.problems),
            // What is no DNS is told with its reason.
            Content::Data(data) => assert!(data.hex.len() <= 64 && word.problems.len() == 1 && !word.complete),
            other => panic!("{other:?}"),
        }
        (word.peer, word.span.offset, word.span.len, word.content, word.problems)
    });
    told.collect()
}
