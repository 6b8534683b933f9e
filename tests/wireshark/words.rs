//! Each word firing and each staying silent, typed. `every_fixture_is_tsharks` asks tshark 4.0 for all of them.

use crate::differences::DIFFERENCES;
use crate::fixture::{Fixture, told};
use std::collections::HashSet;
use std::process::Command;
use synfin::tcp::Timestamp;
use synfin::wireshark::{Completeness, DupAck, Words};

/// A handshake from which data begins at 101 and 301.
const OPEN: &str = "
    A > S  100:100(0) win 1000
    B > S. 300:300(0) ack 101 win 1000
    A > .  101:101(0) ack 301 win 1000
";

macro_rules! fixtures {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            fixture($text).check();
        })*

        const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

fn fixture(text: &str) -> Fixture {
    Fixture::parse(&text.replace("OPEN", OPEN))
}

fixtures! {
    an_ordinary_life_has_no_words: "OPEN
        A > P. 101:201(100) ack 301
        B > .  301:301(0) ack 201
        B > P. 301:401(100) ack 201
        A > .  201:201(0) ack 401
        A > F. 201:201(0) ack 401
        B > F. 401:401(0) ack 202
        A > .  202:202(0) ack 402";
    a_syn_again: "
        A > S  100:100(0)
        +1 A > S  100:100(0)            # retransmission
        B > S. 300:300(0) ack 101
        +1 B > S. 300:300(0) ack 101    # retransmission
        A > .  101:101(0) ack 301";
    data_again: "OPEN
        A > P. 101:201(100) ack 301
        +0.3 A > P. 101:201(100) ack 301  # retransmission
        B > . 301:301(0) ack 201";
    data_again_after_its_ack_was_needless: "OPEN
        A > P. 101:201(100) ack 301
        B > . 301:301(0) ack 201
        +0.3 A > P. 101:201(100) ack 301  # retransmission spurious_retransmission
        +0.3 A > P. 101:301(200) ack 301  # retransmission";
    fast_after_two_duplicates: "OPEN
        A > P. 101:201(100) ack 301
        A > P. 201:301(100) ack 301
        A > P. 301:401(100) ack 301
        B > . 301:301(0) ack 101          # duplicate_ack
        B > . 301:301(0) ack 101          # duplicate_ack
        +0.01 A > P. 101:201(100) ack 301 # retransmission fast_retransmission";
    not_fast_after_20_ms: "OPEN
        A > P. 101:201(100) ack 301
        A > P. 201:301(100) ack 301
        B > . 301:301(0) ack 101          # duplicate_ack
        B > . 301:301(0) ack 101          # duplicate_ack
        +0.02 A > P. 101:201(100) ack 301 # retransmission";
    not_fast_after_one_duplicate: "OPEN
        A > P. 101:201(100) ack 301
        A > P. 201:301(100) ack 301
        B > . 301:301(0) ack 101          # duplicate_ack
        +0.01 A > P. 101:201(100) ack 301 # retransmission";
    late_within_the_first_round_trip_is_disorder: "OPEN
        A > P. 201:301(100) ack 301       # lost_segment
        A > P. 101:201(100) ack 301       # out_of_order";
    later_than_the_first_round_trip_is_a_repetition: "OPEN
        A > P. 201:301(100) ack 301       # lost_segment
        +0.002 A > P. 101:201(100) ack 301 # retransmission";
    disorder_without_a_handshake_within_3_ms: "
        A > P. 101:201(100) ack 301
        A > P. 301:401(100) ack 301        # lost_segment
        +0.0029 A > P. 201:301(100) ack 301 # out_of_order
        A > P. 501:601(100) ack 301        # lost_segment
        +0.003 A > P. 401:501(100) ack 301 # retransmission";
    the_end_repeated_is_no_disorder: "OPEN
        A > P. 101:201(100) ack 301
        +0.001 A > P. 101:201(100) ack 301 # retransmission";
    data_after_a_probed_octet_is_new: "OPEN
        A > P. 101:201(100) ack 301
        A > P. 200:300(100) ack 301";
    duplicates_are_pure_and_change_nothing: "OPEN
        A > P. 101:201(100) ack 301
        B > . 301:301(0) ack 101          # duplicate_ack
        B > . 301:301(0) ack 101 win 999  # window_update
        B > P. 301:311(10) ack 101 win 999
        B > . 311:311(0) ack 201 win 999
        B > F. 311:311(0) ack 201 win 999";
    keep_alives: "OPEN
        +75 A > . 100:100(0) ack 301      # keep_alive
        B > . 301:301(0) ack 101          # keep_alive_ack
        +75 A > . 100:101(1) ack 301      # keep_alive
        B > . 301:301(0) ack 101          # keep_alive_ack
        B > . 301:301(0) ack 101          # keep_alive_ack
        A > . 101:101(0) ack 301          # duplicate_ack
        B > . 301:301(0) ack 101          # duplicate_ack
        A > F. 100:100(0) ack 301         # retransmission";
    a_gap: "OPEN
        A > P. 201:301(100) ack 301       # lost_segment
        A > P. 301:401(100) ack 301
        A > R. 501:501(0) ack 301";
    an_ack_of_what_was_not_seen: "OPEN
        A > P. 101:201(100) ack 301
        B > . 301:301(0) ack 301          # ack_lost_segment
        B > . 301:301(0) ack 301          # duplicate_ack
        B > . 301:301(0) ack 201";
    a_full_window: "
        A > S 100:100(0) win 1000 <wscale 0>
        B > S. 300:300(0) ack 101 win 500 <wscale 1>
        A > . 101:101(0) ack 301
        A > P. 101:601(500) ack 301       # window_full
        B > . 301:301(0) ack 601 win 100
        A > P. 601:701(100) ack 301
        A > P. 701:801(100) ack 301       # window_full
        A > FP. 801:811(10) ack 301";
    a_full_window_of_unknown_scale_is_not_known: "
        A > . 101:101(0) ack 301
        B > . 301:301(0) ack 101 win 100
        A > P. 101:201(100) ack 301";
    a_closed_window_and_its_probes: "OPEN
        A > P. 101:201(100) ack 301
        B > . 301:301(0) ack 201 win 0    # zero_window
        +0.2 A > . 201:202(1) ack 301     # zero_window_probe
        B > . 301:301(0) ack 201 win 0    # zero_window zero_window_probe_ack
        B > . 301:301(0) ack 201 win 0    # zero_window zero_window_probe_ack
        A > . 201:201(0) ack 301          # duplicate_ack
        B > . 301:301(0) ack 201 win 0    # zero_window
        B > . 301:301(0) ack 201 win 900  # window_update
        A > P. 201:202(1) ack 301";
    a_closed_window_that_closes_all_the_same: "OPEN
        A > F. 101:101(0) ack 301 win 0
        B > R 301:301(0) win 0";
    ports_taken_again: "OPEN
        +1 A > S 9000:9000(0)             # reused_ports
        B > S. 300:300(0) ack 9001        # reused_ports
        A > S 9000:9000(0)                # retransmission
        B > S. 400:400(0) ack 9001        # lost_segment reused_ports";
    fast_open_taken: "
        A > S 100:110(10) <cookie 8>      # tfo_syn
        B > S. 300:300(0) ack 111         # tfo_ack
        A > . 111:111(0) ack 301";
    fast_open_ignored: "
        A > S 100:110(10) <cookie 8>      # tfo_syn
        B > S. 300:300(0) ack 101         # tfo_ignored
        A > P. 101:111(10) ack 301        # retransmission";
    fast_open_only_asked_for: "
        A > S 100:100(0) <cookie 0>
        B > S. 300:300(0) ack 101 <cookie 8>
        A > . 101:101(0) ack 301";
    numbers_wrap: "
        A > S  4294967290:0(0)
        B > S. 4294967295:0(0) ack 4294967291
        A > .  4294967291:0(0) ack 0      # duplicate_ack
        A > P. 4294967291:0(10) ack 0
        A > P. 5:0(10) ack 0
        B > .  0:0(0) ack 15
        A > P. 5:0(10) ack 0              # retransmission spurious_retransmission
        B > P. 0:0(10) ack 15
        A > .  15:0(0) ack 10";
    vlans_do_not_part_streams: "OPEN
        A > P. 101:201(100) ack 301 vlan 5
        A > P. 101:201(100) ack 301 vlan 6 # retransmission";
    operations_of_multipath_are_no_duplicates: "OPEN
        A > . 101:101(0) ack 301          # duplicate_ack
        A > . 101:101(0) ack 301 <mptcp 2> # duplicate_ack
        A > . 101:101(0) ack 301
        A > . 101:101(0) ack 301          # duplicate_ack";
    time_runs_backwards: "OPEN
        A > P. 201:301(100) ack 301       # lost_segment
        +-0.5 A > P. 101:201(100) ack 301 # retransmission";
}

