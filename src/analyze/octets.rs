//! TCP headers as they were captured, for those who look at each field against its octets.

use crate::source::Frame;
use crate::tcp::Segment;
use crate::timeline::{Detail, SegmentEvent, Timeline};
use data_encoding::HEXLOWER;
use std::collections::HashMap;

/// Headers that are kept, of 60 octets at most: the first ones.
const MOST: usize = 65_536;

/// The headers of one or two captures, by the number of their frames.
#[derive(Debug, Default)]
pub(super) struct Octets {
    captures: [HashMap<u64, Box<[u8]>>; 2],
}

impl Octets {
    /// Keeps the header of the segment that a frame holds. One that was put together of fragments stands in no frame.
    pub(super) fn see(&mut self, capture: usize, frame: &Frame<'_>, segment: &Segment<'_>) {
        let Some(kept) = self.captures.get_mut(capture).filter(|kept| kept.len() < MOST) else { return };
        if let Some(header) = header(frame, segment) {
            kept.insert(frame.number, header.into());
        }
    }

    /// Gives each segment of a timeline its header. Two captures may number their frames alike: what stands in the header tells.
    pub(super) fn give(&self, timeline: &mut Timeline) {
        let ports: HashMap<&str, u16> =
            timeline.endpoints.iter().map(|endpoint| (endpoint.id.as_str(), endpoint.port)).collect();
        for event in &mut timeline.events {
            let Detail::Segment(segment) = &mut event.detail else { continue };
            let ports = [&segment.from, &segment.to].map(|id| ports.get(id.as_str()).copied());
            let kept = self.captures.iter().filter_map(|capture| capture.get(&segment.frame));
            let own = kept.into_iter().find(|header| is_of(header, ports, segment));
            segment.octets = own.map(|header| HEXLOWER.encode(header));
        }
    }
}

/// The octets before the payload, as many as the header says that it has.
fn header<'f>(frame: &Frame<'f>, segment: &Segment<'_>) -> Option<&'f [u8]> {
    let payload = segment.payload.as_ptr().addr().checked_sub(frame.bytes.as_ptr().addr())?;
    let header = frame.bytes.get(payload.checked_sub(segment.header_len.into())?..payload)?;
    let ports = [segment.src.port(), segment.dst.port()].map(u16::to_be_bytes).concat();
    let seq = segment.seq.0.to_be_bytes();
    (header.get(..4)? == ports && header.get(4..8)? == seq).then_some(header)
}

fn is_of(header: &[u8], ports: [Option<u16>; 2], segment: &SegmentEvent) -> bool {
    let [src, dst] = ports;
    let own = |at: usize| header.get(at..at + 2).and_then(|two| two.try_into().ok()).map(u16::from_be_bytes);
    let number = |at: usize| header.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    own(0) == src
        && own(2) == dst
        && number(4) == Some(segment.seq_raw)
        && segment.ack_raw.is_none_or(|ack| number(8) == Some(ack))
        && own(14) == Some(segment.wnd)
}
