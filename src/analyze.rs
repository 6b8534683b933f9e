//! Frames in, timeline out: decode, track, annotate and assemble in one object. It knows no file, device or clock.

mod ahead;
mod both;
mod ears;
mod foretell;
mod naming;
mod octets;
mod over;
mod reading;
mod told;
mod warnings;

pub use both::{Both, Side};
pub use over::{Over, Take};
pub use told::Told;

use crate::app::dns::Lookups;
use crate::app::{Manner, Reader};
use crate::assemble::{Assembler, Fold, Pair, Reads, Remarks, Watch};
use crate::decode::{Decoded, Decoder, Placed};
use crate::join::Passages;
use crate::overview::Overview;
use crate::source::Frame;
use crate::tcp::{
    CallWord, HostsWord, IcmpError, KernelAct, KernelSample, KernelWord, MslProfile, Polling, Segment, Timestamp,
};
use crate::timeline::{CaptureInterface, CapturedBy, Event, Packets, Source, SourceKind, Text, Timeline, Vantage};
use crate::track::{Connection, Keep, Step, Tracker};
use crate::wireshark::Analysis;
use ahead::Ahead;
use ears::{Ears, hear};
use octets::Octets;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// What to make of a capture.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    pub watch: Watch,
    /// Keep every segment; otherwise ordinary data folds into runs.
    pub full: bool,
    /// Connections that show no more segments than this are kept whole all the same.
    pub whole: usize,
    pub msl: MslProfile,
    /// Which connections are remembered to the end, and so are in the timeline.
    pub keep: Keep,
    /// VLANs do not keep connections apart.
    pub merge_vlans: bool,
    /// How what applications say is read.
    pub manner: Manner,
    /// Of which connections messages are told although their events are not kept.
    pub reads: Reads,
    /// The octets of TCP headers are kept, for whoever shows them.
    pub octets: bool,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes {
            watch: Watch::All,
            full: false,
            whole: 0,
            msl: MslProfile::Linux,
            keep: Keep::ALL,
            merge_vlans: false,
            manner: Manner::default(),
            reads: Reads::Kept,
            octets: false,
        }
    }
}

/// Follows a capture frame by frame.
pub struct Analyzer {
    decoder: Decoder,
    tracker: Tracker,
    reader: Reader,
    lookups: Lookups,
    /// Lookups are told.
    hears_names: bool,
    assembler: Assembler,
    msl: MslProfile,
    keep: Keep,
    overview: Overview,
    last: Option<Timestamp>,
    loopback_only: bool,
    passages: Passages,
    ends: Option<(SocketAddr, SocketAddr)>,
    wireshark: Analysis,
    server_ports: Vec<u16>,
    ahead: Ahead,
    octets: Option<Octets>,
}

/// Streams whose packets get Wireshark's words in a timeline, which holds all of them; those of later streams get none.
const MOST_STREAMS: usize = 100_000;

