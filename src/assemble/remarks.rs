//! What people wrote on packets, kept beside the frames until the events that show them are known.

use crate::lab::deed::Deed;
use crate::timeline::{Detail, Event, PacketComment, Timeline};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Comments kept, and octets of all of them; more are counted.
const KEPT: usize = 10_000;
const OCTETS: usize = 1 << 20;

/// Comments by frame, with the two ends of the segment in it.
#[derive(Debug, Default)]
pub struct Remarks {
    by_frame: BTreeMap<u64, (SocketAddr, SocketAddr, String)>,
    octets: usize,
    /// Comments that found no room.
    pub left_out: u64,
}

impl Remarks {
    /// Keeps a comment. Where frames of several files have the same number the last comment stays.
    pub fn add(&mut self, frame: u64, src: SocketAddr, dst: SocketAddr, text: &str) {
        if self.by_frame.len() >= KEPT || self.octets.saturating_add(text.len()) > OCTETS {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.octets += text.len();
        self.by_frame.insert(frame, (src, dst, text.to_owned()));
    }

    /// Puts each comment on the event that shows its frame.
    pub fn place(&self, timeline: &mut Timeline) {
        if self.by_frame.is_empty() {
            return;
        }
        let address = |id: &str| timeline.endpoints.iter().find(|end| end.id == id).map(|end| (end.ip, end.port));
        let ends: BTreeMap<u64, [Option<SocketAddr>; 2]> = timeline
            .connections
            .iter()
            .map(|one| (one.id, [&one.client, &one.server].map(|id| address(id).map(SocketAddr::from))))
            .collect();
        for event in &mut timeline.events {
            let Some(frames) = frames(event) else { continue };
            let Some(ends) = ends.get(&event.connection) else { continue };
            for (frame, (src, dst, text)) in self.by_frame.range(frames) {
                if ends.contains(&Some(*src)) && ends.contains(&Some(*dst)) {
                    let words = Deed::words(text);
                    event.comments.push(PacketComment { frame: *frame, text: text.clone(), words });
                }
            }
        }
    }
}

/// The frames that an event shows; those of other connections may lie between.
fn frames(event: &Event) -> Option<std::ops::RangeInclusive<u64>> {
    match &event.detail {
        Detail::Segment(segment) => Some(segment.frame..=segment.frame),
        Detail::Run(run) if run.first_frame <= run.last_frame => Some(run.first_frame..=run.last_frame),
        _ => None,
    }
}
