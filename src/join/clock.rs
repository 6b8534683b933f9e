//! The server's clock against the client's, from segments that both captured. What the client sent shows the server's clock
//! ahead by no more than it seems, what the server sent by no less: a line between the two is the estimate, and how far
//! another line could be is its uncertainty. No path is assumed symmetric.

use crate::tcp::Timestamp;

/// Clocks run apart by no more than this: what NTP corrects at its fastest. Parts per billion.
const MOST_DRIFT: f64 = 500_000.0;
/// Captures tell time to the microsecond, cut off.
const RESOLUTION: f64 = 1_000.0;
/// Steps of the search for a slope; each narrows it to two thirds.
const STEPS: usize = 100;

/// How the server's clock stands to the client's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Where the line is told, on the client's clock.
    origin: Timestamp,
    /// Nanoseconds by which the server's clock was ahead then.
    offset_ns: i64,
    /// By how much it gains on the client's, parts per billion.
    drift_ppb: f64,
    /// Nanoseconds by which the estimate may be off anywhere in the captures.
    uncertainty_ns: i64,
    fits: bool,
}

/// A segment that both captured: when the client's capture has it (nanoseconds after an origin), and by how much later the
/// server's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) at: f64,
    pub(super) ahead: f64,
}

/// What bounds the server's clock.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// Of what went to the server: the clock is ahead by no more.
    pub(super) most: Vec<Point>,
    /// Of what came from it: by no less.
    pub(super) least: Vec<Point>,
}

/// Devices of one machine tell the time of a packet no more than this apart from its true order: interrupts wait.
const OUT_OF_STEP: f64 = 1_000_000.0;

impl Bounds {
    /// By how many nanoseconds something arrived before it was sent, if both told one time; `None` where nothing did.
    pub(super) fn against_one_clock(&self) -> Option<i64> {
        let to_server = self.most.iter().map(|point| -point.ahead);
        let to_client = self.least.iter().map(|point| point.ahead);
        let most = to_server.chain(to_client).fold(0.0, f64::max);
        (most > OUT_OF_STEP).then(|| most.min(i64::MAX as f64) as i64)
    }
}

impl Clock {
    /// One clock for both captures.
    pub fn same() -> Clock {
        Clock { origin: Timestamp(0), offset_ns: 0, drift_ppb: 0.0, uncertainty_ns: 0, fits: true }
    }

    /// Nanoseconds by which the server's clock was ahead at this time of the client's.
    pub fn ahead_at(&self, client: Timestamp) -> i64 {
        self.offset_ns.saturating_add((client.since(self.origin) as f64 * self.drift_ppb / 1e9).round() as i64)
    }

    /// A time of the server's clock on the client's.
    pub fn on_clients(&self, server: Timestamp) -> Timestamp {
        let since = server.since(self.origin).saturating_sub(self.offset_ns);
        // (1 + d) x = since, where d is small: x = since - since * d / (1 + d), which keeps the nanoseconds.
        let drift = self.drift_ppb / 1e9;
        self.origin.add_ns(since.saturating_sub((since as f64 * drift / (1.0 + drift)).round() as i64))
    }

    /// By how much the server's clock gains on the client's, parts per billion.
    pub fn drift_ppb(&self) -> i64 {
        self.drift_ppb.round() as i64
    }

    /// Nanoseconds by which a time taken over from the server's clock may be wrong.
    pub fn uncertainty_ns(&self) -> i64 {
        self.uncertainty_ns
    }

    /// Whether one line fits all segments. Otherwise a clock was set while the captures ran.
    pub fn fits(&self) -> bool {
        self.fits
    }

