//! Two captures of the same connections, joined: clocks within the stated uncertainty, losses, copies, NAT, captures that
//! begin late or end early, and what network cards do to segments.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "join/cards.rs"]
mod cards;
#[path = "join/coverage.rs"]
mod coverage;
mod support;

use proptest::prelude::*;
use support::contract;
use support::sequence::Sequence;
use support::talk;
use support::two_sides::{BEGIN, MS, Shipment, TwoSides, Weather, feed, questions};
use synfin::analyze::{Both, Ending, Side};
use synfin::ladder::Ladder;
use synfin::render::{Charset, Style, text};
use synfin::tcp::State;
use synfin::timeline::{Detail, Fate, Lang, SegmentEvent, SourceKind, Timeline, TimerAction, Vantage};

/// A handshake over 10 ms, and what follows it.
fn after_handshake(lines: &str) -> Sequence {
    Sequence::parse(&format!(
        "A > S 99:99(0) in 10\n+0.010 B > S. 299:299(0) ack 100 in 10\n+0.010 A > . 100:100(0) ack 300 in 10\n{lines}"
    ))
}

fn segments(timeline: &Timeline) -> Vec<(i64, &SegmentEvent)> {
    let found = timeline.events.iter().filter_map(|event| match &event.detail {
        Detail::Segment(segment) => Some((event.t_ns, segment)),
        _ => None,
    });
    found.collect()
}

fn fates(timeline: &Timeline) -> String {
    let letter = |segment: &SegmentEvent| match (segment.fate, segment.received_ns) {
        (Fate::Lost, None) => 'x',
        (Fate::Received, Some(_)) => '>',
        (Fate::Received, None) => 'r',
        (Fate::Unknown, None) => '?',
        other => panic!("{other:?}"),
    };
    segments(timeline).iter().map(|(_, segment)| letter(segment)).collect()
}

/// Panics where the joined timeline differs from what really happened by more than it says.
fn check(sides: &TwoSides, timeline: &Timeline) {
    contract::assert_sound(timeline);
    contract::json(timeline);
    assert_eq!(timeline.source.vantage, Vantage::Both);
    let clock = timeline.source.clock.unwrap();
    let may_be_off = clock.uncertainty_ns + 2;
    let mut truth = sides.shipments.clone();
    // A copy that the network made is no segment of its own.
    let name = |it: &Shipment| (it.from_client, it.packet.seq, it.packet.ack, it.packet.flags, it.packet.payload.len());
    truth.retain(|it| it.sent.is_some() || !sides.shipments.iter().any(|of| of.sent.is_some() && name(of) == name(it)));
    truth.sort_by_key(|it| it.sent.or(it.arrives));
    let start = truth[0].sent.unwrap();
    let shown = segments(timeline);
    assert_eq!(shown.len(), truth.len());
    // Clocks that are off may turn two around that were sent within the uncertainty.
    let mut left = shown.clone();
    for it in &truth {
        let same = |(_, segment): &(i64, &SegmentEvent)| {
            segment.seq_raw == it.packet.seq
                && segment.len as usize == it.packet.payload.len()
                && (segment.from == timeline.connections[0].client) == it.from_client
                && (segment.ack_raw.unwrap_or(0) == it.packet.ack)
        };
        let place = left.iter().position(same).expect("every segment is shown");
        let (t_ns, segment) = left.remove(place);
        let sent = it.sent.unwrap() - start;
        assert!((t_ns - sent).abs() <= may_be_off, "sent {sent}, told {t_ns}, ±{may_be_off}: {it:?}");
        match (it.arrives, segment.received_ns) {
            (Some(arrives), Some(told)) => {
                let arrives = arrives - start;
                assert!((told - arrives).abs() <= may_be_off, "arrives {arrives}, told {told}, ±{may_be_off}: {it:?}");
            }
            (None, None) => assert_eq!(segment.fate, Fate::Lost, "{it:?}"),
            other => panic!("{other:?}: {it:?}"),
        }
    }
    let offset = clock.offset_ns - (sides.server_clock(start) - start);
    assert!(offset.abs() <= may_be_off, "offset off by {offset}, ±{may_be_off}");
}

