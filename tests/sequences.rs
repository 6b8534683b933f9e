//! The figures of RFC 9293 and their kin, typed as text (`tests/sequences/*.txt`): both peers must go through just these states.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::collections::HashSet;
use support::sequence::Sequence;
use synfin::annotate::{self, verdict};
use synfin::tcp::{MslProfile, Segment};
use synfin::timeline::OpenKind;
use synfin::track::{Input, Keep, Tracker};

/// Where nobody watches, a SYN is set aside until its answer comes, which here has another VLAN.
#[test]
fn a_syn_set_aside_meets_its_answer_in_another_vlan() {
    for (name, opened) in [
        ("vlan-one-way", vec![OpenKind::ThreeWay, OpenKind::ThreeWay]),
        ("vlan-one-way-refused", vec![OpenKind::Refused]),
        ("vlan-one-way-and-another-connection", vec![OpenKind::MidStream, OpenKind::MidStream]),
    ] {
        let mut tracker = Tracker::keeping(MslProfile::Linux, Keep { first: 0, one: None, is_watched: false }, false);
        let mut kinds = Vec::new();
        let mut last = Default::default();
        let mut sink = |step: &synfin::track::Step<'_>| {
            if let Input::Retired = step.input {
                kinds.push(verdict::opening(step.connection).kind);
            }
        };
        let segments = Sequence::parse(&read(name)).segments();
        // The first connection of a capture is never set aside: it shall be another one.
        let first = Segment { src: ([192, 0, 2, 1], 1).into(), dst: ([192, 0, 2, 2], 2).into(), ..segments[0] };
        for segment in std::iter::once(&first).chain(&segments) {
            tracker.push(segment, &mut sink);
            last = segment.time;
        }
        tracker.finish(last, &mut sink);
        let split = if name.ends_with("another-connection") { 0 } else { opened.len() as u64 };
        assert_eq!(tracker.split_by_vlan(), split, "{name}");
        assert_eq!(kinds[1..], opened, "{name}");
    }
}

macro_rules! sequences {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let file = stringify!($name).replace('_', "-");
            Sequence::parse(&read(&file)).check();
        })*

        #[test]
        fn every_file_is_a_test() {
            let mut listed: Vec<String> = vec![$(stringify!($name).replace('_', "-") + ".txt"),*];
            listed.sort();
            let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sequences")).unwrap();
            let mut there: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            there.sort();
            assert_eq!(there, listed);
        }
    };
}

