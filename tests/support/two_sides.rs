//! Connections captured on both sides: from text sequences that say what arrives when, or made up. The client's clock is the
//! true one; the server's is told.

use super::packet::{ACK, FIN, PSH, Packet, SYN};
use super::sequence::{Action, Sequence};
use super::talk::{Shot, wishes};
use synfin::analyze::{Both, Ending, Side};
use synfin::source::{Frame, LinkType, Timestamp};
use synfin::tcp::{Passage, Peer};
use synfin::timeline::{SourceKind, Timeline};

pub const MS: i64 = 1_000_000;
pub const BEGIN: i64 = 1_000_000_000 * 1_000_000_000;

/// One packet, and what became of it.
#[derive(Debug, Clone)]
pub struct Shipment {
    pub from_client: bool,
    /// `None`: nobody sent it, it was made on the way.
    pub sent: Option<i64>,
    /// `None`: it was lost.
    pub arrives: Option<i64>,
    pub packet: Packet,
}

/// What two captures of the same connections hold.
#[derive(Debug, Clone, Default)]
pub struct TwoSides {
    pub shipments: Vec<Shipment>,
    /// From when to when each side captured, by the true clock; `None`: all the time, and a while before and after.
    pub covers: [Option<(i64, i64)>; 2],
    /// By how much the server's clock is ahead at `BEGIN`, and what it gains, parts per billion.
    pub offset: i64,
    pub drift_ppb: i64,
}

impl TwoSides {
    /// The packets of a text sequence. With `ip_ids` each copy has its own IP identification.
    pub fn of(sequence: &Sequence, ip_ids: bool) -> TwoSides {
        let mut sides = TwoSides::default();
        let addresses = sequence.addresses();
        for line in &sequence.lines {
            let Action::Send(peer, sent) = &line.action else { continue };
            let mut packet = sent.packet(addresses, *peer);
            packet.ip_id = if ip_ids { 100 + sides.shipments.len() as u16 } else { 0 };
            let time = sent.time.0;
            let (left, arrives) = match sent.passage {
                Passage::Arrived(at) | Passage::ArrivedTwice(at) => (Some(time), Some(at.0)),
                Passage::Lost => (Some(time), None),
                Passage::Appeared => (None, Some(time)),
                Passage::Unknown => panic!("{}: what became of it?", line.text),
            };
            let from_client = *peer == Peer::A;
            if let Passage::ArrivedTwice(at) = sent.passage {
                let again = Shipment { from_client, sent: None, arrives: Some(at.0 + 3 * MS), packet: packet.clone() };
                sides.shipments.push(again);
            }
            sides.shipments.push(Shipment { from_client, sent: left, arrives, packet });
        }
        sides
    }

    /// The server's clock at a true time.
    pub fn server_clock(&self, time: i64) -> i64 {
        let gained = i128::from(time - BEGIN) * i128::from(self.drift_ppb) / 1_000_000_000;
        time + self.offset + gained as i64
    }

    /// What one side captured, in its order, by its clock.
    pub fn capture(&self, side: Side) -> Vec<Shot> {
        let is_client = side == Side::Client;
        let covers = if is_client { self.covers[0] } else { self.covers[1] };
        let mut shots: Vec<Shot> = self
            .shipments
            .iter()
            .filter_map(|it| Some((if it.from_client == is_client { it.sent } else { it.arrives }?, it)))
            .filter(|(time, _)| covers.is_none_or(|(from, to)| (from..=to).contains(time)))
            .map(|(time, it)| Shot { time, packet: it.packet.clone() })
            .collect();
        shots.sort_by_key(|shot| shot.time);
        if !is_client {
            shots.iter_mut().for_each(|shot| shot.time = self.server_clock(shot.time));
        }
        shots
    }

    /// Both captures, joined.
    pub fn joined(&self) -> Timeline {
        self.joined_with(false, |_, _| {})
    }

    /// Both captures, joined, after what a NAT or a card did to each packet of one side.
    pub fn joined_with(&self, one_clock: bool, mut change: impl FnMut(Side, &mut Packet)) -> Timeline {
        let mut both = Both::new(wishes(true), one_clock);
        for side in [Side::Client, Side::Server] {
            let mut shots = self.capture(side);
            shots.iter_mut().for_each(|shot| change(side, &mut shot.packet));
            feed(&mut both, side, &shots);
            let covers = if side == Side::Client { self.covers[0] } else { self.covers[1] };
            let times = self.shipments.iter().flat_map(|it| [it.sent, it.arrives]).flatten();
            let (first, last) = (times.clone().min().unwrap(), times.max().unwrap());
            let (from, to) = covers.unwrap_or((first - 1000 * MS, last + 1000 * MS));
            for time in [from, to] {
                // Something that is not TCP: the capture was running.
                let time = if side == Side::Client { time } else { self.server_clock(time) };
                let bytes = [[0; 12].as_slice(), &[0x08, 0x06], &[0; 46]].concat();
                both.push(side, &frame(0, time, &bytes));
            }
        }
        both.finish(SourceKind::File, "both", Ending::default())
    }
}

