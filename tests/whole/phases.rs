//! The life of a connection goes one way: nothing that comes late leads back to a phase that is over.

use crate::support::talk::{self, Talk};
use synfin::analyze::{Analyzer, Wishes};
use synfin::app::{Encoding, Manner};
use synfin::source::CaptureReader;
use synfin::timeline::{Detail, Phase, SourceKind, Timeline};

/// The first event that goes back. TIME-WAIT begins while the last ACK of the close is still to come; a RST may lead to LISTEN
/// again, and another opening.
fn back(timeline: &Timeline) -> Option<String> {
    timeline.connections.iter().find_map(|connection| {
        let mut last = Phase::Open;
        timeline.events.iter().filter(|event| event.connection == connection.id).find_map(|event| {
            let before = std::mem::replace(&mut last, event.phase);
            let is_back = match event.phase {
                Phase::Open => matches!(before, Phase::Data | Phase::TimeWait),
                Phase::Data => matches!(before, Phase::Close | Phase::TimeWait),
                Phase::Lookup | Phase::Close | Phase::TimeWait => false,
            };
            is_back.then(|| format!("event {} is of {:?} after {before:?}", event.id, event.phase))
        })
    })
}

#[test]
fn no_typed_sequence_goes_back() {
    let mut wrong = String::new();
    for (name, talk) in Talk::all() {
        for full in [true, false] {
            if let Some(what) = back(&talk.timeline(full)) {
                wrong += &format!("{name}: {what}\n");
            }
        }
    }
    assert_eq!(wrong, "");
}

/// What is said after the other side's FIN stands in the close with the segments that carry it, in the events and in the steps.
#[test]
fn a_text_after_a_fin_is_of_the_close() {
    let manner = Manner { text: Some(Encoding::Auto), ..Manner::default() };
    let mut analyzer = Analyzer::new(Wishes { manner, ..talk::wishes(false) });
    let mut reader = CaptureReader::open(format!("{}/captures/half-close.pcap", env!("CARGO_MANIFEST_DIR"))).unwrap();
    while let Some(frame) = reader.next() {
        analyzer.push(&frame);
    }
    let timeline = analyzer.finish(SourceKind::File, "half-close", Default::default());
    assert_eq!(back(&timeline), None);
    let said = timeline.events.iter().filter(|event| matches!(event.detail, Detail::Message(_)));
    assert_eq!(said.map(|event| event.phase).collect::<Vec<_>>(), [Phase::Data, Phase::Close]);
    let phases: Vec<Phase> =
        timeline.steps.iter().map(|step| step.phase).filter(|phase| *phase != Phase::TimeWait).collect();
    assert!(phases.is_sorted(), "{phases:?}");
}
