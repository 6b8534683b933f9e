//! What a change of the capture that means nothing may change in the timeline: nothing that means anything.

use crate::cases;
use crate::support::contract;
use crate::support::harness::relative::{assert_same, forget_raw_numbers};
use crate::support::talk::{self, Talk, wishes};
use proptest::prelude::*;
use serde_json::Value;
use std::net::SocketAddr;
use synfin::analyze::{Analyzer, Wishes};
use synfin::assemble::Watch;
use synfin::decode::{Decoded, Decoder};
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::source::Timestamp;
use synfin::tcp::{MslProfile, Peer};
use synfin::timeline::{Detail, Event, Lang, Timeline};
use synfin::track::{Input, Keep, Step, Tracker};

/// The timeline's JSON, checked against the schema.
fn json(talk: &Talk) -> Value {
    contract::json(&talk.timeline(true))
}

fn is_from(packet: &crate::support::packet::Packet, peer: Peer, a: SocketAddr) -> bool {
    (packet.src == a) == (peer == Peer::A)
}

/// Adds to every number that counts the octets of one side.
fn shift_numbers(talk: &Talk, peer: Peer, by: u32) -> Talk {
    let mut talk = talk.clone();
    let a = talk.shots[0].packet.src;
    for shot in &mut talk.shots {
        let packet = &mut shot.packet;
        let to_itself = packet.src == packet.dst;
        if is_from(packet, peer, a) || to_itself {
            packet.seq = packet.seq.wrapping_add(by);
        }
        if !is_from(packet, peer, a) || to_itself {
            if packet.flags & crate::support::packet::ACK != 0 {
                packet.ack = packet.ack.wrapping_add(by);
            }
            talk::shift_sack(&mut packet.options, by);
        }
    }
    talk
}

fn shifting_numbers_changes_nothing_relative(talk: &Talk, by: u32) {
    let mut plain = json(talk);
    forget_raw_numbers(&mut plain);
    for peer in Peer::BOTH {
        let mut shifted = json(&shift_numbers(talk, peer, by));
        forget_raw_numbers(&mut shifted);
        assert_same(&shifted, &plain, &format!("the numbers of {peer:?} moved by {by}"));
    }
}

fn shifting_time_changes_the_start_alone(talk: &Talk, by: i64) {
    let mut later = talk.clone();
    later.end += by;
    later.shots.iter_mut().for_each(|shot| shot.time += by);
    let (mut plain, mut shifted) = (json(talk), json(&later));
    assert_eq!(plain["source"]["start"] == shifted["source"]["start"], by == 0);
    plain["source"]["start"].take();
    shifted["source"]["start"].take();
    assert_same(&shifted, &plain, "another time");
}

/// The two hosts change places. Ports stay with what was sent from them: where no SYN was seen, a well-known port tells who
/// is the server.
fn swapping_addresses_mirrors(talk: &Talk) {
    let mut swapped = talk.clone();
    for shot in &mut swapped.shots {
        let packet = &mut shot.packet;
        let (src, dst) = (packet.src.ip(), packet.dst.ip());
        packet.src.set_ip(dst);
        packet.dst.set_ip(src);
    }
    let (mut plain, mut mirrored) = (json(talk), json(&swapped));
    // Every packet goes the other way, so the same endpoint ids stand for the other addresses.
    if let [one, other] = mirrored["endpoints"].as_array_mut().unwrap().as_mut_slice() {
        std::mem::swap(&mut one["ip"], &mut other["ip"]);
        let names = [&one["ip"], &other["ip"]].map(|ip| ip.as_str().unwrap().to_string());
        swap_names(&mut mirrored["overview"], &names);
    }
    swap_names(&mut plain["overview"], &[String::new(), String::new()]);
    assert_same(&mirrored, &plain, "swapped addresses");
}

/// Puts each of two names in the other's place. Equals among those who stand out are told in the order of their addresses,
/// so lists are put in order.
fn swap_names(value: &mut Value, names: &[String; 2]) {
    match value {
        Value::String(text) if *text == names[0] => text.clone_from(&names[1]),
        Value::String(text) if *text == names[1] => text.clone_from(&names[0]),
        Value::Array(items) => {
            items.iter_mut().for_each(|item| swap_names(item, names));
            if items.iter().all(Value::is_object) {
                items.sort_by_key(Value::to_string);
            }
        }
        Value::Object(members) => members.values_mut().for_each(|member| swap_names(member, names)),
        _ => {}
    }
}

