//! SYNs of distinct addresses and ports to one server, and no answer.

use crate::packet::{Capture, Place, SYN, Segment};
use crate::random::Random;
use std::io;

pub fn write(capture: &mut Capture, count: u64, seed: u64) -> io::Result<()> {
    let mut random = Random::new(seed);
    for n in 0..count {
        // Odd multiples of the counter visit every number once.
        let mixed = (n as u32).wrapping_mul(0x9e37_79b1);
        let from = Place { ip: 0x0b00_0000 ^ mixed, port: 1024 + (random.below(64_000) as u16) };
        let segment = Segment {
            from,
            to: Place { ip: 0xc0a8_0001, port: 80 },
            seq: random.next() as u32,
            ack: 0,
            flags: SYN,
            wnd: 64_240,
            options: &[2, 4, 5, 180],
            len: 0,
        };
        capture.segment(n * 2, &segment)?;
    }
    Ok(())
}
