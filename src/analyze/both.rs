//! Frames of two captures in, one timeline out: both sides of the same connections, joined.

use super::octets::Octets;
use super::{Analyzer, Ending, Wishes, foretell, naming};
use crate::app::dns::Lookups;
use crate::decode::{Decoded, Decoder};
use crate::join::{self, Capture, Clock, MOST_SIGHTINGS};
use crate::source::Frame;
use crate::tcp::{CallWord, HostsWord, IcmpError, KernelAct, KernelSample, KernelWord, Polling, Segment, Timestamp};
use crate::timeline::amount::some;
use crate::timeline::{ClockOffset, Packets, Skipped, SourceKind, Text, Timeline, Vantage};
use crate::track::Keep;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

/// Whose capture a frame is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// Follows two captures of the same connections.
pub struct Both {
    wishes: Wishes,
    one_clock: bool,
    sides: [(Decoder, Capture); 2],
    errors: Vec<(Side, IcmpError)>,
    /// As the client's host saw them.
    lookups: Lookups,
    heard: Vec<Heard>,
    ends: Option<(SocketAddr, SocketAddr)>,
    octets: Option<Octets>,
}

/// What is to be told when the segments are known.
pub(super) enum Heard {
    Sample(KernelSample),
    Act(KernelAct),
    Kernel(KernelWord),
    Call(CallWord),
    Hosts(HostsWord),
    Owner(SocketAddr, String),
    Polling(Polling),
}

/// ICMP errors that are kept until both captures are read.
const MOST_ERRORS: usize = 100_000;
/// Longer before its first frame than anything takes to arrive, nanoseconds.
const BEFORE_NS: i64 = 1_000_000_000;
/// Words of kernel and programs kept until then.
const MOST_WORDS: usize = 200_000;

impl Both {
    /// With `one_clock` both captures tell the same time: nothing is estimated.
    pub fn new(wishes: Wishes, one_clock: bool) -> Both {
        // All that was seen is in memory already.
        let wishes = Wishes { keep: Keep::ALL, ..wishes };
        let (sides, lookups) = Default::default();
        let octets = wishes.octets.then(Octets::default);
        // The joined segments stand in no frame.
        let wishes = Wishes { octets: false, ..wishes };
        Both { wishes, one_clock, sides, errors: Vec::new(), lookups, heard: Vec::new(), ends: None, octets }
    }

    /// Takes one frame of one side in. The sides may come in any order.
    pub fn push(&mut self, side: Side, frame: &Frame<'_>) {
        let merge_vlans = self.wishes.merge_vlans;
        self.ends = None;
        let [client, server] = &mut self.sides;
        let (decoder, capture) = if side == Side::Client { client } else { server };
        capture.cover(frame.time);
        let error = match decoder.decode(frame) {
            Decoded::Segment(segment) => {
                self.ends = Some((segment.src, segment.dst));
                if let Some(octets) = &mut self.octets {
                    octets.see(usize::from(side == Side::Server), frame, &segment);
                }
                let vlan = if merge_vlans { 0 } else { segment.vlan };
                return capture.push(&Segment { vlan, ..segment });
            }
            Decoded::Icmp(error) => error,
            Decoded::Names(datagram) if side == Side::Client => return naming::datagram(&datagram, &mut self.lookups),
            Decoded::Names(_) | Decoded::Skipped(_) => return,
        };
        if self.errors.len() < MOST_ERRORS {
            self.errors.push((side, error));
        }
    }

    /// Hears that one side's capture let packets go: what it lacks is not lost for that.
    pub fn let_go(&mut self, side: Side) {
        self.side(side).1.let_go();
    }

    /// Hears what the kernel says of a socket. Times are the client's clock's.
    pub fn hear_kernel(&mut self, word: &KernelWord) {
        self.hear(Heard::Kernel(word.clone()));
    }

    /// Hears what the kernel says of a socket's sending. Times are the client's clock's.
    pub fn hear_sample(&mut self, word: KernelSample) {
        self.hear(Heard::Sample(word));
    }

    /// Hears what a kernel did of its own accord. Times are the client's clock's.
    pub fn hear_act(&mut self, word: KernelAct) {
        self.hear(Heard::Act(word));
    }