fn weather() -> impl Strategy<Value = Weather> {
    let ways = (1_000..50 * MS, 1_000..50 * MS).prop_map(|(one, other)| [one, other]);
    let chances = prop::collection::vec(any::<u32>(), 40..80);
    (ways, 0..20 * MS, 0..25_u32, any::<bool>(), chances, any::<[u32; 2]>(), any::<bool>()).prop_map(
        |(ways, jitter, loss, ip_ids, chances, isns, timestamps)| Weather {
            ways,
            jitter,
            loss,
            ip_ids,
            chances,
            isns,
            timestamps,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whatever offset, drift, delays, jitter and losses: every time lies within the stated uncertainty, and what was lost
    /// and which copy arrived come out right.
    #[test]
    fn clocks_and_losses_come_out_right(
        weather in weather(),
        count in 1..80_usize,
        offset in -1_000_000_000_000_i64..1_000_000_000_000,
        drift_ppb in -200_000..200_000_i64,
    ) {
        let mut sides = questions(&weather, count);
        (sides.offset, sides.drift_ppb) = (offset, drift_ppb);
        check(&sides, &sides.joined());
    }
}

#[test]
fn drift_is_found_over_a_long_capture() {
    let chances = (0..97_u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    let weather =
        Weather { ways: [5 * MS, 5 * MS], jitter: MS, loss: 0, ip_ids: true, chances, isns: [1, 2], timestamps: true };
    let mut sides = questions(&weather, 5_000);
    (sides.offset, sides.drift_ppb) = (3_000_000_000, 40_000);
    let timeline = sides.joined();
    check(&sides, &timeline);
    let clock = timeline.source.clock.unwrap();
    assert!((clock.drift_ppb - 40_000).abs() < 3_000, "{clock:?}");
    assert!(clock.uncertainty_ns < 12 * MS, "{clock:?}");
    // The way there and back is equally long here, which nothing but luck tells.
    let ways = timeline.connections[0].ways.unwrap();
    let delay = ways.to_server.delay.unwrap();
    assert!((delay.median_ns - 5_500_000).abs() < MS, "{delay:?}");
    assert_eq!(delay.uncertainty_ns, clock.uncertainty_ns);
}

#[test]
fn every_sequence_of_both_sides_is_joined_as_it_was() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sequences");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        if !name.starts_with("both-sides-") || name.contains("from-between") {
            continue;
        }
        let sequence = Sequence::parse(&std::fs::read_to_string(&path).unwrap());
        for ip_ids in [false, true] {
            let mut sides = TwoSides::of(&sequence, ip_ids);
            sides.offset = -77 * MS;
            let timeline = sides.joined();
            check(&sides, &timeline);
            seen += 1;
        }
    }
    assert!(seen >= 8);
}

#[test]
fn a_lost_first_copy_and_a_spurious_second_are_told_apart() {
    let lost = after_handshake(
        "+0.050 A > P. 100:110(10) ack 300 lost\n+0.3 A > P. 100:110(10) ack 300 in 10\n+0.010 B > . 300:300(0) ack 110 in 10",
    );
    let spurious = after_handshake(
        "+0.050 A > P. 100:110(10) ack 300 in 10\n+0.010 B > . 300:300(0) ack 110 lost\n+0.3 A > P. 100:110(10) ack 300 in 10\n+0.010 B > . 300:300(0) ack 110 in 10",
    );
    for ip_ids in [false, true] {
        assert_eq!(fates(&TwoSides::of(&lost, ip_ids).joined()), ">>>x>>");
        assert_eq!(fates(&TwoSides::of(&spurious, ip_ids).joined()), ">>>>x>>");
    }
    let ways = TwoSides::of(&lost, false).joined().connections[0].ways.unwrap();
    assert_eq!((ways.to_server.arrived, ways.to_server.lost, ways.to_client.lost), (3, 1, 0));
}

/// What is said of delayed acknowledgments.
fn delays(lines: &str) -> Vec<String> {
    let timeline = TwoSides::of(&after_handshake(lines), true).joined();
    let notes = timeline.events.iter().flat_map(|event| &event.notes);
    notes.filter(|note| note.id == "delayed-ack").map(|note| note.text.en.clone()).collect()
}

#[test]
fn an_acknowledgment_is_held_back_from_when_its_receiver_has_the_data() {
    let held = delays("+0.050 A > P. 100:110(10) ack 300 in 10\n+0.050 B > . 300:300(0) ack 110 in 10");
    assert_eq!(held, ["delayed ACK: held back for about 40 ms"]);
    // The way was long, and the answer went out at once.
    let at_once = delays("+0.050 A > P. 100:110(10) ack 300 in 60\n+0.060 B > . 300:300(0) ack 110 in 10");
    assert_eq!(at_once, [] as [String; 0]);
}

