//! Conversations of real frames: from the text sequences, or at random between two hosts.

use super::packet::{ACK, Endian, FIN, PSH, Packet, PcapFile, PcapngFile, RST, SYN};
use super::sequence::{Action, Sequence};
use proptest::prelude::*;
use std::fmt;
use std::io::Read;
use synfin::analyze::{Analyzer, Ending, Wishes};
use synfin::assemble::Watch;
use synfin::source::{Frame, LinkType, Timestamp};
use synfin::tcp::{MslProfile, Peer};
use synfin::timeline::{SourceKind, Timeline};

const MS: i64 = 1_000_000;
const BEGIN: i64 = 1_000_000_000 * 1_000_000_000;

/// One packet and its time in nanoseconds.
#[derive(Clone)]
pub struct Shot {
    pub time: i64,
    pub packet: Packet,
}

/// As a text sequence has it, so that a counterexample can be typed as one.
impl fmt::Debug for Shot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Packet { src, seq, ack, flags, wnd, options, payload, .. } = &self.packet;
        let letters = [(SYN, 'S'), (FIN, 'F'), (RST, 'R'), (PSH, 'P'), (ACK, '.')];
        let letters: String = letters.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, letter)| letter).collect();
        let (len, end) = (payload.len(), seq.wrapping_add(payload.len() as u32));
        let ms = (self.time - BEGIN) as f64 / 1e6;
        write!(f, "{ms} ms {src} > {letters} ({flags:#x}) {seq}:{end}({len}) ack {ack} win {wnd} {options:?}")
    }
}

/// Packets in the order of their capture.
#[derive(Debug, Clone)]
pub struct Talk {
    pub shots: Vec<Shot>,
    /// When the capture ended.
    pub end: i64,
}

impl Talk {
    /// The packets of a text sequence.
    pub fn of(sequence: &Sequence) -> Talk {
        let addresses = sequence.addresses();
        let mut talk = Talk { shots: Vec::new(), end: BEGIN };
        for line in &sequence.lines {
            match &line.action {
                Action::Send(peer, sent) => {
                    let packet = sent.packet(addresses, *peer);
                    talk.shots.push(Shot { time: sent.time.0, packet });
                    talk.end = sent.time.0;
                }
                Action::TwoMsl => talk.end += 61_000 * MS,
                Action::Arrives | Action::Icmp(_) => {}
            }
        }
        talk
    }

    /// All text sequences, by name.
    pub fn all() -> Vec<(String, Talk)> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sequences");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty());
        let name = |path: &std::path::Path| path.file_stem().unwrap().to_str().unwrap().to_string();
        files
            .iter()
            .map(|path| (name(path), Talk::of(&Sequence::parse(&std::fs::read_to_string(path).unwrap()))))
            .collect()
    }

    /// The same behind a SYN of another connection: the first of a capture is never set aside.
    pub fn after_another(&self) -> Talk {
        let packet = Packet::new("192.0.2.1:1", "192.0.2.2:2").flags(SYN);
        let time = self.shots.first().map_or(self.end, |shot| shot.time);
        let shots = std::iter::once(Shot { time, packet }).chain(self.shots.iter().cloned()).collect();
        Talk { shots, end: self.end }
    }

    /// Calls `each` for every packet as a frame.
    pub fn frames(&self, mut each: impl FnMut(&Frame<'_>)) {
        for (place, shot) in self.shots.iter().enumerate() {
            let bytes = shot.packet.ethernet();
            each(&Frame {
                number: place as u64 + 1,
                time: Timestamp(shot.time),
                link: LinkType::ETHERNET,
                wire_len: bytes.len() as u32,
                bytes: &bytes,
                interface: 0,
            });
        }
    }

    pub fn timeline(&self, full: bool) -> Timeline {
        let mut analyzer = Analyzer::new(wishes(full));
        self.frames(|frame| analyzer.push(frame));
        self.finish(analyzer)
    }

    pub fn finish(&self, analyzer: Analyzer) -> Timeline {
        analyzer.finish(SourceKind::File, "talk", Ending { at: Some(Timestamp(self.end)), ..Ending::default() })
    }
}