    /// Hears a call that a program made. Times are the client's clock's.
    pub fn hear_call(&mut self, word: CallWord) {
        self.hear(Heard::Call(word));
    }

    /// Hears what a program found in the hosts file. Times are the client's clock's.
    pub fn hear_hosts(&mut self, word: HostsWord) {
        self.hear(Heard::Hosts(word));
    }

    /// Hears which process owns the socket at an address, as `synfin[123]`.
    pub fn hear_owner(&mut self, address: SocketAddr, process: &str) {
        self.hear(Heard::Owner(address, process.into()));
    }

    /// Hears for how long the kernel went unasked: then its states can be held against those of the wire.
    pub fn hear_polling(&mut self, polling: Polling) {
        self.hear(Heard::Polling(polling));
    }

    /// Hears that both captures ran from before the first frame until then.
    pub fn watched(&mut self, until: Timestamp) {
        let begun = self.sides.iter().filter_map(|(_, capture)| capture.begun()).min();
        let begun = begun.map_or(until, |first| first.add_ns(-BEFORE_NS));
        for (_, capture) in &mut self.sides {
            capture.cover(begun);
            capture.cover(until);
        }
    }

    /// Hears on which side a host stands. Otherwise what both captures have tells.
    pub fn lives(&mut self, host: IpAddr, side: Side) {
        self.side(side).1.lives(host);
    }

    /// The two ends of the segment that the last frame held, if it held one.
    pub fn last_ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.ends
    }

    fn hear(&mut self, heard: Heard) {
        if self.heard.len() < MOST_WORDS {
            self.heard.push(heard);
        }
    }

    /// The timeline of both, on the client's clock.
    pub fn finish(mut self, kind: SourceKind, name: &str, mut ending: Ending) -> Timeline {
        let [(client_decoder, client), (server_decoder, server)] = &self.sides;
        let joined = join::join(client, server, self.one_clock);
        let decoders = [client_decoder, server_decoder];
        ending.warnings.extend(warnings(&joined, [client, server]));
        ending.at = ending.at.or(joined.end);
        let mut analyzer = Analyzer::new(self.wishes);
        analyzer.lookups = std::mem::take(&mut self.lookups);
        foretell::waits(&self.heard, &mut analyzer.tracker);
        let mut errors = self.errors(joined.clock).into_iter().peekable();
        for segment in &joined.segments {
            while let Some(error) = errors.next_if(|error| error.time <= segment.time) {
                analyzer.push_icmp(&error);
            }
            analyzer.push_segment(segment);
        }
        errors.for_each(|error| analyzer.push_icmp(&error));
        // What is still under way arrives, and is counted.
        analyzer.advance(ending.at.or(analyzer.last).unwrap_or_default());
        for heard in self.heard {
            match heard {
                Heard::Kernel(word) => analyzer.hear_kernel(&word),
                Heard::Sample(word) => analyzer.hear_sample(&word),
                Heard::Act(word) => analyzer.hear_act(word),
                Heard::Call(word) => analyzer.hear_call(word),
                Heard::Hosts(word) => analyzer.hear_hosts(word),
                Heard::Polling(polling) => analyzer.hear_polling(&polling),
                Heard::Owner(address, process) => analyzer.hear_owner(address, &process),
            }
        }
        let mut passages = std::mem::take(&mut analyzer.passages);
        let start = analyzer.assembler.start();
        let dropped = ending.dropped;
        let mut timeline = analyzer.finish(kind, name, ending);
        if let Some(octets) = &self.octets {
            octets.give(&mut timeline);
        }
        timeline.source.packets = Packets {
            seen: decoders.iter().map(|decoder| decoder.seen()).sum(),
            decoded: decoders.iter().map(|decoder| decoder.decoded()).sum(),
            dropped,
            captured_twice: timeline.source.packets.captured_twice,
        };
        timeline.source.skipped = skipped(decoders);
        let overlapping = decoders.iter().map(|decoder| decoder.overlapping_fragments()).sum();
        timeline.source.warnings.extend(super::warnings::overlapping(overlapping));
        let Some(clock) = joined.clock else { return timeline };
        timeline.source.vantage = Vantage::Both;
        timeline.source.clock = Some(ClockOffset {
            offset_ns: clock.ahead_at(start.unwrap_or(Timestamp(0))),
            drift_ppb: clock.drift_ppb(),
            uncertainty_ns: clock.uncertainty_ns(),
        });
        for connection in &mut timeline.connections {
            connection.ways = passages.ways(connection.id, &clock);
        }
        for endpoint in &mut timeline.endpoints {
            let address = std::net::SocketAddr::new(endpoint.ip, endpoint.port);
            let found = joined.translated.partition_point(|(here, _)| *here < address);
            let there = joined.translated.get(found).filter(|(here, _)| *here == address);
            endpoint.seen_as = there.map(|(_, there)| there.to_string());
        }
        timeline
    }

    /// The ICMP errors of both captures on the client's clock, in order. One that both have counts once.
    fn errors(&self, clock: Option<Clock>) -> Vec<IcmpError> {
        let of = |wanted: Side| self.errors.iter().filter(move |(side, _)| *side == wanted).map(|(_, error)| *error);
        let mut errors: Vec<IcmpError> = of(Side::Client).collect();
        let known: HashSet<_> = errors.iter().map(|error| (error.src, error.dst, error.seq)).collect();
        let Some(clock) = clock else { return errors };
        let others = of(Side::Server).filter(|error| !known.contains(&(error.src, error.dst, error.seq)));
        errors.extend(others.map(|error| IcmpError { time: clock.on_clients(error.time), ..error }));
        errors.sort_by_key(|error| error.time);
        errors
    }

    fn side(&mut self, side: Side) -> &mut (Decoder, Capture) {
        let [client, server] = &mut self.sides;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }
}

