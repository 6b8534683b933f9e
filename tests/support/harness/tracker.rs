//! Octets as a program of segments between a few hosts, mostly where they are expected, some anywhere: through the tracker,
//! the rules and the assembler, with the clock, the kernel and the drawing in between.

use super::super::packet::{ACK, FIN, Packet, RST, SYN, Sum};
use super::cursor::Cursor;
use super::pipeline;
use super::relative::{assert_same, forget_raw_numbers};
use super::sound::assert_sound;
use std::time::Duration;
use synfin::analyze::{Analyzer, Ending, Wishes};
use synfin::assemble::Watch;
use synfin::source::{Frame, LinkType, Timestamp};
use synfin::tcp::{CallName, CallWord, KernelWord, MslProfile, State};
use synfin::timeline::{Detail, SourceKind, Timeline};
use synfin::track::Keep;

const MS: i64 = 1_000_000;
const BEGIN: i64 = 1_000_000_000 * 1_000_000_000;
/// Segments of one program; more tell nothing new and take time.
const MOST_SEGMENTS: u64 = 3000;
/// Payload up to so many octets is really there, with a checksum; of more only the headers are.
const WHOLE: u32 = 16;
/// Segments that can be sent again.
const REMEMBERED: usize = 8;

/// Who talks with whom: two clients of one server, one with itself, one over IPv6, one through a VLAN-free twin of the first
/// with the ports changed round.
const PAIRS: [[&str; 2]; 8] = [
    ["10.0.0.1:40000", "10.0.0.2:80"],
    ["10.0.0.1:40001", "10.0.0.2:80"],
    ["127.0.0.1:5000", "127.0.0.1:5000"],
    ["[2001:db8::1]:40000", "[2001:db8::2]:443"],
    ["10.0.0.1:80", "10.0.0.2:40000"],
    ["10.0.0.3:1000", "10.0.0.4:1001"],
    ["10.0.0.1:40002", "10.0.0.2:80"],
    ["10.0.0.1:40003", "10.0.0.2:81"],
];

/// A program: how to watch, by how much the numbers of both sides are moved the second time, then its moves.
pub fn run(bytes: &[u8]) {
    let mut cursor = Cursor(bytes);
    let how = cursor.u8();
    let watch = match how & 3 {
        0 => Watch::All,
        1 => Watch::Both,
        2 => Watch::Sole,
        _ => Watch::One(1),
    };
    let full = how & 4 != 0;
    let shift = [cursor.u32(), cursor.u32()];
    let timeline = Play::new(watch, full, [0, 0]).finish(cursor.0);
    assert_sound(&timeline);
    assert_consistent(&timeline, full);
    // Drawing costs ten times what is looked at here; the target `pipeline` does it for each of its own.
    if pipeline::sum(bytes).is_multiple_of(16) {
        pipeline::check(&timeline, pipeline::style(bytes));
    }
    if how & 16 != 0 {
        // Where nobody looks, what is ordinary is set aside; all together comes to the same.
        let keep = Keep { first: 0, one: None, is_watched: false };
        let wishes = Wishes { watch: Watch::One(0), msl: MslProfile::Linux, keep, ..Wishes::default() };
        assert_eq!(Play::of(wishes, [0, 0]).finish(cursor.0).overview, timeline.overview, "set aside");
    }
    if how & 8 != 0 && shift != [0, 0] {
        let mut plain = serde_json::to_value(&timeline).unwrap();
        let mut moved = serde_json::to_value(Play::new(watch, full, shift).finish(cursor.0)).unwrap();
        forget_raw_numbers(&mut plain);
        forget_raw_numbers(&mut moved);
        assert_same(&moved, &plain, "numbers moved");
    }
}