    /// The estimate; `None` where one direction has no segment that both captured.
    pub(super) fn estimate(origin: Timestamp, bounds: &Bounds) -> Option<Clock> {
        let most = hull(&bounds.most, 1.0);
        let least = hull(&bounds.least, -1.0);
        if most.is_empty() || least.is_empty() {
            return None;
        }
        let all = || bounds.most.iter().chain(&bounds.least);
        let begin = all().fold(f64::INFINITY, |begin, point| begin.min(point.at));
        let end = all().fold(f64::NEG_INFINITY, |end, point| end.max(point.at));
        let room = Room { most, least };
        let widest = highest(-MOST_DRIFT, MOST_DRIFT, |drift| room.gap(drift));
        let fits = room.gap(widest) >= 0.0;
        // A short capture knows nothing of drift: where none leaves nearly as much room, none is claimed.
        let drift = if room.gap(0.0) >= 0.9 * room.gap(widest).max(0.0) { 0.0 } else { widest };
        let offset = room.middle(drift);
        // Every line between the bounds may be the true one.
        let low = edge(-MOST_DRIFT, widest, |drift| room.gap(drift) >= 0.0);
        let high = edge(MOST_DRIFT, widest, |drift| room.gap(drift) >= 0.0);
        let off_at = |at: f64| {
            let ours = offset + drift * at / 1e9;
            let top = highest(low, high, |drift| room.top(drift) + drift * at / 1e9);
            let bottom = highest(low, high, |drift| -(room.bottom(drift) + drift * at / 1e9));
            let top = room.top(top) + top * at / 1e9;
            let bottom = room.bottom(bottom) + bottom * at / 1e9;
            (top - ours).max(ours - bottom).max(0.0)
        };
        let off = off_at(begin).max(off_at(end)).max(-room.gap(widest));
        Some(Clock {
            origin,
            offset_ns: offset.round() as i64,
            drift_ppb: drift,
            uncertainty_ns: off.ceil().min(i64::MAX as f64) as i64,
            fits,
        })
    }
}

/// The lines that are still possible, by slope.
struct Room {
    most: Vec<Point>,
    least: Vec<Point>,
}

impl Room {
    /// The highest line of this slope, at the origin.
    fn top(&self, drift: f64) -> f64 {
        let below = |point: &Point| point.ahead + RESOLUTION - drift * point.at / 1e9;
        self.most.iter().map(below).fold(f64::INFINITY, f64::min)
    }

    /// The lowest line of this slope, at the origin.
    fn bottom(&self, drift: f64) -> f64 {
        let above = |point: &Point| point.ahead - RESOLUTION - drift * point.at / 1e9;
        self.least.iter().map(above).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Concave over the slope: the minimum of some lines less the maximum of others.
    fn gap(&self, drift: f64) -> f64 {
        self.top(drift) - self.bottom(drift)
    }

    fn middle(&self, drift: f64) -> f64 {
        (self.top(drift) + self.bottom(drift)) / 2.0
    }
}

/// Where a concave function is highest, between two points.
fn highest(mut low: f64, mut high: f64, value: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..STEPS {
        let third = (high - low) / 3.0;
        if value(low + third) < value(high - third) { low += third } else { high -= third }
    }
    (low + high) / 2.0
}

/// The point nearest to `outer` where `holds` still holds; it does at `inner`, and from there on to a single edge.
fn edge(outer: f64, inner: f64, holds: impl Fn(f64) -> bool) -> f64 {
    if holds(outer) {
        return outer;
    }
    let (mut out, mut inside) = (outer, inner);
    for _ in 0..STEPS {
        let middle = (out + inside) / 2.0;
        if holds(middle) { inside = middle } else { out = middle }
    }
    inside
}

/// The points that can touch a line from below (`side` 1) or above (-1): the convex hull on that side.
fn hull(points: &[Point], side: f64) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at).then((side * a.ahead).total_cmp(&(side * b.ahead))));
    let mut hull: Vec<Point> = Vec::new();
    for point in sorted {
        while let [.., before, last] = hull.as_slice()
            && side * cross(*before, *last, point) <= 0.0
        {
            hull.pop();
        }
        hull.push(point);
    }
    hull
}

/// Positive where the way over three points turns left.
fn cross(one: Point, two: Point, three: Point) -> f64 {
    (two.at - one.at) * (three.ahead - one.ahead) - (two.ahead - one.ahead) * (three.at - one.at)
}