pub fn wishes(full: bool) -> Wishes {
    Wishes { watch: Watch::All, full, msl: MslProfile::Linux, ..Wishes::default() }
}

/// One random move of a conversation.
#[derive(Debug, Clone)]
enum Move {
    /// What comes next, or nearly: offsets from the expected numbers.
    Near {
        peer: Peer,
        flags: u16,
        seq: i32,
        ack: i32,
        len: u16,
        wnd: u16,
        sack: bool,
    },
    Wild {
        peer: Peer,
        flags: u16,
        seq: u32,
        ack: u32,
        len: u16,
    },
    /// So many data segments with an acknowledgment each: enough to be folded.
    Burst(Peer, u8),
    /// An earlier packet again, counted back from the last.
    Again(usize),
}

fn peer() -> impl Strategy<Value = Peer> {
    prop_oneof![Just(Peer::A), Just(Peer::B)]
}

fn flags() -> impl Strategy<Value = u16> {
    prop_oneof![
        6 => Just(ACK),
        4 => Just(ACK | PSH),
        4 => Just(FIN | ACK),
        2 => Just(SYN),
        2 => Just(SYN | ACK),
        1 => Just(RST),
        2 => Just(RST | ACK),
        1 => 0_u16..0x200,
    ]
}

/// Mostly exact.
fn offset() -> impl Strategy<Value = i32> {
    prop_oneof![12 => Just(0), 1 => Just(1), 2 => Just(-1), 1 => -3000..3000]
}

fn len() -> impl Strategy<Value = u16> {
    prop_oneof![3 => Just(0_u16), 1 => Just(1_u16), 2 => 2_u16..1460]
}

fn one_move() -> impl Strategy<Value = Move> {
    let near = (peer(), flags(), offset(), offset(), len(), any::<u16>(), any::<bool>());
    let wild = (peer(), flags(), any::<u32>(), any::<u32>(), len());
    prop_oneof![
        12 => near.prop_map(|(peer, flags, seq, ack, len, wnd, sack)| Move::Near { peer, flags, seq, ack, len, wnd, sack }),
        1 => wild.prop_map(|(peer, flags, seq, ack, len)| Move::Wild { peer, flags, seq, ack, len }),
        3 => (1_usize..6).prop_map(Move::Again),
        1 => (peer(), 1_u8..20).prop_map(|(peer, count)| Move::Burst(peer, count)),
    ]
}

fn wait() -> impl Strategy<Value = i64> {
    prop_oneof![8 => Just(MS), 1 => Just(0), 3 => Just(40 * MS), 3 => Just(200 * MS), 2 => Just(1_200 * MS), 1 => Just(61_000 * MS), 1 => -300 * MS..300 * MS]
}

/// How a random conversation begins, so that the later states are reached too.
fn prefix() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0_usize), 1 => Just(1), 1 => Just(2), 3 => Just(3), 2 => Just(6)]
}

/// A random conversation between two hosts.
pub fn random() -> impl Strategy<Value = Talk> {
    let moves = prop::collection::vec((one_move(), wait()), 1..24);
    (prefix(), any::<[u32; 2]>(), moves, wait()).prop_map(|(prefix, iss, moves, tail)| {
        let near = |peer, flags, len| Move::Near { peer, flags, seq: 0, ack: 0, len, wnd: 500, sack: false };
        let opening = [
            near(Peer::A, SYN, 0),
            near(Peer::B, SYN | ACK, 0),
            near(Peer::A, ACK, 0),
            near(Peer::A, FIN | ACK, 0),
            near(Peer::B, FIN | ACK, 0),
            near(Peer::A, ACK, 0),
        ];
        let opening = opening.into_iter().take(prefix).map(|one| (one, MS));
        let mut play = Play { nxt: iss, now: BEGIN, talk: Talk { shots: Vec::new(), end: BEGIN } };
        opening.chain(moves).for_each(|(one, wait)| play.make(&one, wait));
        if play.talk.shots.is_empty() {
            play.make(&near(Peer::A, SYN, 0), 0);
        }
        play.talk.end += tail;
        play.talk
    })
}

