//! Eight connections that move much data, with loss and reordering: holes, duplicate ACKs with SACK, retransmissions.
//! Four are seen near the receiver, where a lost segment is missing, and four near the sender, where it is seen twice.

use crate::packet::{ACK, Capture, FIN, PSH, Place, SYN, Segment, syn_options, timestamps};
use crate::random::Random;
use std::io;

const CONNECTIONS: u64 = 8;
const LEN: u32 = 1448;
/// Segments that a sender puts on the wire at a time.
const BURST: u64 = 10;
/// One in so many segments is lost, and one in so many overtaken by the next.
const LOST: u64 = 2_000;
const LATE: u64 = 1_000;
/// A lost segment is sent again after so many others.
const REPAIR: u64 = 30;

struct Flow {
    sender: Place,
    receiver: Place,
    /// Next new number, and what was lost: its number, and after how many more segments it is sent again.
    nxt: u32,
    lost: Vec<(u32, u64)>,
    near_sender: bool,
    rcv_nxt: u32,
    /// What came out of order, the youngest first.
    blocks: Vec<(u32, u32)>,
    unacknowledged: u32,
    other_seq: u32,
    stamp: u32,
}

pub fn write(capture: &mut Capture, segments: u64, seed: u64) -> io::Result<()> {
    let mut random = Random::new(seed);
    let mut at = 0;
    let mut flows = Vec::new();
    for n in 0..CONNECTIONS {
        let mut flow = begin(n, &mut random);
        open(capture, &mut at, &mut flow)?;
        flows.push(flow);
    }
    let mut sent = 0;
    while sent < segments {
        for flow in &mut flows {
            for _ in 0..BURST {
                one(capture, &mut at, flow, &mut random)?;
                sent += 1;
            }
            at += 20;
        }
    }
    for flow in &mut flows {
        while let Some((seq, _)) = flow.lost.pop() {
            data(capture, &mut at, flow, seq)?;
        }
        close(capture, &mut at, flow)?;
    }
    Ok(())
}

fn begin(n: u64, random: &mut Random) -> Flow {
    let (iss, other_seq) = (random.next() as u32, random.next() as u32);
    Flow {
        sender: Place { ip: 0x0a01_0001 + n as u32, port: 5201 },
        receiver: Place { ip: 0x0a02_0001, port: 40_000 + n as u16 },
        nxt: iss,
        lost: Vec::new(),
        near_sender: n % 2 == 0,
        rcv_nxt: iss,
        blocks: Vec::new(),
        unacknowledged: 0,
        other_seq,
        stamp: random.next() as u32 >> 1,
    }
}

/// The next segment of a flow, and what its receiver answers.
fn one(capture: &mut Capture, at: &mut u64, flow: &mut Flow, random: &mut Random) -> io::Result<()> {
    for (_, left) in &mut flow.lost {
        *left -= 1;
    }
    if let Some(place) = flow.lost.iter().position(|(_, left)| *left == 0) {
        let (seq, _) = flow.lost.remove(place);
        return data(capture, at, flow, seq);
    }
    let seq = flow.nxt;
    flow.nxt = seq.wrapping_add(LEN);
    if random.below(LOST) == 0 {
        if flow.near_sender {
            send(capture, at, flow, seq, PSH | ACK)?;
        }
        flow.lost.push((seq, REPAIR));
        return Ok(());
    }
    if random.below(LATE) == 0 {
        let next = flow.nxt;
        flow.nxt = next.wrapping_add(LEN);
        if flow.near_sender {
            // The order changes further on.
            send(capture, at, flow, seq, ACK)?;
            send(capture, at, flow, next, ACK)?;
            receive(capture, at, flow, next)?;
            return receive(capture, at, flow, seq);
        }
        data(capture, at, flow, next)?;
    }
    data(capture, at, flow, seq)
}

fn data(capture: &mut Capture, at: &mut u64, flow: &mut Flow, seq: u32) -> io::Result<()> {
    send(capture, at, flow, seq, ACK)?;
    receive(capture, at, flow, seq)
}

