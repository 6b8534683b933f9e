//! The figures of RFC 9293 and their kin, typed as text (`tests/sequences/*.txt`): both peers must go through just these states.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use support::sequence::Sequence;

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

sequences! {
    figure_06_three_way_handshake
    figure_07_simultaneous_open
    figure_08_old_duplicate_syn
    figure_09_half_open_discovered
    figure_10_active_side_discovers_half_open
    figure_11_old_duplicate_syn_two_passive
    figure_12_normal_close
    figure_13_simultaneous_close
    three_segment_close
    half_close_with_late_data
    refused
    syn_lost
    syn_ack_lost
    third_ack_lost
    third_ack_lost_data_completes
    fin_lost
    last_ack_lost
    reset_in_syn_sent
    reset_in_syn_received
    reset_in_established
    reset_in_fin_wait_1
    reset_in_fin_wait_2
    reset_in_close_wait
    reset_in_closing
    reset_in_last_ack
    reset_in_time_wait
    reset_in_listen_and_closed
    reset_outside_window
    reset_inside_window_challenged
    self_connect
    sequence_wrap
    mid_stream_close
    reuse_in_time_wait
    syn_ack_before_syn
    server_closes_first
}