#[test]
fn crossing_fins_are_a_simultaneous_close_with_times_of_arrival() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sequences/both-sides-crossing-fins.txt");
    let timeline = TwoSides::of(&Sequence::parse(&std::fs::read_to_string(path).unwrap()), true).joined();
    assert_eq!(timeline.connections[0].close.kind, synfin::timeline::CloseKind::Simultaneous);
    let closing: Vec<_> = timeline
        .events
        .iter()
        .flat_map(|event| event.states.iter())
        .filter(|change| change.to == State::Closing)
        .map(|change| (change.endpoint.as_str(), change.at_ns.unwrap() / MS))
        .collect();
    assert_eq!(closing, [("e2", 60), ("e1", 62)]);
}

#[test]
fn time_wait_begins_when_the_fin_arrives() {
    let lines = "+0.030 A > F. 100:100(0) ack 300 in 10\n+0.010 B > F. 300:300(0) ack 101 in 10\n+0.010 A > . 101:101(0) ack 301 in 10";
    let timeline = TwoSides::of(&after_handshake(lines), true).joined();
    let begins: Vec<_> = timeline
        .events
        .iter()
        .filter(|event| matches!(&event.detail, Detail::Timer(timer) if timer.action == TimerAction::Begins))
        .map(|event| event.t_ns / MS)
        .collect();
    assert_eq!(begins, [70]);
    assert_eq!(timeline.connections[0].time_wait[0].begins_ns / MS, 70);
}

#[test]
fn a_device_on_the_way_that_resets_is_found_out() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sequences/both-sides-reset-from-between.txt");
    let timeline = TwoSides::of(&Sequence::parse(&std::fs::read_to_string(path).unwrap()), true).joined();
    let notes: Vec<_> =
        timeline.events.iter().flat_map(|event| event.notes.iter()).map(|note| note.id.as_str()).collect();
    assert!(notes.contains(&"sent-by-neither"), "{notes:?}");
    assert_eq!(timeline.connections[0].ways.unwrap().to_server.appeared, 1);
}

const LIFE: &str = "+0.050 A > P. 100:110(10) ack 300 in 10
+0.010 B > P. 300:320(20) ack 110 in 10
+0.010 A > . 110:110(0) ack 320 in 10
+0.100 A > F. 110:110(0) ack 320 in 10
+0.010 B > F. 320:320(0) ack 111 in 10
+0.010 A > . 111:111(0) ack 321 in 10";

#[test]
fn nat_between_the_two_is_seen_through() {
    let sides = TwoSides { offset: 5_000 * MS, ..TwoSides::of(&after_handshake(LIFE), true) };
    let timeline = sides.joined_with(false, |side, packet| {
        if side == Side::Server {
            for address in [&mut packet.src, &mut packet.dst] {
                *address = match address.to_string().as_str() {
                    "10.0.0.1:40000" => "192.0.2.1:61234".parse().unwrap(),
                    _ => "172.16.0.9:8080".parse().unwrap(),
                };
            }
            packet.ttl -= 1;
            packet.ip_id = 0;
        }
    });
    check(&sides, &timeline);
    let seen_as: Vec<_> = timeline.endpoints.iter().map(|endpoint| endpoint.seen_as.clone().unwrap()).collect();
    assert_eq!(seen_as, ["192.0.2.1:61234", "172.16.0.9:8080"]);
    assert_eq!(timeline.endpoints[0].ip.to_string(), "10.0.0.1");
}

#[test]
fn one_clock_is_not_estimated() {
    let sides = TwoSides::of(&after_handshake(LIFE), true);
    let timeline = sides.joined_with(true, |_, _| {});
    assert_eq!(timeline.source.clock.unwrap().uncertainty_ns, 0);
    check(&sides, &timeline);
}

#[test]
fn one_clock_that_effects_before_causes_contradict_is_estimated() {
    let mut sides = TwoSides::of(&after_handshake(LIFE), true);
    sides.offset = -7_000 * MS;
    let timeline = sides.joined_with(true, |_, _| {});
    let told = &timeline.source.warnings;
    assert!(told.iter().any(|text| text.en.contains("do not tell one time")), "{told:?}");
    check(&sides, &timeline);
}

#[test]
fn strangers_are_not_joined() {
    let mut sides = TwoSides::of(&after_handshake(LIFE), true);
    sides.shipments.iter_mut().for_each(|it| it.packet.seq = it.packet.seq.wrapping_mul(7));
    let timeline = sides.joined_with(false, |side, packet| {
        if side == Side::Server {
            packet.seq = packet.seq.wrapping_add(1 << 20);
            packet.ack = packet.ack.wrapping_add(1 << 20);
        }
    });
    assert_ne!(timeline.source.vantage, Vantage::Both);
    assert!(timeline.source.warnings.iter().any(|warning| warning.en.contains("too little")));
}