/// Drawing as it goes leaves what is kept as it is, and gives every packet once.
fn settling_between_frames_changes_nothing(talk: &Talk) {
    for full in [true, false] {
        let plain = contract::json(&talk.timeline(full));
        let mut analyzer = Analyzer::new(Wishes { watch: Watch::Both, ..wishes(full) });
        let mut drawn = 0;
        let mut count = |event: Event| {
            drawn += match event.detail {
                Detail::Segment(_) => 1,
                Detail::Run(run) => run.count,
                _ => 0,
            }
        };
        talk.frames(|frame| {
            analyzer.push(frame);
            for later in [0, 100_000_000, 300_000_000] {
                analyzer.settle(Timestamp(frame.time.0 + later), &mut |_, _, event| count(event));
            }
        });
        analyzer.settle(Timestamp(i64::MAX), &mut |_, _, event| count(event));
        let settled = contract::json(&talk.finish(analyzer));
        assert_same(&settled, &plain, &format!("settled, full {full}"));
        let copies = settled.pointer("/source/packets/captured_twice").map_or(0, |count| count.as_u64().unwrap());
        assert_eq!(drawn + copies, talk.shots.len() as u64, "packets drawn, full {full}");
    }
}

/// Every connection as its last step shows it, in the order of their first segments.
fn retired(talk: &Talk, keep: Keep) -> Vec<String> {
    let mut tracker = Tracker::keeping(MslProfile::Linux, keep, false);
    let mut decoder = Decoder::new();
    let mut last = Vec::new();
    let mut note = |step: &Step<'_>| {
        if matches!(step.input, Input::Retired) {
            let text = format!("{:?}", step.connection);
            // Where it was kept is no matter.
            let place = text.find(" place: ").unwrap();
            let rest = &text[place + 1..];
            last.push(text[..place].to_string() + &rest[rest.find(',').unwrap()..]);
        }
    };
    let mut end = Timestamp::default();
    talk.frames(|frame| {
        end = end.max(frame.time);
        if let Decoded::Segment(segment) = decoder.decode(frame) {
            tracker.push(&segment, &mut note);
        }
    });
    tracker.finish(end, &mut note);
    last
}

/// What is set aside until something unusual comes makes the connection that it would have made at once.
fn setting_aside_changes_nothing(talk: &Talk) {
    let talk = &talk.after_another();
    let whole = retired(talk, Keep { is_watched: true, ..Keep::ALL });
    let bounded = retired(talk, Keep { first: 0, one: None, is_watched: false });
    assert_eq!(bounded.len(), talk.timeline(true).connections.len());
    for (whole, bounded) in whole.iter().zip(&bounded) {
        assert_eq!(
            whole.replace("lingers: true", "lingers: false"),
            bounded.replace("lingers: true", "lingers: false")
        );
    }
}

/// One connection watched alone is drawn as it is among all.
fn one_alone_is_as_among_all(talk: &Talk) {
    for full in [true, false] {
        let all = talk.timeline(full);
        for connection in &all.connections {
            let mut watches = vec![Watch::One(connection.id)];
            if all.connections.len() == 1 {
                watches.push(Watch::Sole);
            }
            for watch in watches {
                let mut analyzer = Analyzer::new(Wishes { watch, ..wishes(full) });
                talk.frames(|frame| analyzer.push(frame));
                let alone = talk.finish(analyzer);
                assert_eq!(draw(&alone, connection.id), draw(&all, connection.id), "{watch:?}, full {full}");
            }
        }
    }
}

fn draw(timeline: &Timeline, connection: u64) -> String {
    let style = Style::new(Lang::En, Charset::Unicode, 80);
    let mut out = Vec::new();
    render::write(timeline, &View { connection: Some(connection), ..View::default() }, Format::Text, &style, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_sequences_are_symmetric() {
    for (name, talk) in Talk::all() {
        eprintln!("{name}");
        for by in [1, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            shifting_numbers_changes_nothing_relative(&talk, by);
        }
        for by in [1, 3_600_000_000_000, -999_999_999] {
            shifting_time_changes_the_start_alone(&talk, by);
        }
        swapping_addresses_mirrors(&talk);
        settling_between_frames_changes_nothing(&talk);
        one_alone_is_as_among_all(&talk);
        setting_aside_changes_nothing(&talk);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn numbers(talk in talk::random(), by in any::<u32>()) {
        shifting_numbers_changes_nothing_relative(&talk, by);
    }

    #[test]
    fn set_aside(talk in talk::random(), by_the_book in talk::by_the_book()) {
        setting_aside_changes_nothing(&talk);
        setting_aside_changes_nothing(&by_the_book);
    }

    #[test]
    fn time(talk in talk::random(), by in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
        shifting_time_changes_the_start_alone(&talk, by);
    }

    #[test]
    fn addresses(talk in talk::random()) {
        swapping_addresses_mirrors(&talk);
    }

    #[test]
    fn settling(talk in talk::random()) {
        settling_between_frames_changes_nothing(&talk);
        one_alone_is_as_among_all(&talk);
    }

    #[test]
    fn alone(talk in talk::random()) {
        one_alone_is_as_among_all(&talk);
    }
}
