//! Frames in, timeline out: decode, track, annotate and assemble in one object. It knows no file, device or clock.

mod both;

pub use both::{Both, Side};

use crate::assemble::{Assembler, Endpoints, KernelWord, Watch};
use crate::decode::{Decoded, Decoder};
use crate::join::Passages;
use crate::overview::{Fact, Overview};
use crate::source::{Frame, Timestamp};
use crate::tcp::{MslProfile, Segment};
use crate::timeline::{Event, Packets, Source, SourceKind, Text, Timeline, Vantage};
use crate::track::{Connection, Tracker};
use std::net::SocketAddr;

/// What to make of a capture.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    pub watch: Watch,
    /// Keep every segment; otherwise ordinary data folds into runs.
    pub full: bool,
    pub msl: MslProfile,
}

/// Follows a capture frame by frame.
pub struct Analyzer {
    decoder: Decoder,
    tracker: Tracker,
    assembler: Assembler,
    msl: MslProfile,
    last: Option<Timestamp>,
    loopback_only: bool,
    passages: Passages,
}

/// What the capture's owner knows of it.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    /// When it ended; `None`: with its last packet.
    pub at: Option<Timestamp>,
    /// Packets that the kernel let go.
    pub dropped: u64,
    /// Damage and losses, told to the reader.
    pub warnings: Vec<Text>,
}

impl Analyzer {
    pub fn new(wishes: Wishes) -> Analyzer {
        Analyzer {
            decoder: Decoder::new(),
            tracker: Tracker::new(wishes.msl),
            assembler: Assembler::new(wishes.watch, wishes.full, wishes.msl),
            msl: wishes.msl,
            last: None,
            loopback_only: true,
            passages: Passages::default(),
        }
    }

    /// Takes one frame in.
    pub fn push(&mut self, frame: &Frame<'_>) {
        self.last = self.last.max(Some(frame.time));
        let assembler = &mut self.assembler;
        match self.decoder.decode(frame) {
            Decoded::Segment(segment) => {
                self.loopback_only &= segment.src.ip().is_loopback() || segment.src.ip() == segment.dst.ip();
                self.tracker.push(&segment, &mut |step| assembler.step(step));
            }
            Decoded::Icmp(error) => self.tracker.hear_icmp(&error, &mut |step| assembler.step(step)),
            Decoded::Skipped(_) => {}
        }
    }

    /// Takes one segment in of which the passage is known.
    fn push_segment(&mut self, segment: &Segment<'_>) {
        self.last = self.last.max(Some(segment.time));
        let (assembler, passages) = (&mut self.assembler, &mut self.passages);
        self.tracker.push(segment, &mut |step| {
            assembler.step(step);
            passages.step(step);
        });
    }

    /// Lets time pass without a frame: TIME-WAITs that are due end.
    pub fn advance(&mut self, now: Timestamp) {
        let assembler = &mut self.assembler;
        self.tracker.advance(now, &mut |step| assembler.step(step));
    }

    /// Hears what the kernel says of a socket.
    pub fn hear_kernel(&mut self, word: &KernelWord) {
        self.assembler.hear_kernel(self.tracker.connections(), word);
    }

    /// Hears which process owns the socket at an address, as `synfin[123]`.
    pub fn hear_owner(&mut self, address: SocketAddr, process: &str) {
        self.assembler.hear_owner(address, process);
    }

    /// Events that nothing can change any more, each once: for drawing while the capture goes on.
    pub fn settle(&mut self, now: Timestamp, sink: &mut dyn FnMut(&Connection, &Endpoints, Event)) {
        self.assembler.settle(self.tracker.connections(), now, sink);
    }

    /// All connections so far.
    pub fn connections(&self) -> &[Connection] {
        self.tracker.connections()
    }

    /// The timeline of everything.
    pub fn finish(mut self, kind: SourceKind, name: &str, ending: Ending) -> Timeline {
        let end = ending.at.or(self.last).unwrap_or_default();
        self.advance(end);
        let source = Source {
            kind,
            name: name.into(),
            start: self.assembler.start().map(rfc3339),
            vantage: if self.loopback_only && self.decoder.decoded() > 0 {
                Vantage::Loopback
            } else {
                Vantage::Network
            },
            msl_profile: self.msl,
            packets: Packets { seen: self.decoder.seen(), decoded: self.decoder.decoded(), dropped: ending.dropped },
            skipped: self.decoder.skipped().report(),
            warnings: ending.warnings,
            anonymized: false,
            clock: None,
        };
        let start = self.assembler.start().unwrap_or_default();
        let mut overview = Overview::new(self.msl);
        for connection in self.tracker.connections() {
            overview.note(&Fact::of(connection, start));
        }
        let mut timeline = self.assembler.finish(self.tracker.connections(), end, source);
        timeline.overview = Some(overview.finish(end.since(start)));
        timeline
    }
}

/// RFC 3339 in UTC with nine decimals.
fn rfc3339(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_nanosecond(time.0.into()).unwrap_or_default();
    format!("{time:.9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_absolute_to_the_nanosecond() {
        assert_eq!(rfc3339(Timestamp(1_767_225_600_123_456_789)), "2026-01-01T00:00:00.123456789Z");
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00.000000000Z");
    }
}
