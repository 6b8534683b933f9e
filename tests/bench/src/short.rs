//! Short connections as a busy web server sees them: request, response, close; a few percent go another way.

use crate::packet::{ACK, Capture, FIN, PSH, Place, RST, SYN, Segment, syn_options, timestamps};
use crate::random::Random;
use Act::*;
use Side::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Client,
    Server,
}

#[derive(Clone, Copy)]
enum Act {
    Syn,
    SynAck,
    /// RST that answers a SYN.
    Refuse,
    Ack,
    Request,
    Response,
    Fin,
    /// FIN that does not acknowledge the other's.
    CrossingFin,
    Rst,
}

/// How long after the one before, in round trips or by the sender's timer.
#[derive(Clone, Copy)]
enum Wait {
    Half,
    None,
    Think,
    Timer,
}

/// Who sends what, how long after the one before; the last word: the same once more, unchanged.
type Line = (Side, Act, Wait, bool);

const OPEN: [Line; 3] =
    [(Client, Syn, Wait::None, false), (Server, SynAck, Wait::Half, false), (Client, Ack, Wait::Half, false)];
const TALK: [Line; 4] = [
    (Client, Request, Wait::None, false),
    (Server, Ack, Wait::Half, false),
    (Server, Response, Wait::Think, false),
    (Client, Ack, Wait::Half, false),
];
const MORE: [Line; 2] = [(Server, Response, Wait::None, false), (Client, Ack, Wait::Half, false)];
const FOUR: [Line; 4] = [
    (Client, Fin, Wait::None, false),
    (Server, Ack, Wait::Half, false),
    (Server, Fin, Wait::Think, false),
    (Client, Ack, Wait::Half, false),
];
const THREE: [Line; 3] =
    [(Server, Fin, Wait::Think, false), (Client, Fin, Wait::Half, false), (Server, Ack, Wait::Half, false)];

fn line(parts: &[&[Line]]) -> Vec<Line> {
    parts.iter().flat_map(|part| part.iter().copied()).collect()
}

/// The ways that a connection can go, with their share of a thousand.
fn scripts() -> Vec<(u64, Vec<Line>)> {
    let again: Line = (Client, Syn, Wait::Timer, true);
    vec![
        (420, line(&[&OPEN, &TALK, &FOUR])),
        (200, line(&[&OPEN, &TALK, &MORE, &FOUR])),
        (310, line(&[&OPEN, &TALK, &MORE, &THREE])),
        (15, line(&[&OPEN[..1], &[(Server, Refuse, Wait::Half, false)]])),
        (10, line(&[&OPEN[..1], &[again, again]])),
        (10, line(&[&OPEN[..1], &[again], &OPEN[1..], &TALK, &FOUR])),
        (15, line(&[&OPEN, &TALK, &[(Server, Response, Wait::Timer, true)], &FOUR])),
        (15, line(&[&OPEN, &TALK, &[(Client, Rst, Wait::None, false)]])),
        (
            4,
            line(&[
                &OPEN,
                &TALK,
                &[
                    (Client, CrossingFin, Wait::Think, false),
                    (Server, CrossingFin, Wait::None, false),
                    (Server, Ack, Wait::Half, false),
                    (Client, Ack, Wait::None, false),
                ],
            ]),
        ),
        (
            1,
            line(&[
                &[
                    (Client, Syn, Wait::None, false),
                    (Server, Syn, Wait::None, false),
                    (Server, SynAck, Wait::Half, false),
                    (Client, SynAck, Wait::None, false),
                ],
                &TALK,
                &FOUR,
            ]),
        ),
    ]
}

/// One connection under way.
struct Life {
    places: [Place; 2],
    /// Next number to send, by side.
    nxt: [u32; 2],
    /// What each side has of the other's.
    got: [u32; 2],
    iss: [u32; 2],
    /// What each side sent last: where it began, and how long it was.
    last: [(u32, usize); 2],
    stamps: [u32; 2],
    rtt: u64,
    timer: u64,
    script: usize,
    place: usize,
}