fn read(name: &str) -> String {
    let path = format!("{}/tests/sequences/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Rules without a fixture that shows them firing or one that shows them staying silent. It only ever gets shorter.
#[rustfmt::skip] // One a line, so that two who shorten it do not meet.
const NOT_YET_COVERED: &[&str] = &[
];

/// `note ID` in some file shows that a rule fires, `no note ID` in some file that it can stay silent.
#[test]
fn every_rule_fires_somewhere_and_is_silent_somewhere() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sequences")).unwrap();
    let (mut fires, mut silent) = (HashSet::new(), HashSet::new());
    for entry in folder {
        let sequence = Sequence::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
        fires.extend(sequence.notes.into_iter().map(|(_, rule)| rule));
        silent.extend(sequence.silent);
    }
    let covered = |id: &str| fires.contains(id) && silent.contains(id);
    for rule in annotate::rules() {
        let is_listed = NOT_YET_COVERED.contains(&rule.id);
        assert!(covered(rule.id) || is_listed, "{}: no `note` or no `no note` in any file", rule.id);
        assert!(!covered(rule.id) || !is_listed, "{} is covered: take it off the list", rule.id);
    }
    assert!(NOT_YET_COVERED.iter().all(|id| annotate::rules().any(|rule| rule.id == *id)), "an old name in the list");
}

sequences! {
    abort_after_fin
    accept_queue_full
    accept_queue_full_for_a_while
    accurate_ecn
    ack_of_syn_ack_too_late
    ack_of_what_was_never_sent
    both_sides_crossing_fins
    both_sides_doubled
    both_sides_fin_before_its_data
    both_sides_fins_cross_within_microseconds
    both_sides_last_ack_lost
    both_sides_old_duplicate_from_between
    both_sides_reset_from_between
    both_sides_reset_lost
    both_sides_stale_syn_from_between
    both_sides_syn_lost
    captured_before_and_after_a_router
    captured_twice
    captured_twice_without_id
    captured_with_and_without_vlan
    closed_window_then_reset
    closed_window_then_reset_by_reader
    crossing_syn_lost
    cut_anew
    data_after_a_probe
    data_after_close
    data_beyond_window
    data_under_way_is_no_half_close
    delayed_ack
    doubled_by_the_network
    duplicate_acks_are_no_copies
    ecn
    ecn_refused
    fast_open_cookie_given
    fast_open_data_accepted
    fast_open_data_ignored
    fast_retransmission
    figure_06_three_way_handshake
    figure_07_simultaneous_open
    figure_08_old_duplicate_syn
    figure_09_half_open_discovered
    figure_10_active_side_discovers_half_open
    figure_11_old_duplicate_syn_two_passive
    figure_12_normal_close
    figure_13_simultaneous_close
    fin_after_an_octet_not_captured
    fin_before_its_data
    fin_lost
    fin_lost_before_capture
    fin_overtaken_by_the_acknowledgment_of_the_other
    fin_rides_on_repeated_data
    fin_wait_2_abandoned
    fin_with_the_number_of_the_syn
    forged_reset_then_true_one
    forged_syn
    gap_before_an_acknowledgment
    half_close_with_late_data
    half_open_discovered_mid_stream
    half_open_syn_ack_repeated
    handshake_captured_before_and_after_a_bridge
    icmp_host_unreachable
    icmp_prohibited
    icmp_prohibited_then_open
    icmp_then_accepted
    icmp_while_open
    idle_then_reset
    keep_alives
    keep_alives_answered
    keep_alives_given_up
    last_ack_captured_before_its_fin
    last_ack_lost
    last_fin_unanswered
    late_copy_of_syn
    late_data_from_before_the_capture
    lost_before_capture
    mid_stream_close
    multipath
    multipath_declined
    multipath_joins_what_was_not_seen
    multipath_older_version
    needless_retransmission
    null_and_xmas_scan
    odd_segments
    old_connection_answers
    old_connection_gone_then_open
    old_data_in_time_wait_not_answered
    old_data_of_mid_stream_again
    old_data_starts_time_wait_anew
    old_duplicate_syn_never_answered
    one_direction_only
    one_identification_for_all
    on_loopback_ignored_by_busy_port
    out_of_order_by_ip_id
    out_of_order_by_time
    out_of_order_by_timestamp
    outdated_timestamp
    path_mtu_lowered
    refused
    refused_and_asked_again_as_windows
    refused_then_accepted
    refused_while_time_wait
    reset_after_all_was_acknowledged
    reset_after_idle
    reset_and_data_under_way
    reset_as_noise_then_open
    reset_by_other_device
    reset_disowned
    reset_in_close_wait
    reset_in_closing
    reset_in_established
    reset_in_fin_wait_1
    reset_in_fin_wait_2
    reset_in_last_ack
    reset_in_listen_and_closed
    reset_in_syn_received
    reset_in_syn_sent
    reset_in_time_wait
    reset_instead_of_last_ack
    reset_inside_window_challenged
    reset_linger_zero
    reset_mid_transfer
    reset_mid_transfer_seen_at_the_receiver
    reset_or_unread
    reset_outside_window
    reset_outside_window_proves_nothing
    reset_unread_data
    reset_with_strange_identification
    reset_with_the_next_identification
    reset_without_ack_after_own_data
    retransmission_timeout_and_backoff
    retransmission_without_cause
    retransmissions_given_up
    reuse_in_time_wait
    reuse_linux_step
    reuse_refused_in_time_wait
    reuse_timestamp
    reuse_with_syn_not_captured
    sack_retransmission_before_the_timer
    second_fin_is_nonsense
    second_fin_unanswered
    self_connect
    sequence_wrap
    server_closes_first
    signed_by_ao
    signed_by_md5
    split_five_way
    split_four_way
    spurious_by_d_sack
    spurious_by_timestamp
    stray_of_an_older_connection
    stray_syn_ack
    super_segment
    syn_ack_before_syn
    syn_ack_lost
    syn_ack_lost_as_the_other_end_shows
    syn_ack_or_its_ack_lost
    syn_captured_twice
    syn_lost
    syn_or_answer_lost
    syn_received_given_up
    syn_scan
    syn_withdrawn
    syns_ignored_by_busy_port
    tail_loss_probe
    tail_loss_probe_of_a_lone_segment
    third_ack_lost
    third_ack_lost_data_completes
    three_segment_close
    time_wait_refuses_newer_syn
    too_short_for_a_timeout
    two_syn_acks
    unacceptable_syn_ack
    unanswered_syn
    vanished_socket
    vlan_one_way
    vlan_one_way_and_another_connection
    vlan_one_way_icmp
    vlan_one_way_mid_stream
    vlan_one_way_refused
    wrong_ack_in_handshake
    zero_window
}