fn warnings(joined: &join::Joined, captures: [&Capture; 2]) -> Vec<Text> {
    let mut warnings = Vec::new();
    match joined.clock {
        None => warnings.push(Text::new(
            "the two captures share too little to be joined: no connection has segments of both directions in both; the client's is shown alone",
            "两个捕获的共同内容太少，无法合并：没有一个连接在两边都有双向的报文段；只显示客户端的捕获",
        )),
        Some(clock) if !clock.fits() => warnings.push(Text::new(
            "the two clocks do not fit together: one was set while the captures ran, and delays are wrong by the uncertainty told",
            "两个时钟无法对应：捕获期间有时钟被调整，时延的误差可达所示的不确定度",
        )),
        Some(_) => {}
    }
    if let Some(ns) = joined.contradicted_ns {
        let seconds = ns as f64 / 1e9;
        warnings.push(Text::new(
            format!("the two captures do not tell one time: segments arrived up to {seconds:.3} s before they were sent; the clocks were compared instead"),
            format!("两个捕获并非使用同一时钟：有报文段在发送之前最多 {seconds:.3} s 就已到达；因此改为比较两个时钟"),
        ));
    }
    if joined.doubled > 0 {
        let count = joined.doubled;
        warnings.push(Text::new(
            format!("{} arrived more often than sent: doubled on the way, and shown once", some(count, "segment")),
            format!("{count} 个报文段到达的次数多于发送的次数：在途中被复制，只显示一次"),
        ));
    }
    let left_out: u64 = captures.iter().map(|capture| capture.left_out()).sum();
    if left_out > 0 {
        warnings.push(Text::new(
            format!(
                "{} left out: at most {MOST_SIGHTINGS} of each capture are joined; filter for fewer",
                some(left_out, "segment")
            ),
            format!("省略了 {left_out} 个报文段：每个捕获最多合并 {MOST_SIGHTINGS} 个；请用过滤器减少"),
        ));
    }
    warnings
}

fn skipped(decoders: [&Decoder; 2]) -> Vec<Skipped> {
    let mut all: Vec<Skipped> = Vec::new();
    for one in decoders.iter().flat_map(|decoder| decoder.skipped().report()) {
        match all.iter_mut().find(|known| known.reason == one.reason) {
            Some(known) => known.count += one.count,
            None => all.push(one),
        }
    }
    all
}
