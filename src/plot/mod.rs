//! A timeline laid out over time: what was sent, acknowledged and measured, in series. No pixels, no columns.

mod path;
mod population;
mod round_trip;
mod sequence;
mod window;

use crate::timeline::{Text, Timeline};

/// What is plotted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sequence numbers over time (Stevens; tcptrace's time-sequence graph), a panel for each direction that carried data.
    Sequence,
    /// Round trips of data over time, with SRTT and RTO (RFC 6298).
    RoundTrip,
    /// Octets in flight and the window that bounds them.
    Window,
    /// How many connections are open, and how many wait in TIME-WAIT, over a whole capture.
    States,
}

/// Panels above one another that share their time.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    pub kind: Kind,
    pub title: Text,
    /// What is seen, in a sentence.
    pub about: Text,
    /// The time at the left and at the right edge, nanoseconds after the source's start.
    pub from_ns: i64,
    pub to_ns: i64,
    /// Zero of the times shown.
    pub origin_ns: i64,
    pub panels: Vec<Panel>,
}

/// One field of values over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Whose it is: `client → server`; empty where there is one alone.
    pub name: Text,
    pub unit: Unit,
    /// The values at its lower and its upper edge.
    pub low: f64,
    pub high: f64,
    /// What bounds the values is drawn up to so many times the highest of them: beyond, they would be lost at the bottom.
    pub reach: f64,
    /// Whether the first side's colours are its own.
    pub is_clients: bool,
    pub series: Vec<Series>,
}

/// What values are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Relative sequence numbers: octets.
    Octets,
    /// Nanoseconds.
    Time,
    /// Connections.
    Count,
}

/// Marks of one meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub meaning: Meaning,
    pub marks: Marks,
}

/// Where the marks stand: time in nanoseconds, then values.
#[derive(Debug, Clone, PartialEq)]
pub enum Marks {
    /// A value holds until the next; from one that is no number on, none is known.
    Steps(Vec<(i64, f64)>),
    /// From one value to another at one time.
    Spans(Vec<(i64, f64, f64)>),
    /// From a point to another.
    Lines(Vec<[(i64, f64); 2]>),
    Points(Vec<(i64, f64)>),
}

impl Marks {
    pub fn is_empty(&self) -> bool {
        match self {
            Marks::Steps(marks) | Marks::Points(marks) => marks.is_empty(),
            Marks::Spans(marks) => marks.is_empty(),
            Marks::Lines(marks) => marks.is_empty(),
        }
    }

    /// Every point that has to be within the panel.
    fn points(&self) -> Box<dyn Iterator<Item = (i64, f64)> + '_> {
        match self {
            Marks::Steps(marks) | Marks::Points(marks) => Box::new(marks.iter().copied()),
            Marks::Spans(marks) => Box::new(marks.iter().flat_map(|(t, low, high)| [(*t, *low), (*t, *high)])),
            Marks::Lines(marks) => Box::new(marks.iter().flatten().copied()),
        }
    }
}

/// What marks mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Octets sent for the first time.
    Sent,
    /// Octets sent again.
    Again,
    /// Sent, and lost.
    Lost,
    /// Many segments that the timeline has folded into one event.
    Folded,
    Syn,
    Fin,
    Rst,
    /// All below is acknowledged.
    Acknowledged,
    /// The same acknowledgment once more.
    DuplicateAck,
    /// Octets that arrived beyond a gap (RFC 2018).
    Sack,
    /// Octets that arrived twice (RFC 2883).
    DuplicateSack,
    /// How far the receiver's window reaches, or how wide it is.
    Window,
    /// The window is closed.
    ZeroWindow,
    /// Octets sent and not yet acknowledged.
    InFlight,
    /// The congestion window, as the kernel tells.
    CongestionWindow,
    /// One measured round trip.
    RoundTrip,
    /// The handshake's.
    Handshake,
    /// Smoothed (RFC 6298 2).
    Smoothed,
    /// The retransmission timeout that follows from it, at least Linux's 200 ms.
    Timeout,
    /// Connections that are open.
    Open,
    /// Handshakes that are under way.
    Opening,
    /// Connections that wait out 2MSL.
    TimeWait,
}

impl Plot {
    /// The plot of one connection, or for [`Kind::States`] of them all; `None` where there is nothing to plot.
    pub fn of(timeline: &Timeline, connection: Option<u64>, kind: Kind) -> Option<Plot> {
        let mut plot = match kind {
            Kind::States => population::plot(timeline, connection)?,
            _ => {
                let id = connection.or(timeline.connections.first().map(|first| first.id))?;
                let path = path::Path::of(timeline, id)?;
                match kind {
                    Kind::Sequence => sequence::plot(&path),
                    Kind::RoundTrip => round_trip::plot(&path),
                    _ => window::plot(&path),
                }
            }
        };
        plot.panels.iter_mut().for_each(|panel| panel.series.retain(|series| !series.marks.is_empty()));
        plot.panels.retain(|panel| !panel.series.is_empty());
        let points = || plot.panels.iter().flat_map(|panel| &panel.series).flat_map(|series| series.marks.points());
        let times = || points().map(|(t_ns, _)| t_ns);
        (plot.from_ns, plot.to_ns) = (times().min()?.min(plot.from_ns), times().max()?.max(plot.to_ns));
        plot.panels.iter_mut().for_each(Panel::bound);
        Some(plot)
    }
}

impl Panel {
    /// Puts the marks in order and settles the edges.
    fn bound(&mut self) {
        for series in &mut self.series {
            if let Marks::Steps(steps) = &mut series.marks {
                steps.sort_by_key(|(t_ns, _)| *t_ns);
            }
        }
        let highest = |bounds: bool| {
            let series = self.series.iter().filter(|series| series.meaning.is_bound() == bounds);
            series.flat_map(|series| series.marks.points()).map(|(_, value)| value).fold(0.0, f64::max)
        };
        let (values, bounds) = (highest(false), highest(true));
        self.high = if values > 0.0 { values.max(bounds.min(values * self.reach)) } else { bounds.max(1.0) };
        let all = self.series.iter().flat_map(|series| series.marks.points());
        self.low = all.map(|(_, value)| value).fold(0.0, f64::min);
    }
}

impl Series {
    /// The highest value that the panel does not hold, where there is one.
    pub fn beyond(&self, panel: &Panel) -> Option<f64> {
        let values = self.marks.points().map(|(_, value)| value).filter(|value| *value > panel.high);
        values.max_by(f64::total_cmp)
    }
}

impl Series {
    /// Whether anything of it is within the panel.
    pub fn is_within(&self, panel: &Panel) -> bool {
        self.marks.points().any(|(_, value)| (panel.low..=panel.high).contains(&value))
    }
}

impl Meaning {
    /// Whether it bounds other values.
    fn is_bound(self) -> bool {
        matches!(self, Meaning::Window | Meaning::CongestionWindow | Meaning::Timeout)
    }
}
