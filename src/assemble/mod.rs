//! Steps and notes into a timeline: what is kept whole, what is folded, and how everything is named in the contract.

mod aborts;
pub mod agree;
mod calls;
mod connection;
mod draft;
mod drafts;
mod endpoints;
mod event;
mod events;
mod fold;
mod follow;
mod gave_up;
mod item;
mod kernel;
mod listen;
mod lookups;
mod messages;
mod numbers;
mod reads;
mod remarks;
mod room;
mod steps;
mod totals;
mod unsent;
mod witness;

pub use crate::tcp::{CallWord, KernelAct, KernelSample, KernelWord};
pub use endpoints::Endpoints;
pub use fold::Fold;
pub use numbers::MOST_KNOWN;
pub use reads::Reads;
pub use remarks::Remarks;
pub(crate) use witness::BUSY_NS;

use crate::app::{LookupWord, MessageWord};
use crate::tcp::{MslProfile, Polling, Timestamp};
use crate::timeline::{self, Endpoint, Event, Timeline};
use crate::track::{Connection, Input, Step, Tracker};
use crate::wireshark::Marks;
use aborts::Aborts;
use calls::Calls;
use connection::Setting;
use drafts::Drafts;
use item::Beside;
use kernel::Heard;
use messages::Messages;
use numbers::{Number, Numbers};
use std::net::SocketAddr;
use std::sync::Arc;

/// Which connections are kept event by event. The others have their line in `connections` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    All,
    /// All, but each event is let go once [`Assembler::settle`] has given it.
    Passing,
    /// All, and given out by [`Assembler::settle`] too. What was given out stays as it was; what is kept goes on changing
    /// with what later segments prove.
    Both,
    /// The one with this id.
    One(u64),
    /// The only one: when a second comes, no events are kept.
    Sole,
}

/// Calls told that belong to no connection, and lookups.
const MOST_OTHERS: usize = 1_000;

/// Builds a timeline from steps.
pub struct Assembler {
    watch: Watch,
    fold: Fold,
    msl: MslProfile,
    start: Option<Timestamp>,
    /// What the timeline is made of.
    kept: Drafts,
    /// What [`Assembler::settle`] has not given out yet.
    drawn: Drafts,
    /// Connections that may still begin to be drawn, where events only pass by.
    room: usize,
    /// Connections up to this id that are not being drawn never will be.
    undrawn: u64,
    endpoints: Endpoints,
    /// Endpoints of connections that are told one by one.
    numbers: Numbers,
    kernel: Heard,
    calls: Calls,
    owners: Vec<(SocketAddr, String)>,
    /// What Wireshark says of the segment whose steps come now.
    marks: Option<Marks>,
    /// Whether a message begins in it.
    begins: bool,
    reads: Reads,
    /// Segments so far, as long as they are counted.
    segments_read: u64,
    messages: Messages,
    lookups: Vec<Arc<LookupWord>>,
    /// Messages that are complete, and will be given out behind their segments.
    complete: Vec<MessageWord>,
    /// What was still to be given out of connections that are retired.
    left: Vec<(u64, Pair, Event)>,
}

/// A connection told for itself, with its endpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub connection: timeline::Connection,
    pub client: Endpoint,
    pub server: Endpoint,
}

/// Client and server of a connection.
pub type Pair = [Option<Endpoint>; 2];