pub fn write(capture: &mut Capture, count: u64, seed: u64) -> io::Result<()> {
    let scripts = scripts();
    let mut random = Random::new(seed);
    let mut lives: Vec<Life> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    let mut queue = BinaryHeap::new();
    let (mut begun, mut next_begins) = (0, 0_u64);
    loop {
        let due: Option<u64> = queue.peek().map(|Reverse((at, _)): &Reverse<(u64, usize)>| *at);
        if begun < count && due.is_none_or(|at| next_begins <= at) {
            let life = begin(begun, &scripts, &mut random);
            let place = free.pop().unwrap_or(lives.len());
            if place == lives.len() {
                lives.push(life)
            } else {
                lives[place] = life
            }
            queue.push(Reverse((next_begins, place)));
            begun += 1;
            // Ten thousand a second.
            next_begins += random.between(1, 200);
            continue;
        }
        let Some(Reverse((at, place))) = queue.pop() else { return Ok(()) };
        let life = &mut lives[place];
        let script = &scripts[life.script].1;
        act(capture, at, life, script[life.place], &mut random)?;
        life.place += 1;
        match script.get(life.place) {
            None => free.push(place),
            Some((.., wait, _)) => {
                let wait = match wait {
                    Wait::Half => life.rtt / 2,
                    Wait::None => 5,
                    Wait::Think => random.between(1_000, 60_000),
                    Wait::Timer => {
                        life.timer *= 2;
                        life.timer
                    }
                };
                queue.push(Reverse((at + wait, place)));
            }
        }
    }
}

fn begin(n: u64, scripts: &[(u64, Vec<Line>)], random: &mut Random) -> Life {
    let mut lot = random.below(1000);
    let script = scripts.iter().position(|(share, _)| {
        let hit = lot < *share;
        lot = lot.saturating_sub(*share);
        hit
    });
    let client = Place { ip: 0x0a00_0001 + (n % 199) as u32, port: 32_768 + (n / 199 % 28_000) as u16 };
    let server = Place { ip: 0xc0a8_0001 + random.below(16) as u32, port: [80, 443, 8080][random.below(3) as usize] };
    let iss = [random.next() as u32, random.next() as u32];
    Life {
        places: [client, server],
        nxt: iss,
        got: [0; 2],
        iss,
        last: [(0, 0); 2],
        stamps: [random.next() as u32 >> 1, random.next() as u32 >> 1],
        rtt: random.between(20_000, 200_000),
        timer: 500_000,
        script: script.unwrap_or(0),
        place: 0,
    }
}

fn act(capture: &mut Capture, at: u64, life: &mut Life, line: Line, random: &mut Random) -> io::Result<()> {
    let (side, act, _, again) = line;
    let (me, other) = if side == Client { (0, 1) } else { (1, 0) };
    let (flags, len, uses) = match act {
        Syn => (SYN, 0, 1),
        SynAck => (SYN | ACK, 0, 1),
        Refuse => (RST | ACK, 0, 0),
        Ack => (ACK, 0, 0),
        Request => (PSH | ACK, random.between(90, 400) as usize, 0),
        Response => (PSH | ACK, random.between(200, 1449) as usize, 0),
        Fin | CrossingFin => (FIN | ACK, 0, 1),
        Rst => (RST, 0, 0),
    };
    // The SYN,ACK of a simultaneous open bears the number of the SYN.
    let repeats_syn = matches!(act, SynAck) && life.nxt[me] != life.iss[me];
    let (seq, len) = match (again, act) {
        (true, _) => life.last[me],
        (_, Refuse) => (0, 0),
        _ if repeats_syn => (life.iss[me], 0),
        _ => (life.nxt[me], len),
    };
    if !again {
        life.last[me] = (seq, len);
        if !repeats_syn {
            life.nxt[me] = life.nxt[me].wrapping_add(len as u32 + uses);
        }
    }
    if !matches!(act, CrossingFin) {
        life.got[me] = life.nxt[other];
    }
    let stamp = |side: usize| life.stamps[side].wrapping_add((at / 1000) as u32);
    let answered = flags & ACK != 0;
    let syn = syn_options(stamp(me), if answered { stamp(other) } else { 0 });
    let plain = timestamps(stamp(me), stamp(other));
    let options: &[u8] = match act {
        Syn | SynAck => &syn,
        Refuse | Rst => &[],
        _ => &plain,
    };
    let segment = Segment {
        from: life.places[me],
        to: life.places[other],
        seq,
        ack: if answered { life.got[me] } else { 0 },
        flags,
        wnd: if matches!(act, Refuse | Rst) { 0 } else { 501 },
        options,
        len,
    };
    capture.segment(at, &segment)
}
