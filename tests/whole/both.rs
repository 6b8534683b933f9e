//! Two captures of the same connections on the command line, and names for peers.

use crate::program::{feed, run, synfin, text};
use crate::support::contract;
use crate::support::packet::{Endian, PcapngFile};
use crate::support::sequence::Sequence;
use crate::support::two_sides::TwoSides;
use synfin::analyze::Side;

fn capture(name: &str) -> String {
    format!("{}/captures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_recorded_pair_is_joined_and_drawn_again_from_its_json() {
    let [client, server] = ["two-hosts-client.pcap", "two-hosts-server.pcap"].map(capture);
    let both = ["replay", "--client", &client, "--server", &server];
    let names = ["--relabel", "10.0.0.1=Alice", "--relabel", "10.0.0.2:8080=Web"];
    let picture = run(&[both.as_slice(), &names].concat());
    assert!(picture.status.success(), "{}", text(&picture.stderr));
    let drawn = text(&picture.stdout);
    for wanted in ["seen at both ends", "to Web", "to Alice", "Web closes first", "╲", "╱", "the server's is"] {
        assert!(drawn.contains(wanted), "no {wanted:?} in\n{drawn}");
    }
    let json = run(&[both.as_slice(), &names, &["--format", "json"]].concat());
    let timeline = contract::parse(&json.stdout);
    contract::assert_sound(&serde_json::from_slice(&json.stdout).unwrap());
    assert_eq!(timeline["source"]["vantage"], "both");
    assert_eq!(timeline["endpoints"][0]["name"], "Alice");
    assert_eq!(timeline["connections"][0]["ways"]["to_client"]["lost"], 0);
    let again = feed(&mut synfin(&["render", "-"]), &json.stdout);
    assert_eq!(text(&again.stdout), drawn);
    // One machine recorded both, so one clock is true; segments then arrive no earlier than they are sent.
    let one_clock = run(&[both.as_slice(), &["--one-clock"]].concat());
    assert!(text(&one_clock.stdout).contains("one clock"), "{}", text(&one_clock.stdout));
}

#[test]
fn two_interfaces_of_one_file_are_two_sides() {
    let lines =
        std::fs::read_to_string(format!("{}/tests/sequences/both-sides-last-ack-lost.txt", env!("CARGO_MANIFEST_DIR")));
    let sides = TwoSides::of(&Sequence::parse(&lines.unwrap()), true);
    let mut file = PcapngFile::new();
    let name = |name: &'static str| [(2, name.as_bytes()), (9, &[9][..])];
    file.section(Endian::Little, &[]).interface(1, 65_535, &name("left")).interface(1, 65_535, &name("right"));
    let mut frames = Vec::new();
    for (interface, side) in [(0, Side::Client), (1, Side::Server)] {
        frames.extend(sides.capture(side).into_iter().map(|shot| (shot.time, interface, shot.packet.ethernet())));
    }
    frames.sort();
    for (time, interface, bytes) in &frames {
        file.enhanced(*interface, *time as u64, bytes, bytes.len() as u32, &[]);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wire.pcapng");
    std::fs::write(&path, &file.bytes).unwrap();
    let path = path.to_str().unwrap();
    let by_number = run(&["replay", "--client", &format!("{path}#0"), "--server", &format!("{path}#1")]);
    let by_name = run(&["replay", "--client", &format!("{path}#left"), "--server", &format!("{path}#right")]);
    assert!(by_number.status.success(), "{}", text(&by_number.stderr));
    let drawn = text(&by_number.stdout);
    assert_eq!(drawn, text(&by_name.stdout));
    assert!(drawn.contains("one clock") && drawn.contains("lost between"), "{drawn}");
    let wrong = run(&["replay", "--client", &format!("{path}#up"), "--server", &format!("{path}#1")]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("0 (left), 1 (right)"), "{}", text(&wrong.stderr));
    let same = run(&["replay", "--client", path, "--server", path]);
    assert_eq!(same.status.code(), Some(2));
    let half = run(&["replay", "--client", path]);
    assert_eq!(half.status.code(), Some(2));
}

#[test]
fn names_are_given_to_addresses_and_to_ports() {
    let file = capture("download.pcap");
    let drawn = run(&["replay", &file, "--relabel", "127.0.0.1=Host", "--relabel", "127.0.0.1:8080=文件\u{1b}[31m"]);
    assert!(drawn.status.success(), "{}", text(&drawn.stderr));
    let drawn = text(&drawn.stdout);
    assert!(drawn.contains("Host closes first") && drawn.contains("文件"), "{drawn}");
    assert!(!drawn.contains('\u{1b}'), "{drawn}");
    for wrong in ["127.0.0.1", "=x", "nobody=x", "127.0.0.1="] {
        assert_eq!(run(&["replay", &file, "--relabel", wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn names_stand_in_the_table_the_sentences_and_the_csv() {
    let folder = tempfile::tempdir().unwrap();
    let [download, other] = ["download.pcap", "half-close.pcap"].map(capture);
    let names = ["--relabel", "127.0.0.1=Host", "--relabel", "127.0.0.1:8080=Web", "--relabel", "10.9.9.9=Nobody"];
    let replay = |more: &[&str]| run(&[&["replay", &download, &other][..], &names, more].concat());
    let table = replay(&["--width", "250"]);
    let (drawn, said) = (text(&table.stdout), text(&table.stderr));
    assert!(drawn.contains("Web:8080") || drawn.contains("Web (127.0.0.1)"), "{drawn}");
    assert!(!drawn.contains("127.0.0.1:"), "{drawn}");
    assert!(drawn.contains("to Web") && drawn.contains("to Host") && !drawn.contains("the server"), "{drawn}");
    assert!(said.contains("--relabel 10.9.9.9=Nobody names none") && !said.contains("=Host"), "{said}");
    let [first, refused] = ["server-closes-first.pcap", "refused.pcap"].map(capture);
    let files = ["replay", &download, &other, &first, &refused];
    let told = run(&[&files[..], &["--relabel", "127.0.0.1:8081=Shut"]].concat());
    assert!(text(&told.stdout).contains("Shut:8081 refused"), "{}", text(&told.stdout));
    let csv = text(&replay(&["--format", "csv"]).stdout);
    assert!(csv.contains("to Web") && !csv.contains("the server") && csv.contains(",Host,Web"), "{csv}");
    let json = folder.path().join("life.json");
    std::fs::write(&json, replay(&["--format", "json"]).stdout).unwrap();
    let again = run(&["render", json.to_str().unwrap(), "--relabel", "10.9.9.8=Nobody"]);
    assert!(text(&again.stderr).contains("10.9.9.8=Nobody"), "{}", text(&again.stderr));
    assert!(text(&run(&["replay", &download, "--relabel", "127.0.0.1=Host"]).stderr).is_empty());
}

/// Many connections of two captures: the clocks, the ways and what was lost on them stand under the table.
#[test]
fn the_table_of_two_captures_tells_of_the_way() {
    let [client, server] = ["two-hosts-client.pcap", "two-hosts-server.pcap"].map(capture);
    let both = ["replay", "--client", &client, "--server", &server];
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("both.json");
    let mut timeline: serde_json::Value =
        serde_json::from_slice(&run(&[&both[..], &["--format", "json"]].concat()).stdout).unwrap();
    let mut second = timeline["connections"][0].clone();
    second["id"] = 2.into();
    second["ways"]["to_server"]["lost"] = 3.into();
    timeline["connections"].as_array_mut().unwrap().push(second);
    std::fs::write(&json, timeline.to_string()).unwrap();
    for (lang, wanted) in
        [("en", ["one way", "to servers", "clocks", " lost"]), ("zh", ["单程", "到服务器", "时钟", "丢失"])]
    {
        let drawn = text(&run(&["render", json.to_str().unwrap(), "--lang", lang]).stdout);
        for wanted in wanted {
            assert!(drawn.contains(wanted), "no {wanted:?} in\n{drawn}");
        }
    }
}