/// Gives one side's packets as frames.
pub fn feed(both: &mut Both, side: Side, shots: &[Shot]) {
    for (place, shot) in shots.iter().enumerate() {
        both.push(side, &frame(place as u64 + 1, shot.time, &shot.packet.ethernet()));
    }
}

fn frame(number: u64, time: i64, bytes: &[u8]) -> Frame<'_> {
    let wire_len = bytes.len() as u32;
    Frame { number, time: Timestamp(time), link: LinkType::ETHERNET, wire_len, bytes, interface: 0 }
}

/// How a made-up network treats a made-up conversation.
#[derive(Debug, Clone)]
pub struct Weather {
    /// Shortest way to the server and to the client, nanoseconds.
    pub ways: [i64; 2],
    /// Longest a packet is held up beyond that.
    pub jitter: i64,
    /// Of 100 packets so many are lost.
    pub loss: u32,
    pub ip_ids: bool,
    /// Drawn upon in order.
    pub chances: Vec<u32>,
    pub isns: [u32; 2],
    pub timestamps: bool,
}

/// A handshake, questions and answers one after the other each of which is sent until it arrives, and a close.
pub fn questions(weather: &Weather, count: usize) -> TwoSides {
    let mut maker =
        Maker { weather, sides: TwoSides::default(), now: BEGIN, drawn: 0, next: weather.isns, ids: [1, 1] };
    maker.ship(true, SYN, 0);
    maker.ship(false, SYN | ACK, 0);
    maker.ship(true, ACK, 0);
    for _ in 0..count {
        maker.now += i64::from(maker.draw() % 1000) * MS / 10;
        maker.ship(true, PSH | ACK, 100);
        maker.ship(false, PSH | ACK, 50);
    }
    maker.ship(true, FIN | ACK, 0);
    maker.ship(false, FIN | ACK, 0);
    maker.ship(true, ACK, 0);
    maker.sides
}

struct Maker<'w> {
    weather: &'w Weather,
    sides: TwoSides,
    now: i64,
    drawn: usize,
    next: [u32; 2],
    ids: [u16; 2],
}

impl Maker<'_> {
    fn draw(&mut self) -> u32 {
        self.drawn += 1;
        let chances = &self.weather.chances;
        chances[self.drawn % chances.len()].wrapping_mul(self.drawn as u32 | 1) >> 3
    }

    fn ship(&mut self, from_client: bool, flags: u16, len: usize) {
        let (own, other) = if from_client { (0, 1) } else { (1, 0) };
        let ends = ["10.0.0.1:40000", "10.0.0.2:80"];
        let mut wait = 200 * MS + 3 * (self.weather.ways[0] + self.weather.ways[1] + self.weather.jitter);
        loop {
            let mut packet =
                Packet::new(ends[own], ends[other]).seq(self.next[own]).flags(flags).payload(&vec![b'x'; len]);
            packet.ack = if flags & ACK != 0 { self.next[other] } else { 0 };
            if self.weather.timestamps {
                packet = packet.timestamps((self.now / MS) as u32, 1);
            }
            packet.ip_id = if self.weather.ip_ids { self.ids[own] } else { 0 };
            self.ids[own] = self.ids[own].wrapping_add(1).max(1);
            // The handshake's first two come through: somebody must meet.
            let is_lost = flags & SYN == 0 && self.draw() % 100 < self.weather.loss;
            let held_up = i64::from(self.draw()) % (self.weather.jitter + 1);
            let arrives = self.now + self.weather.ways[own] + held_up;
            let sent = Some(self.now);
            // A bare ACK is not sent again.
            let is_over = !is_lost || flags == ACK;
            self.sides.shipments.push(Shipment { from_client, sent, arrives: (!is_lost).then_some(arrives), packet });
            if is_over {
                let used = len as u32 + u32::from(flags & (SYN | FIN) != 0);
                self.next[own] = self.next[own].wrapping_add(used);
                self.now = arrives + 20_000;
                return;
            }
            self.now += wait;
            wait *= 2;
        }
    }
}
