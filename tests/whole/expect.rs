//! Stated sequences against whole captures, typed conversations and random ones.

use crate::cases;
use crate::support::sequence::Sequence as Typed;
use crate::support::talk::{self, Talk};
use crate::support::two_sides::TwoSides;
use proptest::prelude::*;
use synfin::analyze::Analyzer;
use synfin::expect::{self, Difference, Sequence, check, named};
use synfin::source::CaptureReader;
use synfin::timeline::{SourceKind, Timeline};

fn capture(name: &str) -> Timeline {
    let path = format!("{}/captures/{name}.pcap", env!("CARGO_MANIFEST_DIR"));
    let mut reader = CaptureReader::open(path).unwrap();
    let mut analyzer = Analyzer::new(talk::wishes(false));
    while let Some(frame) = reader.next() {
        analyzer.push(&frame);
    }
    analyzer.finish(SourceKind::File, name, Default::default())
}

fn typed(name: &str) -> Typed {
    let path = format!("{}/tests/sequences/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    Typed::parse(&std::fs::read_to_string(path).unwrap())
}

/// A capture, or a typed sequence behind `typed:`, or one captured on both sides behind `both:`.
fn timeline(name: &str) -> Timeline {
    match name.split_once(':') {
        Some(("typed", name)) => Talk::of(&typed(name)).timeline(true),
        Some((_, name)) => TwoSides::of(&typed(name), true).joined(),
        None => capture(name),
    }
}

fn difference(name: &str, on: &str) -> Option<Box<Difference>> {
    check(&named(name).unwrap().sequence(), &timeline(on)).err()
}

/// For each name: what fits it, and what does not, with the line that was expected and what came instead.
#[test]
fn each_named_sequence_fits_what_it_is_of_and_no_other() {
    #[rustfmt::skip]
    #[allow(clippy::type_complexity)] // Named nowhere else.
    let table: &[(&str, &[&str], &[(&str, &str, &str)])] = &[
        ("three-way-handshake", &["download", "half-close", "typed:figure-06-three-way-handshake"],
            &[("refused", "server SYN-ACK", "server RST"), ("typed:syn-ack-lost", "client ACK", "client SYN again")]),
        ("four-way-close", &["download", "typed:figure-12-normal-close"],
            &[("half-close", "other ACK", "server data 16384"), ("reset", "one FIN", "client RST")]),
        ("three-way-close", &["ipv6", "typed:three-segment-close"],
            &[("half-close", "other FIN", "server data 16384"), ("download", "close: three-segment", "close: four-segment")]),
        ("half-close", &["half-close", "typed:half-close-with-late-data"], &[("download", "other data +", "server FIN")]),
        ("simultaneous-open", &["typed:figure-07-simultaneous-open"], &[("download", "one SYN | other SYN", "server SYN-ACK")]),
        ("simultaneous-close", &["typed:figure-13-simultaneous-close", "both:both-sides-crossing-fins"],
            &[("typed:figure-12-normal-close", "close: simultaneous", "close: four-segment")]),
        ("refused", &["refused", "typed:refused"], &[("reset", "server RST", "server SYN-ACK")]),
        ("unanswered", &["typed:unanswered-syn"], &[("refused", "client SYN again anyhow *", "server RST")]),
        ("syn-lost", &["typed:syn-lost", "both:both-sides-syn-lost"], &[("download", "client SYN lost", "client SYN")]),
        ("syn-ack-lost", &["typed:syn-ack-lost"], &[("download", "server SYN-ACK lost", "server SYN-ACK")]),
        ("fin-lost", &["typed:fin-lost"], &[("download", "one FIN lost", "client FIN")]),
        ("last-ack-lost", &["typed:last-ack-lost", "both:both-sides-last-ack-lost"], &[("download", "other FIN again anyhow +", "")]),
        ("reset", &["reset", "typed:reset-in-established"], &[("download", "one RST", "client FIN")]),
        ("zero-window", &["typed:zero-window"], &[("download", "one ACK or data zero-window", "")]),
        ("fast-retransmit", &["typed:fast-retransmission"], &[("typed:retransmission-timeout-and-backoff", "other ACK duplicate", "")]),
        ("timeout-retransmission", &["typed:retransmission-timeout-and-backoff"], &[("typed:fast-retransmission", "one data again timeout", "")]),
    ];
    let mut wrong = String::new();
    for (name, fitting, unfitting) in table {
        for on in *fitting {
            if let Some(difference) = difference(name, on) {
                wrong += &format!("{name} does not fit {on}: {}\n", difference.text().en);
            }
        }
        for (on, expected, came) in *unfitting {
            match difference(name, on) {
                None => wrong += &format!("{name} fits {on}\n"),
                Some(difference) => {
                    let has = difference.expected.iter().any(|line| line.text == *expected);
                    if !has || difference.came.what != *came {
                        wrong += &format!("{name} on {on}: {}\n", difference.text().en);
                    }
                }
            }
        }
    }
    assert_eq!(wrong, "");
    let listed: Vec<&str> = table.iter().map(|(name, ..)| *name).collect();
    assert!(expect::NAMED.iter().all(|known| listed.contains(&known.name)), "a name without a test");
}

/// Behind a gap everything may pass by, and what all but fits is named all the same.
#[test]
fn a_fin_that_was_lost_and_came_again_is_named() {
    let sequence = "A > S 99:99(0) in 10\n+0.02 B > S. 299:299(0) ack 100 in 10\n+0.02 A > . 100:100(0) ack 300 in 10
        A > F. 100:100(0) ack 300 lost\n+0.25 A > F. 100:100(0) ack 300 in 10
        +0.02 B > F. 300:300(0) ack 101 in 10\n+0.02 A > . 101:101(0) ack 301 in 10";
    let both = TwoSides::of(&Typed::parse(sequence), true).joined();
    let difference = check(&named("three-way-close").unwrap().sequence(), &both).unwrap_err();
    assert_eq!(difference.expected[0].text, "one FIN");
    let came = &difference.came;
    assert_eq!((came.what.as_str(), came.frame.is_some(), came.t_ns.is_some()), ("client FIN lost", true, true));
}

/// What ended a connection otherwise than expected fell into the gap: it is named, at the segment where the two part.
#[test]
fn what_came_in_place_of_what_was_waited_for_behind_a_gap_is_named() {
    let [four, at_once] = ["four-way-close", "simultaneous-close"].map(|name| named(name).unwrap().text);
    let mut wrong = String::new();
    for (sequence, on, expected, came) in [
        (four, "typed:reset-in-established", "one FIN", "client RST"),
        (four, "typed:refused", "one FIN", "server RST"),
        (four, "typed:figure-13-simultaneous-close", "other ACK", "server FIN"),
        (at_once, "reset", "one FIN | other FIN", "client RST"),
        ("...\nserver FIN\n...\nclient FIN\n...", "download", "server FIN", "client FIN"),
        ("...\nserver data 1\n...", "reset", "server data 1", "client RST"),
        // A SYN that no line before the gap names is the gap's own; one behind the named opening is not.
        ("...\nclient RST\n...", "typed:syn-lost", "client RST", ""),
        ("client SYN\n...\nclient RST\n...", "typed:syn-ack-lost", "client RST", "server SYN-ACK"),
        // Nothing came in its place.
        ("...\nclient FIN\n...", "typed:figure-06-three-way-handshake", "client FIN", ""),
    ] {
        let difference = check(&Sequence::parse(sequence).unwrap(), &timeline(on)).unwrap_err();
        let told = (difference.expected[0].text.as_str(), difference.came.what.as_str());
        if told != (expected, came) || difference.came.frame.is_some() == came.is_empty() {
            wrong += &format!("{on}: {}\n", difference.text().en);
        }
    }
    assert_eq!(wrong, "");
}

#[track_caller]
fn fits_its_own(timeline: &Timeline) {
    let text = expect::write(timeline);
    let sequence = Sequence::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(sequence, Sequence::of(timeline));
    if let Err(difference) = check(&sequence, timeline) {
        panic!("{}\n{text}", difference.text().en);
    }
}

#[test]
fn every_typed_sequence_fits_its_own() {
    for (_, talk) in Talk::all() {
        fits_its_own(&talk.timeline(true));
        fits_its_own(&talk.timeline(false));
    }
    fits_its_own(&talk::download(40_000, 200).timeline(false));
}

/// What the wire did to segments, as both sides saw it.
#[test]
fn what_the_wire_did_is_said() {
    let opening = "A > S 99:99(0) in 10\n+0.02 B > S. 299:299(0) ack 100 in 10\n+0.02 A > . 100:100(0) ack 300 in 10\n";
    let handshake = "client SYN\nserver SYN-ACK\nclient ACK\n";
    for (sent, expected) in [
        // Doubled, overtaken, forged, lost.
        ("+0.1 A > P. 100:110(10) ack 300 in 10 twice", "client data 10 twice"),
        (
            "+0.1 A > P. 100:110(10) ack 300 in 30
+0.001 A > P. 110:120(10) ack 300 in 10",
            "client data late
client data",
        ),
        ("+0.1 B > R 300:300(0) appears", "server RST injected"),
        (
            "+0.1 A > P. 100:110(10) ack 300 lost
+0.3 A > P. 100:110(10) ack 300 in 10",
            "client data lost
client data again",
        ),
    ] {
        let both = TwoSides::of(&Typed::parse(&format!("{opening}{sent}")), true).joined();
        let sequence = Sequence::parse(&format!("{handshake}{expected}")).unwrap();
        if let Err(difference) = check(&sequence, &both) {
            panic!("{expected}: {}\n{}", difference.text().en, expect::write(&both));
        }
        fits_its_own(&both);
        let plain = Sequence::parse(&format!("{handshake}client data +")).unwrap();
        assert_eq!(
            check(&plain, &both).is_ok(),
            expected.contains("late") || expected.contains("twice"),
            "{expected}: what was not said"
        );
    }
}

/// Checksums that a network card fills in are wrong in the sender's own capture: nothing was damaged.
#[test]
fn checksums_left_to_the_card_are_not_damage() {
    let mut talk = talk::download(40_000, 2);
    for shot in &mut talk.shots {
        shot.packet.sum = crate::support::packet::Sum::Wrong;
    }
    let timeline = talk.timeline(true);
    assert_eq!(check(&named("three-way-close").unwrap().sequence(), &timeline), Ok(()));
    fits_its_own(&timeline);
}

/// The ports are used again while TIME-WAIT still runs: two connections, each with lines of its own.
#[test]
fn each_connection_has_its_own_lines() {
    let reuse = timeline("typed:reuse-timestamp");
    let text = expect::write(&reuse);
    assert!(text.contains("connection 1:\n") && text.contains("connection 2:\nclient SYN\n"), "{text}");
    let first = "connection 1:\n...\nserver FIN\n...\ntime-wait: server reused\n";
    let told = |text: &str| check(&Sequence::parse(text).unwrap(), &reuse).map_err(|difference| difference.text().en);
    assert_eq!(told(&format!("{first}connection 2:\nclient SYN\n...\nopen: three-way")), Ok(()));
    assert_eq!(told(&format!("client SYN\n...\n{first}")), Ok(()), "lines above speak of all others");
    let missing = told(&format!("{first}connection 2:\nclient SYN\n...\nconnection 3:\nclient SYN")).unwrap_err();
    assert_eq!(missing, "the capture has no connection 3");
    let unexpected = told(first).unwrap_err();
    assert!(unexpected.starts_with("connection 2: expected nothing more; came at"), "{unexpected}");
    let other = told(&format!("{first}connection 2:\nclient SYN\nserver RST")).unwrap_err();
    assert!(other.starts_with("connection 2: expected 'server RST' (line 8); came frame"), "{other}");
}

/// A bit was flipped on the way: the checksum tells, and the segment comes again.
#[test]
fn a_damaged_segment_counts_as_lost_and_says_why() {
    use crate::support::packet::Sum;
    let typed = "A > S 99:99(0) in 10\n+0.02 B > S. 299:299(0) ack 100 in 10\n+0.02 A > . 100:100(0) ack 300 in 10\n\
                 +0.1 A > P. 100:110(10) ack 300 in 10\n+0.3 A > P. 100:110(10) ack 300 in 10\n\
                 +0.02 B > . 300:300(0) ack 110 in 10";
    let expected = "client SYN\nserver SYN-ACK\nclient ACK\nclient data 10 corrupt\nclient data 10 again\nserver ACK";
    for flips_payload in [true, false] {
        let mut arrived = 0;
        let both = TwoSides::of(&Typed::parse(typed), true).joined_with(true, |side, packet| {
            if side == synfin::analyze::Side::Server && packet.payload.len() == 10 {
                arrived += 1;
                if arrived == 1 {
                    packet.sum = Sum::Wrong;
                    packet.payload[3] ^= u8::from(flips_payload);
                }
            }
        });
        let sequence = Sequence::parse(expected).unwrap();
        if let Err(difference) = check(&sequence, &both) {
            panic!("{}\n{}", difference.text().en, expect::write(&both));
        }
        assert_eq!(both.connections[0].ways.unwrap().to_server.lost, 1);
        fits_its_own(&both);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_talk_fits_its_own(talk in talk::random(), book in talk::by_the_book(), full in any::<bool>()) {
        fits_its_own(&talk.timeline(full));
        fits_its_own(&book.timeline(full));
    }

    #[test]
    fn any_text_is_read_or_told(text in "(client|server|one|SYN|ACK|data|[|?*+:# \n]|lost|[0-9]{1,12}|\\.\\.\\.|\\PC){0,40}") {
        match Sequence::parse(&text) {
            Ok(sequence) => drop(check(&sequence, &Talk { shots: Vec::new(), end: 0 }.timeline(true))),
            Err(error) => prop_assert!(error.line >= 1 && error.column >= 1 && !error.what.zh.is_empty()),
        }
    }
}
