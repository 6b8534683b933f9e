#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use super::*;

/// A response to a question for A of `www.lab.test`, with so many answers, and these octets for them.
fn response(answers: u16, records: &[u8]) -> Vec<u8> {
    let mut octets = vec![0x12, 0x34, 0x81, 0x80, 0, 1];
    octets.extend(answers.to_be_bytes());
    octets.extend([0, 0, 0, 0]);
    octets.extend(b"\x03www\x03lab\x04test\0\0\x01\0\x01");
    octets.extend(records);
    octets
}

/// A record that begins with these octets for a name.
fn record_of(name: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let len = data.len() as u16;
    [name, &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &len.to_be_bytes(), data].concat()
}

const QUESTION: &[u8] = &[0xc0, 12];

#[test]
fn a_query_is_read() {
    let mut octets = response(0, &[]);
    octets[2] = 1;
    octets[3] = 0;
    let (message, problems) = read(&octets).unwrap();
    let question = message.question.unwrap();
    assert_eq!((question.name.as_str(), question.record_type.as_str()), ("www.lab.test", "A"));
    assert_eq!((message.query_id, message.is_response, message.rcode, problems.len()), (0x1234, false, None, 0));
}

#[test]
fn an_alias_and_its_addresses_are_read_in_their_order() {
    let alias = record_of(QUESTION, 5, b"\x03web\xc0\x10");
    let at = 12 + 18 + 12;
    let web = [0xc0, at as u8];
    let records = [alias, record_of(&web, 1, &[10, 0, 0, 2]), record_of(&web, 28, &[0x20; 16])].concat();
    let (message, problems) = read(&response(3, &records)).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(message.rcode.as_deref(), Some("NOERROR"));
    let told: Vec<_> = message.records.iter().map(|a| (a.name.as_str(), a.record_type.as_str(), a.ttl_s)).collect();
    assert_eq!(told, [("www.lab.test", "CNAME", 60), ("web.lab.test", "A", 60), ("web.lab.test", "AAAA", 60)]);
    assert_eq!(message.records[0].target.as_deref(), Some("web.lab.test"));
    assert_eq!(message.records[1].ip, Some("10.0.0.2".parse().unwrap()));
}

#[test]
fn types_and_classes_that_nobody_knows_are_told_by_number() {
    let mut octets = response(1, &record_of(QUESTION, 65_400, b"??"));
    let at = octets.len() - 2 - 12 - 4;
    octets[at..at + 4].copy_from_slice(&[0xff, 0x01, 0xaa, 0xaa]);
    let (message, problems) = read(&octets).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(message.question.unwrap().record_type, "TYPE65281");
    assert_eq!(message.records[0].record_type, "TYPE65400");
}

#[test]
fn what_stands_before_a_fault_is_told_and_the_fault_too() {
    let good = record_of(QUESTION, 1, &[10, 0, 0, 2]);
    let itself = [0xc0, 12 + 18 + 16];
    let forward = [0xc0, 200];
    let cases: [(Vec<u8>, &str); 6] = [
        (record_of(&itself, 1, &[1; 4]), "answer 2 of 2 has a name with a pointer that leads to no earlier place"),
        (record_of(&forward, 1, &[1; 4]), "answer 2 of 2 has a name with a pointer that leads to no earlier place"),
        (record_of(&[0x80], 1, &[1; 4]), "answer 2 of 2 has a name with a label of an unknown kind"),
        (record_of(QUESTION, 1, &[1; 5]), "answer 2 of 2 has an address of the wrong length"),
        (record_of(QUESTION, 1, &[1; 4])[..9].to_vec(), "answer 2 of 2 is cut short"),
        (record_of(QUESTION, 33, &[1; 3]), "the data of answer 2 of 2 cannot be read"),
    ];
    for (bad, told) in cases {
        let (message, problems) = read(&response(2, &[good.clone(), bad].concat())).unwrap();
        assert_eq!(message.records.len(), 1, "{told}");
        assert!(problems[0].en.starts_with(told), "{problems:?}");
        assert_eq!(message.question.unwrap().name, "www.lab.test");
    }
}

#[test]
fn a_long_way_of_pointers_ends() {
    // Each pointer leads to the one before it.
    let mut octets = response(0, &[]);
    let mut last = 12_u16;
    for _ in 0..3000 {
        let at = octets.len() as u16;
        octets.extend((0xc000 | last).to_be_bytes());
        last = at;
    }
    octets[7] = 1;
    let name = (0xc000 | last).to_be_bytes();
    // Its owner's name stands first, so the way lies in the data.
    let mut data = octets[..30].to_vec();
    data[7] = 1;
    data.extend(record_of(QUESTION, 16, &octets[30..]));
    data.extend(record_of(&name, 1, &[1; 4]));
    assert!(read(&data).is_ok());
}

#[test]
fn more_than_anybody_needs_is_counted() {
    let records: Vec<u8> = (0..100).flat_map(|n| record_of(QUESTION, 1, &[10, 0, 0, n])).collect();
    let (message, _) = read(&response(100, &records)).unwrap();
    assert_eq!((message.records.len(), message.records_left_out), (100, 0));
}

#[test]
fn counts_that_lie_cost_nothing() {
    let mut octets = response(0xffff, &[]);
    octets[4..6].copy_from_slice(&[0xff, 0xff]);
    octets[8..12].copy_from_slice(&[0xff; 4]);
    let (message, problems) = read(&octets).unwrap();
    assert_eq!((message.records.len(), problems.len()), (0, 1));
    assert!(read(&octets[..11]).is_err());
}

#[test]
fn names_that_are_no_text_are_escaped() {
    let mut octets = response(0, &[]);
    octets[13..16].copy_from_slice(b"\x1b.\\");
    let (message, _) = read(&octets).unwrap();
    assert_eq!(message.question.unwrap().name, "\\027\\.\\\\.lab.test");
    octets[13] = 0xff;
    assert_eq!(read(&octets).unwrap().0.question.unwrap().name, "\\255\\.\\\\.lab.test");
}

#[test]
fn any_octets_and_any_damage_are_read_within_bounds() {
    use std::hash::{BuildHasher, RandomState};
    let alias = record_of(QUESTION, 5, b"\x03web\xc0\x10");
    let records =
        [alias, record_of(&[0xc0, 42], 1, &[10, 0, 0, 2]), record_of(QUESTION, 65, b"\0\x01\0\0\x01\0\x03\x02h2")];
    let sound = response(3, &records.concat());
    let chance = RandomState::new();
    for round in 0..20_000_u64 {
        let mut octets = sound.clone();
        for n in 0..=round % 4 {
            let draw = chance.hash_one((round, n)) as usize;
            let at = draw % octets.len();
            octets[at] = (draw >> 16) as u8;
        }
        octets.truncate(chance.hash_one(round) as usize % (octets.len() * 2));
        if let Ok((message, problems)) = read(&octets) {
            assert!(message.records.len() <= 256 && problems.len() <= 3);
        }
    }
}