/// Mostly by the book: a handshake, a few words each way, FINs; with something out of order here and there.
pub fn by_the_book() -> impl Strategy<Value = Talk> {
    let word = (peer(), prop_oneof![Just(0_u16), 1_u16..1460], 1_u16..1000);
    let words = prop::collection::vec(word, 0..10);
    let slips = prop::collection::vec((any::<prop::sample::Index>(), one_move()), 0..2);
    let waits = prop::collection::vec(wait(), 1..8);
    (any::<[u32; 2]>(), words, peer(), any::<bool>(), slips, waits)
        .prop_map(|(iss, words, closer, in_three, slips, waits)| {
            let near = |peer, flags, len, wnd| Move::Near { peer, flags, seq: 0, ack: 0, len, wnd, sack: false };
            let mut moves =
                vec![near(Peer::A, SYN, 0, 500), near(Peer::B, SYN | ACK, 0, 500), near(Peer::A, ACK, 0, 500)];
            moves.extend(words.into_iter().map(|(peer, len, wnd)| near(peer, ACK, len, wnd)));
            moves.push(near(closer, FIN | ACK, 0, 500));
            moves.extend((!in_three).then_some(near(!closer, ACK, 0, 500)));
            moves.extend([near(!closer, FIN | ACK, 0, 500), near(closer, ACK, 0, 500)]);
            for (place, slip) in slips {
                moves.insert(place.index(moves.len()), slip);
            }
            let mut play = Play { nxt: iss, now: BEGIN, talk: Talk { shots: Vec::new(), end: BEGIN } };
            let waits = waits.into_iter().chain(std::iter::repeat(MS));
            moves.iter().zip(waits).for_each(|(one, wait)| play.make(one, wait));
            play.talk
        })
        .prop_filter("nothing was sent", |talk| !talk.shots.is_empty())
}

/// A handshake, then so many data segments of 10 octets with an acknowledgment each; the client sends from this port.
pub fn download(port: u16, segments: u32) -> Talk {
    let (client, server) = (format!("192.0.2.1:{port}"), "192.0.2.2:80");
    let from =
        |src: &str, dst: &str, flags: u16, seq: u32, ack: u32| Packet::new(src, dst).flags(flags).seq(seq).ack(ack);
    let up = |flags, seq, ack| from(&client, server, flags, seq, ack);
    let down = |flags, seq, ack| from(server, &client, flags, seq, ack);
    let mut packets = vec![up(SYN, 100, 0), down(SYN | ACK, 500, 101), up(ACK, 101, 501)];
    for n in 0..segments {
        packets.push(down(ACK | PSH, 501 + 10 * n, 101).payload(b"0123456789"));
        packets.push(up(ACK, 101, 511 + 10 * n));
    }
    let end = 501 + 10 * segments;
    packets.extend([down(FIN | ACK, end, 101), up(FIN | ACK, 101, end + 1), down(ACK, end + 1, 102)]);
    let shot = |(place, packet)| Shot { time: BEGIN + place as i64 * MS, packet };
    let shots: Vec<Shot> = packets.into_iter().enumerate().map(shot).collect();
    Talk { end: shots.last().map_or(BEGIN, |shot| shot.time), shots }
}

struct Play {
    nxt: [u32; 2],
    now: i64,
    talk: Talk,
}

