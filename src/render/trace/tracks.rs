//! The tracks of one connection: their names, their order, and what stands on them.

use super::arrange;
use super::event::{Entry, Kind};
use crate::ladder::{Lanes, Side};
use crate::render::{Style, safe, summary, width};
use crate::timeline::{Connection, Lang};
use serde_json::{Map, Value};

/// Further tracks for calls that overlap: threads of one program share a socket.
const MOST_LANES: u64 = 9;

/// A track. The peers' segments stand next to each other, so that arrows are short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Track {
    Phases,
    /// Calls of a peer, with the lane among those that overlap.
    Calls(Peer, u64),
    Kernel(Peer),
    States(Peer),
    Segments(Peer),
}

/// As [`Side`], with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Peer {
    Client,
    Server,
}

impl Peer {
    pub(super) fn of(side: Side) -> Peer {
        match side {
            Side::Left => Peer::Client,
            Side::Right => Peer::Server,
        }
    }

    fn side(self) -> Side {
        match self {
            Peer::Client => Side::Left,
            Peer::Server => Side::Right,
        }
    }
}

impl Track {
    /// Its place from the top, below 100.
    fn place(self) -> u64 {
        match self {
            Track::Phases => 1,
            Track::Calls(Peer::Client, lane) => 10 + lane,
            Track::Kernel(Peer::Client) => 30,
            Track::States(Peer::Client) => 31,
            Track::Segments(Peer::Client) => 32,
            Track::Segments(Peer::Server) => 33,
            Track::States(Peer::Server) => 34,
            Track::Kernel(Peer::Server) => 35,
            Track::Calls(Peer::Server, lane) => 40 + lane,
        }
    }
}

/// One connection on its way into a trace.
pub(super) struct Process<'c> {
    pub(super) lanes: &'c Lanes,
    pub(super) lang: Lang,
    style: &'c Style,
    connection: &'c Connection,
    /// Its tracks' numbers are in this hundred, and nothing else's.
    hundred: u64,
    slices: Vec<(Track, arrange::Slice)>,
    /// What else there is, in the order in which it came.
    entries: Vec<Entry>,
}

impl<'c> Process<'c> {
    pub(super) fn new(connection: &'c Connection, hundred: u64, lanes: &'c Lanes, style: &'c Style) -> Process<'c> {
        Process { lanes, lang: style.lang, style, connection, hundred, slices: Vec::new(), entries: Vec::new() }
    }

    /// Puts a slice on a track.
    pub(super) fn slice(&mut self, track: Track, slice: arrange::Slice) {
        self.slices.push((track, slice));
    }

    /// Puts a moment on a track.
    pub(super) fn instant(
        &mut self,
        track: Track,
        at_ns: i64,
        cat: &'static str,
        name: &str,
        args: Map<String, Value>,
    ) {
        let entry = self.entry(track, Kind::Instant { cat }, at_ns, name, args);
        self.entries.push(entry);
    }

    /// Puts a value on a graph of a peer.
    pub(super) fn count(&mut self, side: Side, at_ns: i64, en: &str, zh: &str, value: u64) {
        let name = format!("{}{}", self.who(side), self.lang.pick(en, zh));
        let args = Map::from_iter([(self.lang.pick("octets", "字节").to_string(), Value::from(value))]);
        let entry = self.entry(Track::Phases, Kind::Count, at_ns, &name, args);
        self.entries.push(entry);
    }

    /// The names, and all that happens, by its time.
    pub(super) fn finish(mut self) -> (Vec<Entry>, Vec<Entry>) {
        let mut slices = std::mem::take(&mut self.slices);
        arrange::spread(&mut slices, MOST_LANES);
        arrange::cut(&mut slices);
        let mut tracks: Vec<Track> = slices.iter().map(|(track, _)| *track).collect();
        let mut entries = Vec::with_capacity(slices.len() + self.entries.len());
        for (track, slice) in slices {
            let arrange::Slice { begin_ns, end_ns, cat, name, args, arrow, is_bad } = slice;
            let kind = Kind::Slice { dur_ns: end_ns.saturating_sub(begin_ns).max(0), cat, is_bad };
            entries.push(self.entry(track, kind, begin_ns, &name, args));
            let arrow = arrow.map(|arrow| match arrow {
                arrange::Arrow::Leaves(id) => Kind::Leaves { id },
                arrange::Arrow::Arrives(id) => Kind::Arrives { id },
            });
            entries.extend(arrow.map(|kind| self.entry(track, kind, begin_ns, "segment", Map::new())));
        }
        entries.append(&mut self.entries);
        entries.sort_by_key(Entry::order);
        tracks.sort_unstable();
        tracks.dedup();
        (self.names(&tracks), entries)
    }

    fn entry(&self, track: Track, kind: Kind, ts_ns: i64, name: &str, args: Map<String, Value>) -> Entry {
        let tid = self.hundred.saturating_mul(100).saturating_add(track.place());
        Entry { kind, name: safe(name).into_owned(), ts_ns, pid: self.connection.id, tid, args }
    }

    fn names(&self, tracks: &[Track]) -> Vec<Entry> {
        let name = |track, what: &str, key: &str, value: Value| {
            self.entry(track, Kind::Name, 0, what, Map::from_iter([(key.to_string(), value)]))
        };
        let Connection { id, verdict, .. } = self.connection;
        let title = Side::BOTH.map(|side| width::clean(&self.lanes.get(side).place(), 60, self.style)).join(" → ");
        let mut names = vec![
            name(Track::Phases, "process_name", "name", format!("#{id} {title}").into()),
            name(Track::Phases, "process_sort_index", "sort_index", (*id).into()),
            name(Track::Phases, "process_labels", "labels", safe(verdict.get(self.lang)).into()),
        ];
        for track in tracks {
            names.push(name(*track, "thread_name", "name", self.track_name(*track).into()));
            names.push(name(*track, "thread_sort_index", "sort_index", track.place().into()));
        }
        names
    }

    fn track_name(&self, track: Track) -> String {
        let peers = |peer: Peer, en, zh| format!("{}{}", self.who(peer.side()), self.lang.pick(en, zh));
        match track {
            Track::Phases => self.lang.pick("phases", "阶段").to_string(),
            Track::Calls(peer, _) => peers(peer, "calls", "系统调用"),
            Track::Kernel(peer) => peers(peer, "states, as the kernel says", "内核报告的状态"),
            Track::States(peer) => peers(peer, "states", "状态"),
            Track::Segments(peer) => peers(peer, "segments", "报文段"),
        }
    }

    /// A peer before what it has.
    fn who(&self, side: Side) -> String {
        let name = summary::lane_name(self.lanes.get(side), self.style);
        self.lang.pick("{}: ", "{}：").replace("{}", &name)
    }
}
