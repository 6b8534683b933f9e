//! Captures that begin late, end early or miss packets: what they do not have was not lost for that.

use super::support::packet::{Packet, SYN};
use super::support::sequence::Sequence;
use super::support::two_sides::{BEGIN, MS, Shipment, TwoSides};
use super::{LIFE, after_handshake, fates, segments};
use synfin::timeline::{OpenCause, OpenKind};

#[test]
fn what_one_capture_does_not_cover_is_not_called_lost() {
    let sides = TwoSides::of(&after_handshake(LIFE), true);
    let at = |ms: i64| BEGIN + ms * MS;
    // The server's capture begins after the handshake.
    let late = TwoSides { covers: [None, Some((at(60), at(5_000)))], ..sides.clone() };
    assert_eq!(fates(&late.joined()), "rr?>>>>>>");
    // It ends before the close.
    let early = TwoSides { covers: [None, Some((at(-1000), at(150)))], ..sides.clone() };
    let fates_of_early = fates(&early.joined());
    assert!(fates_of_early.starts_with(">>>>>>"), "{fates_of_early}");
    assert!(!fates_of_early.contains('x'), "{fates_of_early}");
    // The client's begins late.
    let late = TwoSides { covers: [Some((at(60), at(5_000))), None], ..sides };
    let timeline = late.joined();
    assert!(!fates(&timeline).contains('x'), "{}", fates(&timeline));
    assert!(segments(&timeline).len() >= 6);
}

#[test]
fn what_a_capture_missed_is_not_called_lost() {
    let sides = TwoSides::of(&after_handshake(LIFE), true);
    let mut both = sides.clone();
    // The server's capture lacks the client's data, and yet the server acknowledges it.
    let missed = both.shipments.iter().position(|it| it.from_client && it.packet.payload.len() == 10).unwrap();
    both.shipments[missed].arrives = None;
    assert_eq!(fates(&both.joined()), ">>>r>>>>>");
}

#[test]
fn syns_that_nobody_answers_have_arrived_where_both_sides_saw_them() {
    let mut sides = TwoSides::of(&after_handshake(LIFE), true);
    for n in 0..4 {
        let mut packet = Packet::new("10.9.0.1:40000", "10.9.0.2:80").seq(7).flags(SYN);
        packet.ip_id = 700 + n as u16;
        let sent = BEGIN + n * 1_000 * MS;
        sides.shipments.push(Shipment { from_client: true, sent: Some(sent), arrives: Some(sent + 10 * MS), packet });
    }
    let timeline = sides.joined();
    let silent = timeline.connections.iter().find(|it| it.open.kind == OpenKind::Unanswered).unwrap();
    let way = silent.ways.unwrap().to_server;
    assert_eq!((way.arrived, way.lost, silent.open.syn_retransmissions), (4, 0, 3));
    assert!(!fates(&timeline).contains('x'));
}

/// The server's capture begins with the SYN that came through: its answer echoes that one's timestamp, so the others were lost.
#[test]
fn syns_before_the_server_s_capture_begins_are_lost_where_the_answer_shows_it() {
    let lines = |echo: u32| {
        format!(
            "A > S 99:99(0) lost <ts 1000 0>\n+1 A > S 99:99(0) lost <ts 2000 0>\n+1 A > S 99:99(0) in 10 <ts 3000 0>\n\
             +0.010 B > S. 299:299(0) ack 100 in 10 <ts 77 {echo}>\n+0.010 A > . 100:100(0) ack 300 in 10 <ts 3020 77>\n"
        )
    };
    let joined = |lines: &str| {
        let sides = TwoSides::of(&Sequence::parse(lines), true);
        let begins = sides.shipments.iter().filter_map(|it| it.arrives).min().unwrap();
        TwoSides { covers: [None, Some((begins, begins + 2_000 * MS))], ..sides }.joined()
    };
    let timeline = joined(&lines(3000));
    assert_eq!(fates(&timeline), "xx>>>");
    assert_eq!(timeline.connections[0].open.cause, Some(OpenCause::SynLost));
    // The answer is to an earlier one: that one came before the capture began.
    assert_eq!(fates(&joined(&lines(1000))), "??>>>");
}
