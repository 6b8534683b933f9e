//! Real captures: the frames that hold TCP, and how long their segments are, as Wireshark says it.
#![allow(clippy::print_stderr)]

use super::*;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use synfin::source::CaptureReader;

/// One frame: ports, raw sequence number, length.
type Told = (u16, u16, u32, u32);

/// What Wireshark's answer says of each TCP frame: the innermost segment. `None`: quoted in an ICMP error, or too short to
/// have a sequence number.
fn theirs(answer: &Path) -> BTreeMap<u64, Option<Told>> {
    let text = std::fs::read_to_string(answer).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let mut frames = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |name: &str| cells[columns.iter().position(|column| *column == name).unwrap()];
        let number = |name: &str| cell(name).rsplit(',').next().unwrap().parse::<u32>().ok();
        let told = || {
            let (src, dst) = (number("sport")? as u16, number("dport")? as u16);
            Some((src, dst, number("seq")?, number("tcp_len").unwrap_or(0)))
        };
        let quoted = !matches!(cell("icmp_error"), "" | "0");
        frames.insert(cell("frame").parse().unwrap(), told().filter(|_| !quoted));
    }
    frames
}

fn answers(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => answers(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn the_same_frames_hold_tcp() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus"));
    if !corpus.join("ref").is_dir() {
        return writeln!(std::io::stderr(), "SKIPPED: no captures with Wireshark's answers at {}", corpus.display())
            .unwrap();
    }
    let mut found = Vec::new();
    answers(&corpus.join("ref"), &mut found);
    assert!(found.len() > 30, "{found:?}");
    for answer in found {
        let name = answer.strip_prefix(corpus.join("ref")).unwrap().with_extension("");
        let theirs = theirs(&answer);
        let mut decoder = Decoder::new();
        let mut reader = CaptureReader::open(corpus.join(&name)).unwrap();
        let mut ours = BTreeMap::new();
        let mut others = BTreeMap::new();
        while let Some(frame) = reader.next() {
            match decoder.decode(&frame) {
                Decoded::Segment(segment) => {
                    let told = (segment.src.port(), segment.dst.port(), segment.seq.0, segment.len);
                    ours.insert(frame.number, told);
                }
                Decoded::Icmp(_) => drop(others.insert(frame.number, Reason::IcmpError)),
                Decoded::Names(_) => drop(others.insert(frame.number, Reason::NotTcp)),
                Decoded::Skipped(reason) => drop(others.insert(frame.number, reason)),
            }
        }
        for (number, told) in &theirs {
            match told {
                Some(told) => assert_eq!(ours.get(number), Some(told), "{name:?}: frame {number}"),
                None => {
                    let reason = others.get(number);
                    let known = [Reason::IcmpError, Reason::IcmpQuote, Reason::TruncatedTcp];
                    assert!(
                        reason.is_some_and(|reason| known.contains(reason)),
                        "{name:?}: frame {number}: {reason:?}"
                    );
                }
            }
        }
        // A record that absurd is where Wireshark stops, and the reader reads on.
        if !name.ends_with("absurd-record-length.pcap") {
            let more: Vec<_> = ours.keys().filter(|number| !theirs.contains_key(number)).collect();
            assert!(more.is_empty(), "{name:?}: TCP for us alone: {more:?}");
        }
    }
}