/// Every segment is in its connection's totals, and, where all are kept, in one event, in the order of capture.
fn assert_consistent(timeline: &Timeline, full: bool) {
    let totals: u64 =
        timeline.connections.iter().map(|one| one.totals.client.segments + one.totals.server.segments).sum();
    let packets = &timeline.source.packets;
    assert_eq!(totals, packets.decoded - packets.captured_twice, "segments of all connections");
    let mut last = 0;
    for event in &timeline.events {
        match &event.detail {
            Detail::Segment(segment) => {
                assert!(segment.frame > last, "frame {} after {last}", segment.frame);
                last = segment.frame;
            }
            Detail::Run(run) => {
                assert!(!full, "a run where everything is kept");
                assert!(run.first_frame <= run.last_frame && run.count > 0);
                assert_eq!(run.flows.iter().map(|flow| flow.segments).sum::<u64>(), run.count);
            }
            _ => {}
        }
    }
    let calls = timeline.events.iter().filter(|event| matches!(event.detail, Detail::Call(_))).count();
    let others = (timeline.events.len() - calls) as u64;
    assert!(others <= 8 * timeline.source.packets.decoded, "more events than segments can bring");
}

/// The place of the pair that is one socket.
const TO_ITSELF: usize = 2;

/// One conversation: what each side sends next.
#[derive(Clone, Copy)]
struct Side {
    nxt: [u32; 2],
    clock: u32,
}

struct Play {
    analyzer: Analyzer,
    shift: [u32; 2],
    sides: [Side; PAIRS.len()],
    templates: Vec<[Packet; 2]>,
    now: i64,
    frames: u64,
    /// Pair, sender and octets of the last segments.
    sent: Vec<(usize, usize, u32, Vec<u8>)>,
    drawn: u64,
    draws: bool,
}

impl Play {
    fn new(watch: Watch, full: bool, shift: [u32; 2]) -> Play {
        Play::of(Wishes { watch, full, msl: MslProfile::Linux, ..Wishes::default() }, shift)
    }

    fn of(wishes: Wishes, shift: [u32; 2]) -> Play {
        let templates = PAIRS.iter().map(|[a, b]| [Packet::new(a, b), Packet::new(b, a)]).collect();
        let side = Side { nxt: [1000, 5000], clock: 7 };
        Play {
            analyzer: Analyzer::new(wishes),
            shift,
            sides: [side; PAIRS.len()],
            templates,
            now: BEGIN,
            frames: 0,
            sent: Vec::new(),
            drawn: 0,
            draws: wishes.watch == Watch::Both,
        }
    }

    fn finish(mut self, moves: &[u8]) -> Timeline {
        let mut cursor = Cursor(moves);
        while !cursor.is_empty() && self.frames < MOST_SEGMENTS {
            self.make(&mut cursor);
        }
        self.settle(i64::MAX);
        let decoded = self.frames;
        let end = Ending { at: Some(Timestamp(self.now)), ..Ending::default() };
        let timeline = self.analyzer.finish(SourceKind::File, "program", end);
        assert_eq!(timeline.source.packets.seen, decoded);
        if self.draws {
            let packets = &timeline.source.packets;
            assert_eq!(self.drawn, packets.decoded - packets.captured_twice, "each segment is drawn once");
        }
        timeline
    }

    fn make(&mut self, cursor: &mut Cursor<'_>) {
        let code = cursor.u8();
        let pair = usize::from(code >> 5);
        match code & 31 {
            0..=19 => self.near(pair, cursor),
            20 => self.now += MS * i64::from(cursor.u8()),
            21 => self.now += 250 * MS * i64::from(cursor.u8()),
            22 => self.now -= 10 * MS * i64::from(cursor.u8()),
            23 => self.now = cursor.u64() as i64,
            24 => self.again(cursor.u8()),
            25 => {
                for _ in 0..cursor.u8() {
                    self.segment(pair, 0, ACK, 0, 0, 100, 900, Vec::new());
                    self.segment(pair, 1, ACK, 0, 0, 0, 900, Vec::new());
                }
            }
            26 => self.settle(self.now.saturating_add(100 * MS * i64::from(cursor.u8()))),
            27 => self.analyzer.advance(Timestamp(self.now.saturating_add(1000 * MS * i64::from(cursor.u8())))),
            28 => self.hear(pair, cursor),
            29 => self.unreachable(cursor.u8()),
            30 => self.begin_anew(pair, cursor),
            _ => {
                let count = usize::from(cursor.u8());
                let octets = cursor.octets(count).to_vec();
                self.push(&octets, 0);
            }
        }
    }

