//! Connections that are set aside because nothing about them is unusual are told as the whole judgement tells them.

use crate::cases;
use crate::support::talk::{self, Talk};
use proptest::prelude::*;
use synfin::decode::{Decoded, Decoder};
use synfin::overview::Fact;
use synfin::source::Timestamp;
use synfin::tcp::MslProfile;
use synfin::track::{Hear, Input, Keep, LoneSyn, Ordinary, Step, Tracker};

/// What is told of each connection; in short where that is offered and `takes_short`.
#[derive(Default)]
struct Facts {
    told: Vec<String>,
    takes_short: bool,
    in_short: usize,
}

impl Facts {
    fn note(&mut self, fact: &Fact) {
        self.told.push(format!("{fact:?}"));
    }
}

impl Hear for Facts {
    fn step(&mut self, step: &Step<'_>) {
        if matches!(step.input, Input::Retired) {
            self.note(&Fact::of(step.connection, Timestamp(0), MslProfile::Linux.two_msl_ns()));
        }
    }

    fn lone(&mut self, syn: &LoneSyn) -> bool {
        if self.takes_short {
            self.note(&Fact::of_lone(syn, Timestamp(0)));
        }
        self.takes_short
    }

    fn ordinary(&mut self, connection: &Ordinary) -> bool {
        if self.takes_short {
            self.in_short += 1;
            self.note(&Fact::of_ordinary(connection, Timestamp(0)));
        }
        self.takes_short
    }
}

fn facts(talk: &Talk, is_watched: bool, takes_short: bool) -> Facts {
    let keep = Keep { first: 0, one: None, is_watched };
    let mut tracker = Tracker::keeping(MslProfile::Linux, keep, false);
    let mut decoder = Decoder::new();
    let mut facts = Facts { takes_short, ..Facts::default() };
    talk.frames(|frame| {
        if let Decoded::Segment(segment) = decoder.decode(frame) {
            tracker.push(&segment, &mut facts);
        }
    });
    tracker.finish(Timestamp(talk.end), &mut facts);
    facts
}

/// Gives how many connections were told in short.
fn check(name: &str, talk: &Talk) -> usize {
    let talk = &talk.after_another();
    let (whole, short) = (facts(talk, true, false), facts(talk, false, true));
    assert_eq!(whole.told, short.told, "{name}: {talk:#?}");
    short.in_short
}

#[test]
fn every_sequence() {
    let in_short: usize = Talk::all().iter().map(|(name, talk)| check(name, talk)).sum();
    assert!(in_short >= 3, "only {in_short} were told in short");
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_conversation(talk in talk::random()) {
        check("random", &talk);
    }

    #[test]
    fn by_the_book(talk in talk::by_the_book()) {
        check("by the book", &talk);
    }
}