impl Assembler {
    pub fn new(watch: Watch, fold: Fold, msl: MslProfile) -> Assembler {
        Assembler {
            watch,
            fold,
            msl,
            start: None,
            kept: Drafts::default(),
            drawn: Drafts::default(),
            room: usize::MAX,
            undrawn: 0,
            endpoints: Endpoints::default(),
            numbers: Numbers::default(),
            kernel: Heard::default(),
            calls: Calls::default(),
            owners: Vec::new(),
            marks: None,
            begins: false,
            reads: Reads::Kept,
            segments_read: 0,
            messages: Messages::default(),
            lookups: Vec::new(),
            complete: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Time of the first step, from which all times of the timeline count.
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// Whether any event is kept or drawn: otherwise nothing but the connections themselves is asked for.
    pub fn wants_events(&self) -> bool {
        self.watch != Watch::One(0)
    }

    /// Whether events of this connection are kept or drawn.
    #[inline]
    pub fn wants_events_of(&self, id: u64) -> bool {
        match self.watch {
            Watch::Passing => self.draws(id),
            Watch::One(wanted) => wanted != 0,
            Watch::All | Watch::Both | Watch::Sole => true,
        }
    }

    /// Hears what Wireshark says of the segment whose steps come next.
    pub fn hear_wireshark(&mut self, marks: Option<Marks>) {
        self.marks = marks;
    }

    /// Whether events of a connection are kept for the timeline; those that only pass by do without what is told at its end.
    pub fn keeps(&self, id: u64) -> bool {
        match self.watch {
            Watch::One(wanted) => wanted == id,
            Watch::All | Watch::Both | Watch::Sole => true,
            Watch::Passing => false,
        }
    }

    /// Whether events of any connection are.
    pub fn keeps_any(&self) -> bool {
        !matches!(self.watch, Watch::One(0) | Watch::Passing)
    }

    /// Hears whether an application's message begins in the segment whose steps come next.
    pub fn hear_begin(&mut self, begins: bool) {
        self.begins = begins;
    }

    /// Hears what the applications said, once all is known.
    pub fn hear_messages(&mut self, words: Vec<MessageWord>) {
        self.messages = Messages::of(words);
    }

    /// Hears which names were looked up.
    pub fn hear_lookups(&mut self, words: Vec<LookupWord>) {
        self.lookups.extend(words.into_iter().map(Arc::new));
    }

    /// Hears when the capture began: all times count from the first call.
    pub fn begin(&mut self, time: Timestamp) {
        self.start.get_or_insert(time);
    }

    /// Takes one step in.
    pub fn step(&mut self, step: &Step<'_>) {
        self.start.get_or_insert(step.connection.first);
        let id = step.connection.id;
        match self.watch {
            Watch::One(wanted) if wanted != id => return,
            // Not the only one: from here on nothing is kept.
            Watch::Sole if id > 1 => {
                self.watch = Watch::One(0);
                return self.kept.clear();
            }
            _ => {}
        }
        if matches!(step.input, Input::Retired) {
            return self.retire(step.connection);
        }
        let passes = match self.watch {
            Watch::Both => true,
            Watch::Passing => self.admits(id),
            _ => false,
        };
        let beside = Beside { marks: self.marks.as_ref(), begins: self.begins };
        if self.watch != Watch::Passing {
            self.kept.step(step, self.fold, self.msl, beside);
        }
        if passes {
            self.drawn.step(step, self.fold, self.msl, beside);
        }
    }

    /// What is not given out yet of a connection that is forgotten, as it stands.
    fn retire(&mut self, connection: &Connection) {
        let complete = self.take_complete(connection.id);
        let Some(mut draft) = self.drawn.take(connection.id) else { return };
        let start = self.start.unwrap_or_default();
        let ids = self.endpoints.of(connection);
        let pair = self.endpoints.pair(connection).map(|endpoint| endpoint.cloned());
        draft.settle(Timestamp(i64::MAX), &mut |item| {
            let event = event::event(item, connection, &ids, start, &self.kernel, &|_| None);
            self.left.push((connection.id, pair.clone(), event));
        });
        for word in complete {
            let item = messages::item(word.whole.at, word);
            let event = event::event(&item, connection, &ids, start, &self.kernel, &|_| None);
            self.left.push((connection.id, pair.clone(), event));
        }
    }

    /// Notes what the kernel said of a socket.
    pub fn hear_kernel(&mut self, tracker: &Tracker, word: &KernelWord) {
        self.kernel.hear(tracker, word, self.start.unwrap_or_default());
    }

    /// Notes what the kernel said of a socket's sending.
    pub fn hear_sample(&mut self, tracker: &Tracker, word: &KernelSample) {
        self.kernel.hear_sample(tracker, word, self.start.unwrap_or_default());
    }

    /// Notes what a kernel did of its own accord.
    pub fn hear_act(&mut self, tracker: &Tracker, word: KernelAct) {
        self.kernel.hear_act(tracker, word, self.start.unwrap_or_default());
    }

    /// Notes for how long the kernel went unasked: then its states can be held against those of the wire.
    pub fn hear_polling(&mut self, polling: &Polling) {
        self.kernel.hear_polling(polling, self.start.unwrap_or_default());
    }

    /// Notes a call that a program made. It finds its place when all is known.
    pub fn hear_call(&mut self, word: CallWord) {
        self.calls.hear(word);
    }

    /// Calls that found no room.
    pub fn calls_left_out(&self) -> u64 {
        self.calls.left_out
    }

    /// Notes which process owns the socket at an address.
    pub fn hear_owner(&mut self, address: SocketAddr, process: &str) {
        self.owners.push((address, process.into()));
    }

    /// Events that nothing can change any more, for drawing while the capture goes on; each is given once, and none where
    /// [`Watch`] only keeps. `recent` are the last lookups, of which a connection may have come.
    pub fn settle(
        &mut self,
        tracker: &Tracker,
        recent: &[LookupWord],
        now: Timestamp,
        sink: &mut dyn FnMut(u64, &Pair, Event),
    ) {
        for (id, pair, event) in self.left.drain(..) {
            sink(id, &pair, event);
        }
        let start = self.start.unwrap_or_default();
        let mut ready: Vec<item::Ready> = Vec::new();
        for (_, draft) in self.drawn.iter_mut() {
            let handle = draft.handle();
            draft.settle(now, &mut |item| ready.push((item.order, handle, item.clone())));
            draft.let_go();
        }
        for (handle, word) in self.take_settled() {
            // Behind the segment with its last octet, if that is given out only now.
            let carries = |(_, whose, item): &&item::Ready| {
                whose.id == handle.id && item.first_ordinal().is_some_and(|first| first <= word.last.ordinal)
            };
            let behind = ready.iter().filter(carries).map(|((order, _), ..)| (*order, 2)).max();
            ready.push((behind.unwrap_or_default(), handle, messages::item(word.whole.at, word)));
        }
        let mut all = lookups::before(&ready, tracker, recent);
        all.append(&mut ready);
        all.sort_by_key(|(order, ..)| *order);
        for (_, handle, item) in all {
            let Some(connection) = tracker.at(handle) else { continue };
            let ids = self.endpoints.of(connection);
            let event = event::event(&item, connection, &ids, start, &self.kernel, &|_| None);
            let pair = self.endpoints.pair(connection).map(|endpoint| endpoint.cloned());
            sink(handle.id, &pair, event);
        }
    }

    /// The numbers of a connection's endpoints, where each connection is told for itself. To be asked for each of them: so the
    /// numbers are those of a timeline of all.
    pub(crate) fn number(&mut self, connection: &Connection) -> [Number; 2] {
        self.numbers.of(connection)
    }

    /// A connection told for itself, as it stands at `now`.
    pub(crate) fn tell(&self, connection: &Connection, numbers: &[Number; 2], now: Timestamp) -> Entry {
        let [client, server] = numbers::endpoints(connection, numbers);
        let start = self.start.unwrap_or_default();
        let aborted = &Aborts::default();
        let setting = Setting { start, end: now, msl: self.msl, kernel: &self.kernel, aborted };
        let ids = [client.id.clone(), server.id.clone()];
        Entry { connection: connection::summary(connection, &ids, setting), client, server }
    }

    /// The timeline so far, with these connections; `are_all`: there were no others. `end` is when the capture ended.
    pub fn finish(
        mut self,
        connections: &[&Connection],
        are_all: bool,
        end: Timestamp,
        source: timeline::Source,
    ) -> Timeline {
        let start = self.start.unwrap_or_default();
        for connection in connections {
            self.endpoints.of(connection);
        }
        let (mut calls, others) = self.calls.place(connections);
        let aborted = &Aborts::told(connections, &calls, &self.kernel);
        calls.retain(|(id, _)| self.kept.has(*id));
        self.hear_programs(&calls);
        for (address, process) in &self.owners {
            self.endpoints.set_process(*address, process);
        }
        self.kept.last_timers(connections, end, self.msl);
        let events = self.events(connections, &mut calls, start);
        let other_calls = self.other_calls(&others, start);
        let (lookups, lookups_left_out) = self.other_lookups(are_all, start);
        let setting = Setting { start, end, msl: self.msl, kernel: &self.kernel, aborted };
        let mut summaries: Vec<_> = connections
            .iter()
            .map(|connection| {
                let ids = self.endpoints.of(connection);
                connection::summary(connection, &ids, setting)
            })
            .collect();
        gave_up::settle(&mut summaries, &events);
        witness::tell(&mut summaries, &events, &self.kernel);
        let steps = steps::steps(&summaries, &events);
        Timeline {
            schema: timeline::SCHEMA.into(),
            generator: timeline::Generator { name: "synfin".into(), version: env!("CARGO_PKG_VERSION").into() },
            source,
            endpoints: self.endpoints.into_list(),
            connections: summaries,
            events,
            steps,
            other_calls,
            lookups,
            lookups_left_out,
            overview: None,
            selection: None,
        }
    }

    /// Who calls at an address owns the socket there, unless something better is known.
    fn hear_programs(&mut self, calls: &[(u64, item::Item)]) {
        for (_, item) in calls {
            if let item::What::Call(call) = &item.what
                && let Some(program) = &call.word.program
            {
                self.owners.insert(0, (call.word.local, program.clone()));
            }
        }
    }

    /// Lookups from which no connection came, and how many more there were. Where others came than are shown, it is sure only of
    /// those that failed.
    fn other_lookups(&mut self, are_all: bool, start: Timestamp) -> (Vec<timeline::OtherLookup>, u64) {
        let mut words = std::mem::take(&mut self.lookups);
        words.retain(|word| are_all || lookups::has_failed(word));
        let left_out = words.len().saturating_sub(MOST_OTHERS) as u64;
        words.truncate(MOST_OTHERS);
        (words.into_iter().map(|word| lookups::other(word, start)).collect(), left_out)
    }

    /// Calls on sockets from which no connection came.
    fn other_calls(&mut self, words: &[CallWord], start: Timestamp) -> Vec<timeline::OtherCall> {
        let told = words.iter().take(MOST_OTHERS).map(|word| {
            let endpoint = self.endpoints.stranger(word.local);
            timeline::OtherCall { t_ns: word.at.since(start), call: event::call_event(word, &endpoint, 1) }
        });
        told.collect()
    }
}