/// Lookups looked at for a connection that is drawn as it begins.
const MOST_RECENT: usize = 64;

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
        let assembler =
            Assembler::new(wishes.watch, Fold::of(wishes.full, wishes.whole), wishes.msl).reading(wishes.reads);
        let passes = wishes.watch == Watch::Passing;
        Analyzer {
            decoder: Decoder::new(),
            tracker: Tracker::keeping(wishes.msl, wishes.keep, wishes.merge_vlans),
            reader: Reader::new(wishes.manner),
            lookups: Lookups::default().passing(passes),
            hears_names: passes || assembler.keeps_any() || assembler.reads_more(),
            assembler,
            msl: wishes.msl,
            keep: wishes.keep,
            overview: Overview::new(wishes.msl),
            last: None,
            loopback_only: true,
            passages: Passages::default(),
            ends: None,
            wireshark: Analysis::new(),
            server_ports: Vec::new(),
            ahead: Ahead::new(),
            octets: wishes.octets.then(Octets::default),
        }
    }

    /// Takes one frame in.
    pub fn push(&mut self, frame: &Frame<'_>) {
        self.push_to(frame, None);
    }

    /// Takes one frame in, and gives out the connections that are forgotten for it.
    pub fn push_to(&mut self, frame: &Frame<'_>, taker: Option<&mut dyn Take>) {
        self.last = self.last.max(Some(frame.time));
        self.ends = None;
        // Whoever draws a connection also reads what it says.
        let is_crowded = self.assembler.is_crowded();
        self.tracker.watch(self.keep.is_watched && !is_crowded);
        let is_seen = self.keep.is_watched || self.assembler.wants_events() || self.assembler.reads_more();
        if taker.is_none() && (!is_seen || is_crowded) && self.octets.is_none() {
            if self.assembler.stops_reading() && !self.reader.is_idle() {
                // That way no octets come along: they would be told as missing.
                self.reader.clear();
            }
            return self.push_ahead(frame);
        }
        let now = self.last.unwrap_or_default();
        let (reader, assembler, overview) = (&mut self.reader, &mut self.assembler, &mut self.overview);
        match &self.decoder.decode(frame) {
            Decoded::Segment(segment) => {
                self.ends = Some((segment.src, segment.dst));
                if self.loopback_only {
                    self.loopback_only = segment.src.ip().is_loopback() || segment.src.ip() == segment.dst.ip();
                }
                if let Some(octets) = &mut self.octets {
                    octets.see(0, frame, segment);
                }
                assembler.begin(segment.time);
                // Nothing but the timeline has Wireshark's words.
                if assembler.keeps_any() && self.keep.is_watched {
                    assembler.hear_wireshark(self.wireshark.judge_within(segment, MOST_STREAMS));
                }
                let ports = &mut self.server_ports;
                self.tracker.push(segment, &mut Ears { reader, assembler, overview, ports: Some(ports), taker, now });
            }
            Decoded::Icmp(error) => {
                if assembler.wants_events() && self.wireshark.streams() < MOST_STREAMS {
                    self.wireshark.hear_icmp(error);
                }
                self.tracker.hear_icmp(error, &mut Ears { reader, assembler, overview, ports: None, taker, now });
            }
            Decoded::Names(datagram) if self.hears_names => naming::datagram(datagram, &mut self.lookups),
            Decoded::Names(_) | Decoded::Skipped(_) => {}
        }
    }

    /// The same where nobody looks at each step.
    fn push_ahead(&mut self, frame: &Frame<'_>) {
        let (reader, assembler, ahead) = (&mut self.reader, &mut self.assembler, &mut self.ahead);
        let Some(segment) = ahead.next() else { return };
        match self.decoder.decode_to(frame, segment) {
            Placed::Segment(payload) => {
                self.ends = Some((segment.src, segment.dst));
                if self.loopback_only {
                    self.loopback_only = segment.src.ip().is_loopback() || segment.src.ip() == segment.dst.ip();
                }
                assembler.begin(segment.time);
                let ports = Some(&mut self.server_ports);
                let ears = &mut Ears { ports, ..Ears::of(reader, assembler, &mut self.overview) };
                ahead.enter(payload, &mut self.tracker, ears);
            }
            Placed::Icmp(error) => {
                if assembler.wants_events() && self.wireshark.streams() < MOST_STREAMS {
                    self.wireshark.hear_icmp(&error);
                }
                let ears = &mut Ears::of(reader, assembler, &mut self.overview);
                ahead.let_in(&mut self.tracker, ears);
                self.tracker.hear_icmp(&error, ears);
            }
            Placed::Names(datagram) if self.hears_names => naming::datagram(&datagram, &mut self.lookups),
            Placed::Names(_) | Placed::Skipped(_) => {}
        }
    }

    /// Takes one segment in of which the passage is known.
    fn push_segment(&mut self, segment: &Segment<'_>) {
        self.last = self.last.max(Some(segment.time));
        let (assembler, overview, passages) = (&mut self.assembler, &mut self.overview, &mut self.passages);
        let reader = &mut self.reader;
        self.tracker.push(segment, &mut |step: &Step<'_>| {
            reading::read(step, reader, assembler);
            let _ = hear(step, assembler, overview);
            passages.step(step);
        });
    }

    /// The two ends of the segment that the last frame held, if it held one.
    pub fn last_ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.ends
    }

    /// Takes an ICMP error in.
    fn push_icmp(&mut self, error: &IcmpError) {
        let (reader, assembler, overview) = (&mut self.reader, &mut self.assembler, &mut self.overview);
        self.tracker.hear_icmp(error, &mut Ears::of(reader, assembler, overview));
    }

    /// Lets time pass without a frame: TIME-WAITs that are due end.
    pub fn advance(&mut self, now: Timestamp) {
        let (reader, assembler, overview) = (&mut self.reader, &mut self.assembler, &mut self.overview);
        self.ahead.let_in(&mut self.tracker, &mut Ears::of(reader, assembler, overview));
        self.tracker.advance(now, &mut Ears::of(reader, assembler, overview));
    }

    /// Hears what the kernel says of a socket.
    pub fn hear_kernel(&mut self, word: &KernelWord) {
        self.assembler.hear_kernel(&self.tracker, word);
    }

    /// Hears what the kernel says of a socket's sending.
    pub fn hear_sample(&mut self, word: &KernelSample) {
        self.assembler.hear_sample(&self.tracker, word);
    }

    /// Hears what a kernel did of its own accord.
    pub fn hear_act(&mut self, word: KernelAct) {
        self.assembler.hear_act(&self.tracker, word);
    }

    /// Hears for how long the kernel went unasked: then its states can be held against those of the wire.
    pub fn hear_polling(&mut self, polling: &Polling) {
        self.assembler.hear_polling(polling);
    }

    /// Hears a call that a program made.
    pub fn hear_call(&mut self, word: CallWord) {
        self.assembler.hear_call(word);
    }

    /// Hears what a program found in the hosts file.
    pub fn hear_hosts(&mut self, word: HostsWord) {
        self.assembler.hear_lookups(vec![word.into()]);
    }

    /// Hears which process owns the socket at an address, as `synfin[123]`.
    pub fn hear_owner(&mut self, address: SocketAddr, process: &str) {
        self.assembler.hear_owner(address, process);
    }

    /// Events that nothing can change any more, each once: for drawing while the capture goes on.
    pub fn settle(&mut self, now: Timestamp, sink: &mut dyn FnMut(u64, &Pair, Event)) {
        self.assembler.settle(&self.tracker, self.lookups.recent(MOST_RECENT), now, sink);
    }

    /// Where events only pass by: how many connections that begin from now on may be given out by [`Analyzer::settle`]; without
    /// this, all. The others are only followed, faster.
    pub fn make_room(&mut self, connections: usize) {
        self.assembler.make_room(connections, self.tracker.opened());
    }

    /// All connections that are remembered, in the order of their first segments.
    pub fn connections(&self) -> Vec<&Connection> {
        self.tracker.connections()
    }

    /// How many connections there were so far.
    pub fn opened(&self) -> u64 {
        self.tracker.opened()
    }

    /// Ports that the first connections led to, each once: at most sixteen.
    pub fn server_ports(&self) -> &[u16] {
        &self.server_ports
    }

    /// The timeline of everything.
    pub fn finish(self, kind: SourceKind, name: &str, ending: Ending) -> Timeline {
        self.finish_to(kind, name, ending, None)
    }

    /// The timeline of all that is to be kept; the connections that are left are given out.
    pub fn finish_to(mut self, kind: SourceKind, name: &str, ending: Ending, taker: Option<&mut dyn Take>) -> Timeline {
        let end = ending.at.or(self.last).unwrap_or_default();
        let (reader, assembler, overview) = (&mut self.reader, &mut self.assembler, &mut self.overview);
        if let (None, Some(first)) = (assembler.start(), self.lookups.first()) {
            // Nothing but lookups.
            assembler.begin(first);
        }
        let start = assembler.start().unwrap_or_default();
        self.ahead.let_in(&mut self.tracker, &mut Ears::of(reader, assembler, overview));
        self.tracker.finish(end, &mut Ears { reader, assembler, overview, ports: None, taker, now: end });
        let mut warnings = ending.warnings;
        warnings.extend(warnings::let_go(self.tracker.let_go()));
        warnings.extend(warnings::dropped(ending.dropped));
        let captured_twice = self.tracker.captured_twice();
        warnings.extend(warnings::captured_twice(captured_twice));
        warnings.extend(warnings::calls_left_out(self.assembler.calls_left_out()));
        let (messages, left_out) = self.reader.finish();
        naming::messages(&messages, &self.tracker.connections(), &mut self.lookups);
        let (lookups, lookups_left_out) = self.lookups.finish();
        warnings.extend(warnings::lookups_left_out(lookups_left_out));
        warnings.extend(warnings::unread(left_out));
        warnings.extend(warnings::beyond_reading(self.assembler.unread(self.tracker.opened())));
        warnings.extend(warnings::split_by_vlan(self.tracker.split_by_vlan()));
        warnings.extend(warnings::overlapping(self.decoder.overlapping_fragments()));
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
        let overview = self.overview.finish(end.since(start));
        let mut connections = self.tracker.connections();
        // Of the only one all is shown.
        let is_sole = self.tracker.opened() == 1;
        connections.retain(|connection| is_sole || self.keep.keeps(connection.id));
        let are_all = connections.len() as u64 == self.tracker.opened();
        self.assembler.hear_messages(messages);
        self.assembler.hear_lookups(lookups);
        let mut timeline = self.assembler.finish(&connections, are_all, end, source);
        ending.remarks.place(&mut timeline);
        // Backwards, so that the first name of an address stays.
        let names: HashMap<IpAddr, String> = ending.names.into_iter().rev().collect();
        for endpoint in &mut timeline.endpoints {
            if endpoint.name.is_none() {
                endpoint.name = names.get(&endpoint.ip).cloned();
            }
        }
        if let Some(octets) = &self.octets {
            octets.give(&mut timeline);
        }
        timeline.overview = Some(overview);
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