/// The picture of a joined sequence.
fn picture(lines: &str, charset: Charset, lang: Lang, width: usize) -> String {
    let timeline = TwoSides { offset: 250 * MS, ..TwoSides::of(&after_handshake(lines), true) }.joined();
    let mut out = Vec::new();
    text::write(&Ladder::of(&timeline, 1).unwrap(), &Style::new(lang, charset, width), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const CROSSING: &str = "+0.030 A > P. 100:110(10) ack 300 lost
+0.210 A > P. 100:110(10) ack 300 in 10
+0.010 B > . 300:300(0) ack 110 in 10
+0.030 A > F. 110:110(0) ack 300 in 10
+0.002 B > F. 300:300(0) ack 110 in 10
+0.008 B > . 301:301(0) ack 111 in 10
+0.002 A > . 111:111(0) ack 301 in 10";

#[test]
fn arrows_slant_and_cross() {
    insta::assert_snapshot!("both-sides-unicode", picture(CROSSING, Charset::Unicode, Lang::En, 80));
    insta::assert_snapshot!("both-sides-ascii", picture(CROSSING, Charset::Ascii, Lang::En, 80));
    insta::assert_snapshot!("both-sides-narrow", picture(CROSSING, Charset::Narrow, Lang::Zh, 120));
}

#[test]
fn a_picture_keeps_its_width() {
    for width in [20, 49, 50, 60, 80, 130] {
        for charset in [Charset::Unicode, Charset::Ascii] {
            let drawn = picture(CROSSING, charset, Lang::En, width);
            assert!(drawn.lines().all(|line| line.chars().count() <= width), "{width}:\n{drawn}");
            assert!(drawn.contains('✕') || drawn.contains('X'), "{width}:\n{drawn}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever two captures hold: nothing panics, and the timeline does not contradict itself.
    #[test]
    fn any_two_captures_can_be_joined(one in talk::random(), other in talk::random(), cut in 0..40_usize, same in any::<bool>()) {
        let mut both = Both::new(talk::wishes(true), same);
        let mut theirs = one.shots.clone();
        theirs.truncate(cut);
        theirs.extend(other.shots.iter().cloned());
        theirs.iter_mut().step_by(5).for_each(|shot| shot.time += 3 * MS);
        feed(&mut both, Side::Client, &one.shots);
        feed(&mut both, Side::Server, &theirs);
        let timeline = both.finish(SourceKind::File, "both", Ending::default());
        contract::assert_sound(&timeline);
    }
}

#[test]
fn very_many_equal_segments_are_joined_in_no_time() {
    let mut sides = TwoSides::of(&after_handshake(""), false);
    let again = sides.shipments[2].clone();
    for n in 0..100_000_i64 {
        let sent = BEGIN + 100 * MS + n * 1000;
        sides.shipments.push(Shipment {
            sent: Some(sent),
            arrives: (n % 3 != 0).then_some(sent + 10 * MS),
            ..again.clone()
        });
    }
    let began = std::time::Instant::now();
    let timeline = sides.joined();
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    assert!(timeline.connections[0].ways.unwrap().to_server.arrived > 50_000);
}

/// With both ends captured a round trip ends where the acknowledgment arrives.
#[test]
fn round_trips_are_those_of_the_sender() {
    let lines = "A > P. 100:200(100) ack 300 in 10\n+0.010 B > . 300:300(0) ack 200 in 10\n\
        +0.020 A > P. 200:300(100) ack 300 in 10\n+0.010 B > . 300:300(0) ack 300 in 10\n\
        +0.020 B > P. 300:400(100) ack 300 in 10\n+0.010 A > . 300:300(0) ack 400 in 10\n\
        +0.020 B > P. 400:500(100) ack 300 in 10\n+0.010 A > . 300:300(0) ack 500 lost\n\
        +0.300 B > P. 400:500(100) ack 300 in 10\n+0.010 A > . 300:300(0) ack 500 in 10\n";
    let timeline = TwoSides::of(&after_handshake(lines), true).joined();
    let totals = &timeline.connections[0].totals;
    for rtt in [totals.client.rtt, totals.server.rtt] {
        let rtt = rtt.expect("round trips");
        assert!((19 * MS..22 * MS).contains(&rtt.min_ns) && rtt.max_ns < 22 * MS, "{rtt:?}");
    }
}
