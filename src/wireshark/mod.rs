//! Each packet in Wireshark's words: `tcp.stream` and `tcp.analysis.*` as tshark 4.0 gives them, exactly, also where it is wrong.
//!
//! This room repeats a judgement that users know; it does not share synfin's own ([`crate::track`]), which says what really
//! happened. Wireshark looks at the packets of a stream in the order of the file, takes what was captured for what was received,
//! and keeps for each direction a few numbers. The order of its tests is part of the result, so it is kept here: what an ACK
//! says (`window`, `ack`), then what is repeated (`repeat`), then what is remembered (`flow`).
//!
//! A window of Wireshark shows values of a second look at the file, when the first knew its end. [`Analysis::known`] does the
//! same: it takes what the first pass left ([`Analysis::outcome`]) and the same packets again.
//!
//! tshark keeps all of every stream. Here at most [`MOST_FULL`] are kept in full, and some 150 octets of each further one: its
//! number, by its addresses, and what a second look has to know.

mod ack;
mod announced;
mod completeness;
mod fast_open;
mod flow;
mod outcome;
mod repeat;
mod round_trip;
mod scale;
mod stream;
mod streams;
mod table;
mod unacked;
mod window;
mod words;

pub use completeness::Completeness;
pub use outcome::Outcome;
pub use streams::MOST_FULL;
pub use words::{DupAck, Marks, Words};

use crate::tcp::{IcmpError, Segment};
use announced::Announced;
use outcome::Known;
use streams::Streams;
use table::Table;

/// Judges packets in the order of their capture.
#[derive(Default)]
pub struct Analysis {
    table: Table,
    streams: Streams,
    announced: Announced,
    known: Option<Known>,
}

impl Analysis {
    /// The first look at a capture: final values are those of the packets so far.
    pub fn new() -> Analysis {
        Analysis::default()
    }

    /// The second look at the same capture, as the Wireshark window and `tshark -2` show it.
    pub fn known(outcome: Outcome) -> Analysis {
        Analysis { known: Some(Known::new(outcome)), ..Analysis::default() }
    }

    /// What the second look has to know.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.streams)
    }

    /// The words for one segment.
    pub fn judge(&mut self, segment: &Segment<'_>) -> Marks {
        let place = self.table.find(segment.src, segment.dst);
        let mut is_new = false;
        let mut reused = false;
        let mut id = match place.stream {
            Some(id) => id,
            None => {
                is_new = !self.announced.take(segment);
                self.open(segment)
            }
        };
        // A SYN with another number than the one known opens a stream of its own.
        if segment.flags.syn() && self.streams.is_reused_by(id, segment, place.way) {
            reused = true;
            id = self.open(segment);
        }
        let Some(stream) = self.streams.get_mut(id) else { return Marks::default() };
        let mut marks = stream.judge(segment, place.way, is_new, reused);
        marks.stream = id;
        self.announced.listen(segment, marks.words);
        if let Some(known) = &mut self.known {
            known.look_again(id, segment, place.way, &mut marks);
        }
        marks
    }

    /// The words for one segment, unless that would take a new stream beyond so many.
    pub fn judge_within(&mut self, segment: &Segment<'_>, streams: usize) -> Option<Marks> {
        let opens = |analysis: &Analysis| {
            let place = analysis.table.find(segment.src, segment.dst);
            place.stream.is_none() || segment.flags.syn()
        };
        (self.streams.len() < streams || !opens(self)).then(|| self.judge(segment))
    }

    /// Hears of an ICMP error. tshark takes the TCP header that it quotes for a packet of the stream, but for its numbers.
    pub fn hear_icmp(&mut self, error: &IcmpError) {
        let Some(quoted) = &error.quoted else { return };
        self.judge(&quoted.segment(error));
    }

    /// Streams so far.
    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    /// Streams that are remembered in full: never more than [`MOST_FULL`].
    pub fn full_streams(&self) -> usize {
        self.streams.full()
    }

    fn open(&mut self, segment: &Segment<'_>) -> u32 {
        let id = self.streams.open();
        if let Some(old) = self.table.set(segment.src, segment.dst, id) {
            // What an old stream of these addresses waits for never comes.
            self.streams.forget(old);
        }
        id
    }
}