    /// A segment at its place or near it.
    fn near(&mut self, pair: usize, cursor: &mut Cursor<'_>) {
        let (flags, shape, more) = (cursor.u8(), cursor.u8(), cursor.u8());
        let peer = usize::from(shape & 1);
        let len = match shape >> 1 & 7 {
            0..=3 => 0,
            4 => 1,
            5 => u32::from(more),
            6 => 1460,
            _ => u32::from(cursor.u16()) % 60_000,
        };
        let mut offset = |class: u8| match class & 3 {
            0 => 0,
            1 => -1,
            2 => i32::from(cursor.u8() as i8),
            _ => cursor.u32() as i32,
        };
        let (seq, ack) = (offset(shape >> 4), offset(shape >> 6));
        let wnd = match more & 3 {
            0 => 0,
            1 => 1,
            2 => 500,
            _ => u16::MAX,
        };
        let flags = u16::from(flags) | u16::from(more & 4) << 6;
        let options = self.options(pair, peer, flags, more, cursor);
        self.segment(pair, peer, flags, seq, ack, len, wnd, options);
        self.now += MS;
    }

    fn options(&mut self, pair: usize, peer: usize, flags: u16, more: u8, cursor: &mut Cursor<'_>) -> Vec<u8> {
        let mut options = Vec::new();
        let syn = flags & SYN != 0;
        if more & 8 != 0 && syn {
            options.extend([2, 4, 5, 180, 3, 3, more >> 4, 4, 2, 1]);
        }
        if more & 16 != 0 {
            let clock = &mut self.sides[pair].clock;
            *clock = clock.wrapping_add(u32::from(more >> 6));
            options.extend([8, 10]);
            options.extend(clock.to_be_bytes());
            options.extend(clock.wrapping_sub(u32::from(more & 3)).to_be_bytes());
        }
        if more & 32 != 0 && !syn {
            let other = if pair == TO_ITSELF { 0 } else { 1 - peer };
            let edge = self.sides[pair].nxt[other].wrapping_add(self.shift[other]);
            let left = edge.wrapping_add_signed(i32::from(cursor.u8() as i8) * 4);
            options.extend([5, 10]);
            options.extend(left.to_be_bytes());
            options.extend(left.wrapping_add(u32::from(cursor.u8())).to_be_bytes());
        }
        if more & 128 != 0 {
            let count = usize::from(cursor.u8() & 15);
            options.extend(cursor.octets(count).iter().filter(|octet| **octet != 5));
        }
        options.truncate(40);
        options
    }

    #[allow(clippy::too_many_arguments)] // The fields of a segment.
    fn segment(
        &mut self,
        pair: usize,
        peer: usize,
        flags: u16,
        seq: i32,
        ack: i32,
        len: u32,
        wnd: u16,
        options: Vec<u8>,
    ) {
        let (peer, other) = if pair == TO_ITSELF { (0, 0) } else { (peer, 1 - peer) };
        let side = &mut self.sides[pair];
        let at = side.nxt[peer].wrapping_add_signed(seq);
        let number =
            if flags & ACK == 0 { 0 } else { side.nxt[other].wrapping_add_signed(ack).wrapping_add(self.shift[other]) };
        let control = u32::from(flags & SYN != 0) + u32::from(flags & FIN != 0);
        if seq >= 0 && flags & RST == 0 {
            side.nxt[peer] = at.wrapping_add(len + control);
        }
        let whole = len <= WHOLE;
        let mut packet = self.templates[pair][peer].clone().flags(flags).wnd(wnd).ack(number);
        packet = packet.seq(at.wrapping_add(self.shift[peer])).options(&options);
        if whole {
            packet = packet.payload(&[b'x'; WHOLE as usize][..len as usize]);
        }
        packet.sum = if wnd == 1 && flags & 1 != 0 { Sum::Wrong } else { Sum::Right };
        let mut bytes = packet.ip();
        let rest = if whole { 0 } else { len };
        let field = if bytes[0] >> 4 == 4 { 2 } else { 4 };
        let total = u16::from_be_bytes([bytes[field], bytes[field + 1]]) + rest as u16;
        bytes[field..field + 2].copy_from_slice(&total.to_be_bytes());
        self.push(&bytes, rest);
        self.sent.push((pair, peer, rest, bytes));
        if self.sent.len() > REMEMBERED {
            self.sent.remove(0);
        }
    }

