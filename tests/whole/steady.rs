//! Segments that nobody looks at take a short way through the tracker: it leaves just what the long way leaves.

use crate::captures::files;
use crate::cases;
use crate::support::talk::{self, Talk};
use proptest::prelude::*;
use std::path::Path;
use synfin::decode::{Decoded, Decoder};
use synfin::source::{CaptureReader, Frame};
use synfin::tcp::MslProfile;
use synfin::track::{Hear, Step, Tracker};

/// Hears no segment, and so lets them take the short way.
struct Deaf;

impl Hear for Deaf {
    fn step(&mut self, _: &Step<'_>) {}

    fn looks(&self, _: u64, _: u64) -> bool {
        false
    }
}

/// Two trackers, one with somebody who looks at each step.
struct Pair {
    decoder: Decoder,
    seen: Tracker,
    unseen: Tracker,
}

impl Pair {
    fn new() -> Pair {
        let tracker = || Tracker::new(MslProfile::Linux);
        Pair { decoder: Decoder::new(), seen: tracker(), unseen: tracker() }
    }

    fn push(&mut self, frame: &Frame<'_>) {
        match self.decoder.decode(frame) {
            Decoded::Segment(segment) => {
                self.seen.push(&segment, &mut |_: &Step<'_>| {});
                self.unseen.push(&segment, &mut Deaf);
            }
            Decoded::Icmp(error) => {
                self.seen.hear_icmp(&error, &mut |_: &Step<'_>| {});
                self.unseen.hear_icmp(&error, &mut Deaf);
            }
            Decoded::Names(_) | Decoded::Skipped(_) => {}
        }
    }

    fn check(&self, what: &str) {
        let (seen, unseen) = (self.seen.connections(), self.unseen.connections());
        assert_eq!(seen.len(), unseen.len(), "{what}");
        for (seen, unseen) in seen.into_iter().zip(unseen) {
            assert_eq!(format!("{seen:?}"), format!("{unseen:?}"), "{what}");
        }
    }
}

/// After each packet both ways have led to the same.
fn check(talk: &Talk) {
    let mut pair = Pair::new();
    let mut count = 0;
    talk.frames(|frame| {
        count += 1;
        pair.push(frame);
        pair.check(&format!("after packet {count}"));
    });
}

#[test]
fn the_captures() {
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")) {
        let Ok(mut reader) = CaptureReader::open(&path) else { continue };
        let mut pair = Pair::new();
        while let Some(frame) = reader.next() {
            pair.push(&frame);
            if frame.number % 64 == 0 {
                pair.check(&format!("{} after packet {}", path.display(), frame.number));
            }
        }
        pair.check(&path.display().to_string());
    }
}

#[test]
fn the_sequences() {
    Talk::all().iter().for_each(|(_, talk)| check(talk));
    check(&talk::download(40_000, 300));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn random(talk in talk::random(), by_the_book in talk::by_the_book()) {
        check(&talk);
        check(&by_the_book);
    }
}
