//! MPTCP, signatures and VLANs from octets to the contract, and two captures joined where only one direction is tagged.

use crate::program::{run, text};
use crate::support::contract;
use crate::support::packet::{ACK, FIN, PSH, Packet, RST, SYN};
use crate::support::talk::{Shot, Talk, pcap};
use serde_json::Value;

const CLIENT: &str = "10.0.0.1:40000";
const SERVER: &str = "10.0.0.2:80";
const BEGIN: i64 = 1_700_000_000_000_000_000;

fn talk(packets: Vec<Packet>) -> Talk {
    let shots: Vec<Shot> =
        packets.into_iter().zip(0..).map(|(packet, ms)| Shot { time: BEGIN + ms * 1_000_000, packet }).collect();
    Talk { end: shots.last().unwrap().time, shots }
}

fn json(packets: Vec<Packet>) -> Value {
    contract::json(&talk(packets).timeline(true))
}

fn opening(client: &str, options: [&[u8]; 3]) -> Vec<Packet> {
    let [syn, answer, ack] = options;
    vec![
        Packet::new(client, SERVER).seq(99).flags(SYN).options(syn),
        Packet::new(SERVER, client).seq(299).ack(100).flags(SYN | ACK).options(answer),
        Packet::new(client, SERVER).seq(100).ack(300).options(ack),
    ]
}

fn capable(version: u8, keys: &[u8]) -> Vec<u8> {
    [&[30, 4 + keys.len() as u8, version, 0x81], keys].concat()
}

/// The tokens are those that tshark 4.0.17 prints for these keys (`mptcp.expected_token`).
#[test]
fn a_path_joins_the_connection_whose_token_it_bears() {
    let keys: [Vec<u8>; 2] = [(1..9).collect(), (11..19).collect()];
    let both = keys.concat();
    for (version, tokens) in [(0, [3_713_500_092_u32, 3_845_025_684]), (1, [1_719_930_330, 1_885_246_832])] {
        // In version 1 the SYN has no key yet.
        let first = if version == 0 { keys[0].as_slice() } else { &[] };
        let [syn, answer, ack] = [first, &keys[1], &both].map(|keys| capable(version, keys));
        let mut packets = opening(CLIENT, [&syn, &answer, &ack]);
        let join = [&[30, 12, 0x10, 1], &tokens[1].to_be_bytes()[..], b"rand"].concat();
        let answer = [&[30, 16, 0x10, 1][..], &[7; 12]].concat();
        let ack = [&[30, 24, 0x10, 0][..], &[7; 20]].concat();
        packets.extend(opening("10.0.1.1:41000", [&join, &answer, &ack]));
        packets.extend(opening("10.0.0.1:42000", [&[], &[], &[]]));
        let timeline = json(packets);
        let [first, further, other] = [0, 1, 2].map(|at| timeline["connections"][at]["mptcp"].clone());
        assert_eq!(first["version"], version);
        assert_eq!([&first["token_client"], &first["token_server"]], tokens);
        assert_eq!([&first["agreed"], &further["agreed"]], [true, true]);
        assert_eq!((&further["joins"], &further["joins_token"]), (&Value::from(1), &Value::from(tokens[1])));
        assert!(other.is_null(), "{other}");
    }
}

#[test]
fn the_options_of_a_segment_say_what_it_is_signed_by() {
    let ao = [&[29, 16, 5, 6][..], &[7; 12]].concat();
    let md5 = [&[19, 18][..], &[7; 16]].concat();
    let timeline = json(opening(CLIENT, [&ao, &md5, &[]]));
    let options = [0, 1, 2].map(|at| timeline["events"][at]["options"].clone());
    assert_eq!(options[0]["ao"], serde_json::json!({ "key_id": 5, "next_key_id": 6 }));
    assert_eq!((&options[0]["md5"], &options[0]["signed"]), (&Value::Null, &Value::Bool(true)));
    assert_eq!((&options[1]["ao"], &options[1]["md5"]), (&Value::Null, &Value::Bool(true)));
    assert!(options[2].get("signed").is_none());
}