    fn again(&mut self, back: u8) {
        let place = self.sent.len().checked_sub(1 + usize::from(back) % REMEMBERED);
        if let Some((_, _, rest, bytes)) = place.and_then(|place| self.sent.get(place)).cloned() {
            self.push(&bytes, rest);
        }
    }

    /// The same addresses and ports with new numbers.
    fn begin_anew(&mut self, pair: usize, cursor: &mut Cursor<'_>) {
        let [a, b] = self.sides[pair].nxt;
        let by = u32::from(cursor.u8()) << (cursor.u8() & 31);
        self.sides[pair].nxt = [a.wrapping_add(by).wrapping_add(65_537), b.wrapping_sub(by)];
    }

    fn hear(&mut self, pair: usize, cursor: &mut Cursor<'_>) {
        let what = cursor.u8();
        let [a, b] = &self.templates[pair];
        let state = (what & 1 != 0).then(|| State::ALL[usize::from(what >> 1) % State::ALL.len()]);
        let word = KernelWord {
            local: a.src,
            remote: b.src,
            at: Timestamp(self.now),
            state,
            remaining: (what & 128 != 0).then(|| Duration::from_millis(u64::from(cursor.u16()))),
            cookie: (what & 64 != 0).then_some(pair as u64),
        };
        self.analyzer.hear_kernel(&word);
        self.analyzer.hear_call(CallWord {
            local: a.src,
            remote: (what & 32 != 0).then_some(b.src),
            program: None,
            at: Timestamp(self.now),
            took: (what & 16 != 0).then(|| Duration::from_millis(u64::from(what))),
            call: CallName::ALL[usize::from(what) % CallName::ALL.len()],
            arguments: String::new(),
            result: if what & 8 != 0 { Ok(Some(u64::from(what))) } else { Err("EODD".into()) },
        });
        self.analyzer.hear_owner(a.src, "program[1]");
    }

    /// An ICMP error that quotes one of the last segments.
    fn unreachable(&mut self, back: u8) {
        let place = self.sent.len().checked_sub(1 + usize::from(back) % REMEMBERED);
        let Some((pair, peer, _, bytes)) = place.and_then(|place| self.sent.get(place)).cloned() else { return };
        let template = &self.templates[pair][1 - peer];
        if !template.src.is_ipv4() {
            return;
        }
        let mut icmp = vec![3, back >> 4, 0, 0, 0, 0, 0, 0];
        icmp.extend(&bytes[..bytes.len().min(28)]);
        let sum: u32 = icmp.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum();
        let sum = !(((sum >> 16) + (sum & 0xffff)) as u16);
        icmp[2..4].copy_from_slice(&sum.to_be_bytes());
        let packet = template.ip_with(1, &icmp);
        self.push(&packet, 0);
    }

    fn settle(&mut self, now: i64) {
        let drawn = &mut self.drawn;
        self.analyzer.settle(Timestamp(now), &mut |_, _, event| {
            *drawn += match event.detail {
                Detail::Segment(_) => 1,
                Detail::Run(run) => run.count,
                _ => 0,
            }
        });
    }

    fn push(&mut self, bytes: &[u8], rest: u32) {
        self.frames += 1;
        self.analyzer.push(&Frame {
            number: self.frames,
            time: Timestamp(self.now),
            link: LinkType::RAW,
            wire_len: bytes.len() as u32 + rest,
            bytes,
            interface: 0,
        });
    }
}