#[test]
fn each_word_fires_and_is_silent() {
    let fixtures: Vec<Fixture> = ALL.iter().map(|(_, text)| fixture(text)).collect();
    let fired: HashSet<&str> =
        fixtures.iter().flat_map(|fixture| fixture.wanted.iter().flat_map(|words| words.split(' '))).collect();
    for word in Words::all_names() {
        assert!(fired.contains(word), "{word} never fires");
        let silent = fixtures.iter().any(|fixture| fixture.wanted.iter().all(|words| !words.contains(word)));
        assert!(silent, "{word} is never silent");
    }
}

#[test]
fn duplicates_are_counted_from_their_first() {
    let fixture = fixture(
        "OPEN
        A > P. 101:201(100) ack 301
        B > . 301:301(0) ack 201
        B > . 301:301(0) ack 201          # duplicate_ack
        B > . 301:301(0) ack 201          # duplicate_ack
        A > P. 201:301(100) ack 301
        B > . 301:301(0) ack 301
        B > . 301:301(0) ack 301          # duplicate_ack",
    );
    let told: Vec<Option<DupAck>> = fixture.check().iter().map(|marks| marks.dup_ack).collect();
    let dup = |number, first| Some(DupAck { number, first });
    assert_eq!(told[5..], [None, dup(1, 5), dup(2, 5), None, None, dup(1, 9)][1..]);
}

