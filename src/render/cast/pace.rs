//! How fast a ladder is drawn: true gaps in proportion, none so short that it is missed and none so long that it bores.

use crate::ladder::{Content, Row};

/// Pauses, milliseconds.
pub(super) const SHORTEST: u64 = 150;
pub(super) const LONGEST: u64 = 1_500;
/// The pause that the gap in the middle of all becomes.
const USUAL: u64 = 500;
/// For what has no time of its own.
const HEADING: u64 = 400;
/// To read a further line of the same row, and all of them at most.
const LINE: u64 = 250;
const LINES: u64 = 1_000;

/// What must be remembered from row to row.
pub(super) struct Pace {
    /// The gap in the middle, nanoseconds, at least 1.
    usual_ns: u64,
    last_ns: Option<i64>,
    /// What the row above takes to be read.
    reading: u64,
}

impl Pace {
    pub(super) fn of(rows: &[Row]) -> Pace {
        let times: Vec<i64> = rows.iter().filter_map(|row| row.t_ns).collect();
        let gaps = times.iter().zip(times.iter().skip(1)).map(|(a, b)| gap(*a, *b));
        let mut gaps: Vec<u64> = gaps.filter(|gap| *gap > 0).collect();
        gaps.sort_unstable();
        Pace { usual_ns: gaps.get(gaps.len() / 2).copied().unwrap_or(1), last_ns: None, reading: 0 }
    }

    /// Milliseconds from the row above to this one.
    pub(super) fn before(&mut self, row: &Row) -> u64 {
        let reading = std::mem::take(&mut self.reading);
        let Some(t_ns) = row.t_ns else {
            return reading + if matches!(row.content, Content::Phase(_)) { HEADING } else { SHORTEST };
        };
        let since = self.last_ns.replace(t_ns).map_or(0, |last| gap(last, t_ns));
        let scaled = u128::from(since) * u128::from(USUAL) / u128::from(self.usual_ns.max(1));
        reading + u64::try_from(scaled).unwrap_or(LONGEST).clamp(SHORTEST, LONGEST)
    }

    /// So many lines were drawn.
    pub(super) fn read(&mut self, lines: usize) {
        self.reading = (lines.saturating_sub(1) as u64).saturating_mul(LINE).min(LINES);
    }
}

fn gap(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Phase;

    fn row(t_ns: Option<i64>) -> Row {
        let content = if t_ns.is_some() { Content::States } else { Content::Phase(Phase::Open) };
        Row { event: None, t_ns, content, changes: Vec::new(), notes: Vec::new(), lifelines: Default::default() }
    }

    #[test]
    fn gaps_keep_their_proportion_within_bounds() {
        let rows: Vec<Row> = [0, 10, 30, 50, 60_000_000_000].map(|t_ns| row(Some(t_ns))).into();
        let mut pace = Pace::of(&rows);
        let pauses: Vec<u64> = rows.iter().map(|row| pace.before(row)).collect();
        assert_eq!(pauses, [SHORTEST, 250, 500, 500, LONGEST]);
        pace.read(3);
        assert_eq!(pace.before(&row(None)), HEADING + 2 * LINE);
        let all_at_once: Vec<Row> = [7, 7, 7].map(|t_ns| row(Some(t_ns))).into();
        assert_eq!(Pace::of(&all_at_once).before(&row(Some(i64::MAX))), SHORTEST);
    }
}
