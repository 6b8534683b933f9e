//! Frames in, timeline out: decode, track, annotate and assemble in one object. It knows no file, device or clock.

mod both;
mod told;

pub use both::{Both, Side};
pub use told::Told;

use crate::assemble::{Assembler, Endpoints, KernelWord, Remarks, Watch};
use crate::decode::{Decoded, Decoder};
use crate::join::Passages;
use crate::overview::{Fact, Overview};
use crate::source::{Frame, Timestamp};
use crate::tcp::{IcmpError, MslProfile, Segment};
use crate::timeline::{CaptureInterface, CapturedBy, Event, Packets, Source, SourceKind, Text, Timeline, Vantage};
use crate::track::{Connection, Tracker};
use crate::wireshark::Analysis;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

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
    ends: Option<(SocketAddr, SocketAddr)>,
    wireshark: Analysis,
}

/// Streams whose packets get Wireshark's words in a timeline, some 300 octets for each; those of later streams get none.
const MOST_STREAMS: usize = 100_000;

/// What the capture's owner knows of it.
#[derive(Debug, Default)]
pub struct Ending {
    /// When it ended; `None`: with its last packet.
    pub at: Option<Timestamp>,
    /// Packets that the kernel let go.
    pub dropped: u64,
    /// Damage and losses, told to the reader.
    pub warnings: Vec<Text>,
    /// Where it was taken, as far as a file says.
    pub interfaces: Vec<CaptureInterface>,
    pub captured_by: Option<CapturedBy>,
    /// What people wrote on the whole, and on packets.
    pub comments: Vec<String>,
    pub remarks: Remarks,
    /// Names of addresses, shown where nothing better is known.
    pub names: Vec<(IpAddr, String)>,
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
            ends: None,
            wireshark: Analysis::new(),
        }
    }

    /// Takes one frame in.
    pub fn push(&mut self, frame: &Frame<'_>) {
        self.last = self.last.max(Some(frame.time));
        let assembler = &mut self.assembler;
        self.ends = None;
        match self.decoder.decode(frame) {
            Decoded::Segment(segment) => {
                self.ends = Some((segment.src, segment.dst));
                self.loopback_only &= segment.src.ip().is_loopback() || segment.src.ip() == segment.dst.ip();
                if assembler.wants_events() {
                    assembler.hear_wireshark(self.wireshark.judge_within(&segment, MOST_STREAMS));
                }
                self.tracker.push(&segment, &mut |step| assembler.step(step));
            }
            Decoded::Icmp(error) => {
                if assembler.wants_events() && self.wireshark.streams() < MOST_STREAMS {
                    self.wireshark.hear_icmp(&error);
                }
                self.tracker.hear_icmp(&error, &mut |step| assembler.step(step));
            }
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

    /// The two ends of the segment that the last frame held, if it held one.
    pub fn last_ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.ends
    }

    /// Takes an ICMP error in.
    fn push_icmp(&mut self, error: &IcmpError) {
        let assembler = &mut self.assembler;
        self.tracker.hear_icmp(error, &mut |step| assembler.step(step));
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

    /// See [`Assembler::crowd`].
    pub fn crowd(&mut self, crowded: bool) {
        self.assembler.crowd(crowded);
    }

    /// All connections so far.
    pub fn connections(&self) -> &[Connection] {
        self.tracker.connections()
    }

    /// The timeline of everything.
    pub fn finish(mut self, kind: SourceKind, name: &str, ending: Ending) -> Timeline {
        let end = ending.at.or(self.last).unwrap_or_default();
        self.advance(end);
        let mut warnings = ending.warnings;
        if ending.dropped > 0 {
            warnings.push(dropped(ending.dropped));
        }
        let captured_twice = self.tracker.captured_twice();
        if captured_twice > 0 {
            warnings.push(Text::new(
                format!("{captured_twice} packets were captured twice (a mirror port, or several interfaces): they count once"),
                format!("{captured_twice} 个数据包被重复捕获（镜像端口或多个接口）：只计一次"),
            ));
        }
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
            packets: Packets {
                seen: self.decoder.seen(),
                decoded: self.decoder.decoded(),
                dropped: ending.dropped,
                captured_twice,
            },
            skipped: self.decoder.skipped().report(),
            warnings,
            interfaces: ending.interfaces,
            comments: ending.comments,
            captured_by: ending.captured_by,
            anonymized: false,
            clock: None,
        };
        let start = self.assembler.start().unwrap_or_default();
        let mut overview = Overview::new(self.msl);
        for connection in self.tracker.connections() {
            overview.note(&Fact::of(connection, start));
        }
        let mut timeline = self.assembler.finish(self.tracker.connections(), end, source);
        ending.remarks.place(&mut timeline);
        // Backwards, so that the first name of an address stays.
        let names: HashMap<IpAddr, String> = ending.names.into_iter().rev().collect();
        for endpoint in &mut timeline.endpoints {
            if endpoint.name.is_none() {
                endpoint.name = names.get(&endpoint.ip).cloned();
            }
        }
        timeline.overview = Some(overview.finish(end.since(start)));
        timeline
    }
}

fn dropped(count: u64) -> Text {
    Text::new(
        format!("{count} packets were dropped while capturing: what they held is missing here"),
        format!("捕获时丢弃了 {count} 个数据包：时间线缺少其内容"),
    )
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
