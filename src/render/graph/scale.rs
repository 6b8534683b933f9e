//! From values to places and from places to cells.

/// A line from one value to another, laid over a line from one place to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Scale {
    /// Where the value stands; what is beyond an edge stands on it.
    pub(super) fn place(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        if span <= 0.0 {
            return f64::midpoint(self.from, self.to);
        }
        let share = ((value - self.low) / span).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Whether the value is between the edges.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