#[test]
fn round_trips_and_completeness() {
    let fixture = fixture(
        "
        A > S 100:100(0)
        +1 A > S 100:100(0)              # retransmission
        +0.02 B > S. 300:300(0) ack 101
        +0.03 A > . 101:101(0) ack 301
        +0.5 A > P. 101:201(100) ack 301
        +0.04 B > . 301:301(0) ack 201
        +0.25 A > P. 101:201(100) ack 301 # retransmission spurious_retransmission",
    );
    let marks = fixture.check();
    // From the last SYN to the first ACK; the first ACK takes the first SYN's time.
    assert_eq!(marks[3].initial_rtt_ns, Some(50_000_000));
    assert_eq!((marks[2].acks_frame, marks[2].ack_rtt_ns), (Some(1), Some(1_020_000_000)));
    assert_eq!((marks[5].acks_frame, marks[5].ack_rtt_ns), (Some(5), Some(40_000_000)));
    assert_eq!((marks[1].rto_frame, marks[1].rto_ns), (Some(1), Some(1_000_000_000)));
    assert!(marks.iter().all(|marks| marks.completeness == Completeness(15)));
    assert_eq!(Completeness(15).name(), "Incomplete, DATA");
}

/// A direction whose ACKs are never seen is remembered up to Wireshark's bound, and judged after it.
#[test]
fn what_is_never_acknowledged_is_bounded() {
    let mut fixture = fixture("OPEN");
    let mut segment = fixture.segments[2];
    for _ in 0..12_000 {
        segment.frame += 1;
        segment.time = Timestamp(segment.time.0 + 1000);
        segment.len = 10;
        segment.tcp_len = 30;
        fixture.segments.push(segment);
        segment.seq = segment.seq + 10;
    }
    let mut ack = fixture.segments[1];
    (ack.frame, ack.flags, ack.seq, ack.ack) = (segment.frame + 1, segment.flags, ack.seq + 1, segment.seq);
    fixture.segments.push(ack);
    let marks = fixture.marks();
    // The window of the handshake is passed once, at its edge.
    assert!(marks.iter().all(|marks| marks.words.is_empty() || marks.words == Words::WINDOW_FULL));
    assert_eq!(marks.last().unwrap().acks_frame, None);
}

/// Asks the tshark that is installed; its words are those of 4.0.
#[test]
#[ignore = "asks tshark 4.0: cargo test --test wireshark -- --ignored"]
fn every_fixture_is_tsharks() {
    let folder = tempfile::tempdir().unwrap();
    let differences = DIFFERENCES.iter().map(|difference| (difference.name, difference.text));
    for (name, text) in ALL.iter().copied().chain(differences) {
        let fixture = fixture(text);
        let path = folder.path().join("fixture.pcap");
        std::fs::write(&path, fixture.pcap()).unwrap();
        let mut tshark = Command::new("tshark");
        tshark.args(["-n", "-2", "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields", "-r"]).arg(&path);
        tshark.args(["-e", "tcp.stream", "-e", "tcp.completeness"]);
        for word in Words::all_names() {
            tshark.args(["-e", &format!("tcp.analysis.{word}")]);
        }
        let answer = String::from_utf8(tshark.output().expect("tshark runs").stdout).unwrap();
        let theirs: Vec<String> = answer
            .lines()
            .map(|line| {
                let (fields, words): (Vec<&str>, Vec<&str>) =
                    (line.split('\t').take(2).collect(), line.split('\t').skip(2).collect());
                let set = Words::all_names().zip(words).filter(|(_, set)| !set.is_empty()).map(|(word, _)| word);
                format!("{} {} {}", fields[0], fields[1], set.collect::<Vec<_>>().join(" "))
            })
            .collect();
        let ours: Vec<String> = fixture
            .marks()
            .iter()
            .map(|marks| format!("{} {} {}", marks.stream, marks.completeness.0, told(marks)))
            .collect();
        assert_eq!(ours, theirs, "{name}");
    }
}