impl Play {
    fn make(&mut self, one: &Move, wait: i64) {
        self.now += wait;
        let packet = match one {
            Move::Burst(peer, count) => {
                let near = |peer, len| Move::Near { peer, flags: ACK, seq: 0, ack: 0, len, wnd: 900, sack: false };
                for _ in 0..*count {
                    self.make(&near(*peer, 100), MS);
                    self.make(&near(!*peer, 0), MS);
                }
                return;
            }
            Move::Again(back) => {
                let Some(place) = self.talk.shots.len().checked_sub(*back) else { return };
                self.talk.shots[place].packet.clone()
            }
            Move::Wild { peer, flags, seq, ack, len } => packet(*peer, *flags, *seq, *ack, *len, 100),
            Move::Near { peer, flags, seq, ack, len, wnd, sack } => {
                let at = peer.of(&self.nxt).wrapping_add_signed(*seq);
                let ack = (!*peer).of(&self.nxt).wrapping_add_signed(*ack);
                let control = u32::from(flags & SYN != 0) + u32::from(flags & FIN != 0);
                let end = at.wrapping_add(u32::from(*len) + control);
                if *seq >= 0 && flags & RST == 0 {
                    *peer.of_mut(&mut self.nxt) = end;
                }
                let packet = packet(*peer, *flags, at, ack, *len, *wnd);
                match (sack, flags & SYN != 0) {
                    (_, true) => packet.options(&[2, 4, 5, 180, 3, 3, 7, 4, 2]),
                    (true, false) => packet.options(&sack_block(ack.wrapping_add(10), ack.wrapping_add(20))),
                    _ => packet,
                }
            }
        };
        self.talk.shots.push(Shot { time: self.now, packet });
        self.talk.end = self.now;
    }
}

/// The addresses of random conversations.
pub const ADDRESSES: [&str; 2] = ["10.0.0.1:40000", "10.0.0.2:80"];

fn packet(peer: Peer, flags: u16, seq: u32, ack: u32, len: u16, wnd: u16) -> Packet {
    let [src, dst] = [*peer.of(&ADDRESSES), *(!peer).of(&ADDRESSES)];
    Packet::new(src, dst).seq(seq).ack(ack).flags(flags).wnd(wnd).payload(&vec![b'x'; len.into()])
}

/// A SACK option of one block, with two octets of padding before it.
fn sack_block(left: u32, right: u32) -> Vec<u8> {
    let mut options = vec![1, 1, 5, 10];
    options.extend(left.to_be_bytes());
    options.extend(right.to_be_bytes());
    options
}

/// Moves the SACK blocks of a packet that [`random`] made.
pub fn shift_sack(options: &mut [u8], by: u32) {
    if let [1, 1, 5, 10, blocks @ ..] = options {
        for edge in blocks.chunks_exact_mut(4) {
            let value = u32::from_be_bytes(edge.try_into().unwrap()).wrapping_add(by);
            edge.copy_from_slice(&value.to_be_bytes());
        }
    }
}

/// The talk as a pcap file, big-endian with nanoseconds.
pub fn pcap(talk: &Talk) -> Vec<u8> {
    let mut file = PcapFile::new(Endian::Big, PcapFile::NANO, 1, 65_535);
    talk.frames(|frame| {
        let [seconds, fraction] = [frame.time.0 / 1_000_000_000, frame.time.0 % 1_000_000_000];
        file.record(seconds as u32, fraction as u32, frame.bytes, frame.wire_len);
    });
    file.bytes
}

/// The talk as a pcapng file with nanoseconds.
pub fn pcapng(talk: &Talk) -> Vec<u8> {
    let mut file = PcapngFile::new();
    file.section(Endian::Little, &[]).interface(1, 65_535, &[(9, &[9])]);
    talk.frames(|frame| _ = file.enhanced(0, frame.time.0 as u64, frame.bytes, frame.wire_len, &[]));
    file.bytes
}

/// The octets packed.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    let mut out = Vec::new();
    packed.read_to_end(&mut out).unwrap();
    out
}