/// Two connections, the second one reset, and the first one's data lost once on its way; the client's capture has a tag on
/// what the client sends. Of each side.
fn sides(tag: bool) -> [Talk; 2] {
    let mut shots = [Vec::new(), Vec::new()];
    let mut now = BEGIN;
    for (client, is_first) in [(CLIENT, true), ("10.0.0.1:40001", false)] {
        let sent =
            |seq, ack, flags, len| Packet::new(client, SERVER).seq(seq).ack(ack).flags(flags).payload(&vec![b'x'; len]);
        let answered = |seq, ack, flags| Packet::new(SERVER, client).seq(seq).ack(ack).flags(flags);
        let mut way = vec![
            (true, true, sent(99, 0, SYN, 0)),
            (false, true, answered(299, 100, SYN | ACK)),
            (true, true, sent(100, 300, ACK, 0)),
            (true, !is_first, sent(100, 300, PSH | ACK, 50)),
        ];
        way.extend(is_first.then(|| (true, true, sent(100, 300, PSH | ACK, 50))));
        way.push((false, true, answered(300, 150, ACK)));
        if is_first {
            way.push((true, true, sent(150, 300, FIN | ACK, 0)));
            way.push((false, true, answered(300, 151, FIN | ACK)));
            way.push((true, true, sent(151, 301, ACK, 0)));
        } else {
            way.push((true, true, sent(150, 300, RST | ACK, 0)));
        }
        for (id, (by_client, arrives, mut packet)) in (1..).zip(way) {
            now += 100_000_000;
            packet.ip_id = id;
            let tagged = if by_client && tag { packet.clone().vlan(0x8100, 10) } else { packet.clone() };
            let times = if by_client {
                [Some(now), arrives.then_some(now + 400_000)]
            } else {
                [Some(now + 400_000), Some(now)]
            };
            for ((list, time), packet) in shots.iter_mut().zip(times).zip([tagged, packet]) {
                list.extend(time.map(|time| Shot { time, packet }));
            }
        }
    }
    shots.map(|shots| Talk { end: now + 1_000_000, shots })
}

#[test]
fn joined_captures_are_summed_up_and_chosen_from_like_others() {
    let folder = tempfile::tempdir().unwrap();
    for tag in [false, true] {
        let paths = ["client.pcap", "server.pcap"].map(|name| folder.path().join(name));
        for (path, talk) in paths.iter().zip(sides(tag)) {
            std::fs::write(path, pcap(&talk)).unwrap();
        }
        let [client, server] = [0, 1].map(|at| paths[at].to_str().unwrap());
        let replay = |more: &[&str]| {
            let all = [&["replay", "--client", client, "--server", server][..], more].concat();
            let output = run(&all);
            assert!(output.status.success(), "{all:?}: {}", text(&output.stderr));
            text(&output.stdout).to_string()
        };
        let timeline = contract::parse(replay(&["--format", "json"]).as_bytes());
        assert_eq!(timeline["source"]["vantage"], "both", "tag {tag}");
        // Each segment counts once in the glance, however many captures have it.
        let overview = &timeline["overview"];
        assert_eq!((&overview["connections"], &overview["segments"]), (&Value::from(2), &Value::from(15)));
        assert_eq!(timeline["source"]["packets"]["seen"], 29);
        assert_eq!(overview["loss"]["retransmissions"], 1);
        assert_eq!(timeline["connections"][0]["ways"]["to_server"]["lost"], 1);
        let reset = contract::parse(replay(&["--where", "close=rst", "--format", "json"]).as_bytes());
        assert_eq!(reset["overview"]["connections"], 1);
        assert_eq!(reset["connections"].as_array().unwrap().len(), 1);
        let csv = replay(&["--where", "ways.to_server.lost>0", "--format", "csv"]);
        assert_eq!(csv.lines().map(|line| line.split(',').next().unwrap()).collect::<Vec<_>>(), ["id", "1"]);
        let lines = replay(&["--sort", "port", "--format", "ndjson"]);
        assert_eq!(lines.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(), 2);
        let merged = contract::parse(replay(&["--merge-vlans", "--format", "json"]).as_bytes());
        assert_eq!(merged["source"]["vantage"], "both");
    }
}

#[test]
fn vlans_keep_connections_apart_unless_they_are_merged() {
    let mut packets = opening(CLIENT, [&[], &[], &[]]);
    let one = packets.clone();
    packets.extend(opening(CLIENT, [&[], &[], &[]]).into_iter().map(|packet| {
        let (seq, ack) = (packet.seq + 5_000, packet.ack + 5_000);
        packet.seq(seq).ack(ack).vlan(0x8100, 7)
    }));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vlans.pcap");
    std::fs::write(&path, pcap(&talk(packets))).unwrap();
    let count = |more: &[&str]| {
        let output = run(&[&["replay", path.to_str().unwrap(), "--format", "json"][..], more].concat());
        let timeline = contract::parse(&output.stdout);
        (timeline["connections"].as_array().unwrap().len(), timeline["source"]["warnings"].clone())
    };
    assert_eq!(count(&[]), (2, Value::Array(Vec::new())));
    let half: Vec<Packet> = one
        .into_iter()
        .map(|packet| match packet.flags & SYN != 0 && packet.flags & ACK != 0 {
            true => packet,
            false => packet.vlan(0x8100, 7),
        })
        .collect();
    std::fs::write(&path, pcap(&talk(half))).unwrap();
    let (apart, told) = count(&[]);
    assert_eq!(apart, 1);
    assert!(told[0]["en"].as_str().unwrap().starts_with("1 connection has another VLAN"), "{told}");
    assert_eq!(count(&["--merge-vlans"]), (1, Value::Array(Vec::new())));
}
