//! Interface description and statistics blocks: link type, name, and what a tick of its clock is.

use super::options::{COMMENT, Walker};
use crate::source::file::about::{COMMENT_LIMIT, COMMENTS_KEPT, TEXT_LIMIT, text};
use crate::source::file::{Interface, Order};
use crate::source::{LinkType, Timestamp};

/// Interfaces kept over a whole file. A real capture has at most some hundred; a hostile one could have millions.
pub(super) const KEPT: u32 = 65_536;

/// Option codes of the interface description block.
const IF_NAME: u16 = 2;
const IF_DESCRIPTION: u16 = 3;
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;

/// Option codes of the interface statistics block.
const ISB_IFRECV: u16 = 4;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;

/// What an interface's timestamps count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timing {
    tick: Tick,
    /// Added to every time, in nanoseconds.
    offset: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tick {
    /// So many nanoseconds in a tick.
    Nanos(u64),
    /// So many ticks in a nanosecond.
    PerNano(u64),
    /// 2 to this power of ticks in a second.
    Binary(u8),
}

impl Timing {
    /// From `if_tsresol` (top bit: a power of two, else of ten) and `if_tsoffset` (seconds).
    fn new(resolution: u8, offset: i64) -> Timing {
        let tick = match resolution {
            0x80.. => Tick::Binary(resolution & 0x7f),
            0..=9 => Tick::Nanos(10_u64.pow(u32::from(9 - resolution))),
            // Finer than the widest count can show within a nanosecond is no time at all.
            _ => Tick::PerNano(10_u64.checked_pow(u32::from(resolution - 9)).unwrap_or(u64::MAX)),
        };
        Timing { tick, offset: offset.saturating_mul(1_000_000_000) }
    }

    /// The time at so many ticks; beyond 2262 it saturates.
    #[inline]
    pub(super) fn time(&self, ticks: u64) -> Timestamp {
        let nanos = match self.tick {
            Tick::Nanos(nanos) => ticks.checked_mul(nanos).and_then(|nanos| i64::try_from(nanos).ok()),
            _ => None,
        };
        Timestamp(nanos.unwrap_or_else(|| self.unusual(ticks)).saturating_add(self.offset))
    }

    /// Nanoseconds of a fine clock or of far-off times. Some writers count down below 1970: ticks that make no time as the
    /// unsigned number of the specification are read as a negative one, which keeps the distances between packets.
    #[cold]
    fn unusual(&self, ticks: u64) -> i64 {
        let nanos = |ticks: i128| match self.tick {
            Tick::Nanos(nanos) => ticks * i128::from(nanos),
            Tick::PerNano(ticks_per_nano) => ticks.div_euclid(i128::from(ticks_per_nano)),
            Tick::Binary(power) => (ticks * 1_000_000_000) >> u32::from(power),
        };
        i64::try_from(nanos(ticks.into()))
            .or_else(|_| i64::try_from(nanos((ticks as i64).into())))
            .unwrap_or(if ticks > i64::MAX as u64 { i64::MIN } else { i64::MAX })
    }
}

/// The interface, its clock, and whether all of its options fitted.
pub(super) fn describe(order: Order, body: &[u8]) -> Option<(Interface, Timing, bool)> {
    let [l0, l1, _, _, s0, s1, s2, s3, options @ ..] = body else { return None };
    let mut interface = Interface::new(LinkType(order.u16([*l0, *l1])), order.u32([*s0, *s1, *s2, *s3]));
    // Microseconds unless it says otherwise.
    let (mut resolution, mut offset) = (6, 0);
    let mut options = Walker::new(order, options);
    for (code, value) in &mut options {
        match (code, value) {
            (IF_NAME, name) => interface.name = Some(text(name, TEXT_LIMIT)),
            (IF_DESCRIPTION, words) => interface.description = Some(text(words, TEXT_LIMIT)),
            (COMMENT, words) => comment(&mut interface, words),
            (IF_TSRESOL, [value, ..]) => resolution = *value,
            (IF_TSOFFSET, value) => {
                if let Some(value) = value.first_chunk::<8>() {
                    offset = order.u64(*value) as i64;
                }
            }
            _ => {}
        }
    }
    Some((interface, Timing::new(resolution, offset), options.is_sound()))
}

/// Which interface of the section a statistics block is about.
pub(super) fn number(order: Order, body: &[u8]) -> Option<u32> {
    Some(order.u32(*body.first_chunk::<4>()?))
}

/// Takes in what statistics say, the last word counting; whether all of their options fitted.
pub(super) fn statistics(order: Order, body: &[u8], mut interface: Option<&mut Interface>) -> Option<bool> {
    // The interface and the timestamp's two halves come before the options.
    let mut options = Walker::new(order, body.get(12..)?);
    let mut dropped = None;
    for (code, value) in &mut options {
        match (code, value.first_chunk::<8>().map(|count| order.u64(*count)), &mut interface) {
            (ISB_IFDROP | ISB_OSDROP, Some(count), _) => dropped = Some(count.saturating_add(dropped.unwrap_or(0))),
            (ISB_IFRECV, Some(count), Some(interface)) => interface.received = Some(count),
            (COMMENT, _, Some(interface)) => comment(interface, value),
            _ => {}
        }
    }
    if let (Some(interface), Some(_)) = (interface, dropped) {
        interface.dropped = dropped;
    }
    Some(options.is_sound())
}

fn comment(interface: &mut Interface, words: &[u8]) {
    if interface.comments.len() < COMMENTS_KEPT {
        interface.comments.push(text(words, COMMENT_LIMIT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_all_kinds() {
        assert_eq!(Timing::new(6, 0).time(1_500_000), Timestamp(1_500_000_000));
        assert_eq!(Timing::new(9, 2).time(7), Timestamp(2_000_000_007));
        assert_eq!(Timing::new(0, 0).time(3), Timestamp(3_000_000_000));
        assert_eq!(Timing::new(12, 0).time(5_999), Timestamp(5));
        assert_eq!(Timing::new(0x80 | 10, 0).time(1536), Timestamp(1_500_000_000));
        assert_eq!(Timing::new(9, -1).time(0), Timestamp(-1_000_000_000));
    }

    #[test]
    fn far_off_times_saturate_and_negative_ones_keep_their_distances() {
        assert_eq!(Timing::new(6, 0).time(u64::MAX - 4), Timestamp(-5000));
        assert_eq!(Timing::new(6, 0).time(i64::MAX as u64), Timestamp(i64::MAX));
        assert_eq!(Timing::new(6, 0).time(1 << 63), Timestamp(i64::MIN));
        for resolution in 0..=255 {
            assert_eq!(Timing::new(resolution, i64::MAX).time(i64::MAX as u64), Timestamp(i64::MAX));
            Timing::new(resolution, i64::MIN).time(u64::MAX);
        }
    }
}