fn send(capture: &mut Capture, at: &mut u64, flow: &Flow, seq: u32, flags: u8) -> io::Result<()> {
    *at += 2;
    let options = timestamps(flow.stamp.wrapping_add((*at / 1000) as u32), 7);
    let (from, to) = (flow.sender, flow.receiver);
    let segment = Segment { from, to, seq, ack: flow.other_seq, flags, wnd: 509, options: &options, len: LEN as usize };
    capture.segment(*at, &segment)
}

/// Works the segment in and acknowledges: every second one, or at once where something is missing.
fn receive(capture: &mut Capture, at: &mut u64, flow: &mut Flow, seq: u32) -> io::Result<()> {
    let end = seq.wrapping_add(LEN);
    if seq == flow.rcv_nxt {
        flow.rcv_nxt = end;
        let had_holes = !flow.blocks.is_empty();
        while let Some(place) = flow.blocks.iter().position(|(left, _)| *left == flow.rcv_nxt) {
            flow.rcv_nxt = flow.blocks.remove(place).1;
        }
        flow.unacknowledged += 1;
        if flow.unacknowledged < 2 && !had_holes {
            return Ok(());
        }
    } else {
        let mut block = (seq, end);
        while let Some(place) = flow.blocks.iter().position(|(l, r)| *r == block.0 || *l == block.1) {
            let (left, right) = flow.blocks.remove(place);
            block = if right == block.0 { (left, block.1) } else { (block.0, right) };
        }
        flow.blocks.insert(0, block);
    }
    flow.unacknowledged = 0;
    let blocks = &flow.blocks[..flow.blocks.len().min(3)];
    let mut options = timestamps(7, flow.stamp.wrapping_add((*at / 1000) as u32)).to_vec();
    if !blocks.is_empty() {
        options.extend([1, 1, 5, 2 + 8 * blocks.len() as u8]);
        for (left, right) in blocks {
            options.extend(left.to_be_bytes());
            options.extend(right.to_be_bytes());
        }
    }
    *at += 1;
    let segment = Segment {
        from: flow.receiver,
        to: flow.sender,
        seq: flow.other_seq,
        ack: flow.rcv_nxt,
        flags: ACK,
        wnd: 24_576,
        options: &options,
        len: 0,
    };
    capture.segment(*at, &segment)
}

fn open(capture: &mut Capture, at: &mut u64, flow: &mut Flow) -> io::Result<()> {
    let (sender, receiver) = (flow.sender, flow.receiver);
    let (syn, answer) = (syn_options(7, 0), syn_options(flow.stamp, 7));
    let plain = timestamps(8, flow.stamp);
    let lines: [(bool, u32, u32, u8, &[u8]); 3] = [
        (false, flow.other_seq, 0, SYN, &syn),
        (true, flow.nxt, flow.other_seq.wrapping_add(1), SYN | ACK, &answer),
        (false, flow.other_seq.wrapping_add(1), flow.nxt.wrapping_add(1), ACK, &plain),
    ];
    for (by_sender, seq, ack, flags, options) in lines {
        *at += 500;
        let (from, to) = if by_sender { (sender, receiver) } else { (receiver, sender) };
        capture.segment(*at, &Segment { from, to, seq, ack, flags, wnd: 64_240, options, len: 0 })?;
    }
    flow.other_seq = flow.other_seq.wrapping_add(1);
    flow.nxt = flow.nxt.wrapping_add(1);
    flow.rcv_nxt = flow.nxt;
    Ok(())
}

fn close(capture: &mut Capture, at: &mut u64, flow: &mut Flow) -> io::Result<()> {
    let (sender, receiver) = (flow.sender, flow.receiver);
    let plain = timestamps(8, flow.stamp);
    let (seq, other) = (flow.nxt, flow.other_seq);
    let lines = [
        (true, seq, other, FIN | ACK),
        (false, other, seq.wrapping_add(1), FIN | ACK),
        (true, seq.wrapping_add(1), other.wrapping_add(1), ACK),
    ];
    for (by_sender, seq, ack, flags) in lines {
        *at += 500;
        let (from, to) = if by_sender { (sender, receiver) } else { (receiver, sender) };
        capture.segment(*at, &Segment { from, to, seq, ack, flags, wnd: 509, options: &plain, len: 0 })?;
    }
    Ok(())
}
