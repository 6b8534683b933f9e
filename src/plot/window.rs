//! What bounds the sender: the octets that it has in flight, the window that its peer offers, and the congestion window where
//! the kernel told of it.

use super::path::{Path, Way, has, length, value, window};
use super::{Kind, Marks, Meaning, Panel, Plot, Series, Unit};
use crate::timeline::{SegmentEvent, Text};

pub(super) fn plot(path: &Path<'_>) -> Plot {
    Plot {
        kind: Kind::Window,
        title: Text::new("Octets in flight and the window", "在途字节数与窗口"),
        about: Text::new(
            "What was sent and is not acknowledged yet (what SACK told of included), below what the receiver allows.",
            "已发送而未确认的字节数（含 SACK 已告知的部分），以及接收方允许的上限。",
        ),
        from_ns: path.origin_ns,
        to_ns: path.origin_ns,
        origin_ns: path.origin_ns,
        panels: path.directions().into_iter().map(|from| panel(path, from)).collect(),
    }
}

#[derive(Default)]
struct Bounds {
    flight: Vec<(i64, f64)>,
    window: Vec<(i64, f64)>,
    closed: Vec<(i64, f64)>,
    again: Vec<(i64, f64)>,
    /// The highest number sent, and the highest acknowledged; `None` where nothing shows it.
    next: Option<i64>,
    una: Option<i64>,
    /// The largest segment, for the kernel's window, which it counts in segments.
    smss: i64,
}

fn panel(path: &Path<'_>, from: usize) -> Panel {
    let mut bounds = Bounds::default();
    for (t_ns, way) in path.ways(from) {
        match way {
            Way::Leaves(segment) => bounds.leaves(t_ns, segment),
            Way::Returns(segment) => bounds.returns(t_ns, segment),
            Way::Folds(..) => bounds.lose_track(t_ns),
        }
    }
    let smss = bounds.smss.max(1);
    let samples = path.samples.get(from).into_iter().flatten();
    let congestion = samples.map(|sample| (sample.at_ns, f64::from(sample.cwnd) * value(smss))).collect();
    let series = [
        (Meaning::Window, Marks::Steps(bounds.window)),
        (Meaning::CongestionWindow, Marks::Steps(congestion)),
        (Meaning::InFlight, Marks::Steps(bounds.flight)),
        (Meaning::Again, Marks::Points(bounds.again)),
        (Meaning::ZeroWindow, Marks::Points(bounds.closed)),
    ];
    Panel {
        name: path.direction(from),
        unit: Unit::Octets,
        low: 0.0,
        high: 0.0,
        reach: 4.0,
        is_clients: from == 0,
        series: series.into_iter().map(|(meaning, marks)| Series { meaning, marks }).collect(),
    }
}

impl Bounds {
    fn leaves(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let end = segment.seq.saturating_add(length(segment));
        self.smss = self.smss.max(segment.len.into());
        if has(segment, "SYN") {
            self.una = self.una.or(Some(segment.seq));
        }
        let is_new = self.next.is_none_or(|next| end > next);
        if is_new {
            self.next = Some(end);
            self.tell(t_ns);
        }
        if let Some(flight) = self.flight().filter(|_| segment.len > 0 && (segment.repeats.is_some() || !is_new)) {
            self.again.push((t_ns, flight));
        }
    }

    fn returns(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let Some(ack) = segment.ack.filter(|_| !has(segment, "RST")) else { return };
        let wide = value(window(segment));
        if self.window.last().map(|(_, last)| *last) != Some(wide) {
            self.window.push((t_ns, wide));
        }
        if window(segment) == 0 {
            self.closed.push((t_ns, 0.0));
        }
        if self.una.is_none_or(|una| ack > una) {
            self.una = Some(ack);
            self.next = self.next.map(|next| next.max(ack));
            self.tell(t_ns);
        }
    }

    /// Segments are folded: nothing shows how much of them was in flight at a time.
    fn lose_track(&mut self, t_ns: i64) {
        (self.next, self.una) = (None, None);
        self.flight.push((t_ns, f64::NAN));
    }

    fn flight(&self) -> Option<f64> {
        Some(value(self.next?.saturating_sub(self.una?).max(0)))
    }

    fn tell(&mut self, t_ns: i64) {
        self.flight.extend(self.flight().map(|flight| (t_ns, flight)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a run holds is acknowledged by the time that anything else is seen.
    #[test]
    fn folded_data_is_not_in_flight() {
        let mut bounds = Bounds { next: Some(100), una: Some(100), ..Bounds::default() };
        bounds.lose_track(5);
        assert_eq!(bounds.flight(), None);
        (bounds.next, bounds.una) = (Some(1_000_100), None);
        bounds.tell(6);
        assert!(bounds.flight.last().is_some_and(|(t_ns, flight)| *t_ns == 5 && flight.is_nan()));
        bounds.una = Some(1_000_000);
        bounds.tell(7);
        assert_eq!(bounds.flight.last(), Some(&(7, 100.0)));
    }
}
