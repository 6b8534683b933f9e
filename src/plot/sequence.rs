//! The time-sequence graph: every segment where its octets stand, the acknowledged ones below a line, the window above.

use super::path::{Path, Way, has, is_lost, length, value, window};
use super::{Kind, Marks, Meaning, Panel, Plot, Series, Unit};
use crate::timeline::{SegmentEvent, Text};

pub(super) fn plot(path: &Path<'_>) -> Plot {
    Plot {
        kind: Kind::Sequence,
        title: Text::new("Sequence numbers over time", "序号随时间的变化"),
        about: Text::new(
            "Each bar is a segment; below the line all is acknowledged, and the receiver's window ends at the other one.",
            "每条竖线是一个报文段；下方折线以下均已确认，上方折线是接收窗口的边界。",
        ),
        from_ns: path.origin_ns,
        to_ns: path.origin_ns,
        origin_ns: path.origin_ns,
        panels: path.directions().into_iter().map(|from| panel(path, from)).collect(),
    }
}

/// What one direction has come to.
#[derive(Default)]
struct Direction {
    sent: Vec<(i64, f64, f64)>,
    again: Vec<(i64, f64, f64)>,
    lost: Vec<(i64, f64)>,
    folded: Vec<[(i64, f64); 2]>,
    syn: Vec<(i64, f64)>,
    fin: Vec<(i64, f64)>,
    rst: Vec<(i64, f64)>,
    acknowledged: Vec<(i64, f64)>,
    duplicates: Vec<(i64, f64)>,
    sacked: Vec<(i64, f64, f64)>,
    doubled: Vec<(i64, f64, f64)>,
    window: Vec<(i64, f64)>,
    closed: Vec<(i64, f64)>,
    /// The highest number sent, and the highest acknowledged.
    next: i64,
    una: Option<i64>,
    last_window: Option<i64>,
}

fn panel(path: &Path<'_>, from: usize) -> Panel {
    let mut direction = Direction::default();
    for (t_ns, way) in path.ways(from) {
        match way {
            Way::Leaves(segment) => direction.leaves(t_ns, segment),
            Way::Returns(segment) => direction.returns(t_ns, segment),
            Way::Folds(ends_ns, bytes) => direction.folds(t_ns, ends_ns, bytes),
        }
    }
    let Direction {
        sent,
        again,
        lost,
        folded,
        syn,
        fin,
        rst,
        acknowledged,
        duplicates,
        sacked,
        doubled,
        window,
        closed,
        ..
    } = direction;
    let series = [
        (Meaning::Window, Marks::Steps(window)),
        (Meaning::Acknowledged, Marks::Steps(acknowledged)),
        (Meaning::Folded, Marks::Lines(folded)),
        (Meaning::Sent, Marks::Spans(sent)),
        (Meaning::Again, Marks::Spans(again)),
        (Meaning::Sack, Marks::Spans(sacked)),
        (Meaning::DuplicateSack, Marks::Spans(doubled)),
        (Meaning::DuplicateAck, Marks::Points(duplicates)),
        (Meaning::ZeroWindow, Marks::Points(closed)),
        (Meaning::Lost, Marks::Points(lost)),
        (Meaning::Syn, Marks::Points(syn)),
        (Meaning::Fin, Marks::Points(fin)),
        (Meaning::Rst, Marks::Points(rst)),
    ];
    Panel {
        name: path.direction(from),
        unit: Unit::Octets,
        low: 0.0,
        high: 0.0,
        reach: 1.6,
        is_clients: from == 0,
        series: series.into_iter().map(|(meaning, marks)| Series { meaning, marks }).collect(),
    }
}

impl Direction {
    /// A segment of the direction's sender leaves.
    fn leaves(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let end = segment.seq.saturating_add(length(segment));
        let (low, high) = (value(segment.seq), value(end));
        if segment.len > 0 {
            let bars = if segment.repeats.is_some() || end <= self.next { &mut self.again } else { &mut self.sent };
            bars.push((t_ns, low, high));
        }
        if is_lost(segment) {
            self.lost.push((t_ns, high));
        }
        for (flag, points, at) in
            [("SYN", &mut self.syn, low), ("FIN", &mut self.fin, high), ("RST", &mut self.rst, low)]
        {
            if has(segment, flag) {
                points.push((t_ns, at));
            }
        }
        self.next = self.next.max(end);
    }

    /// Its receiver's word comes back.
    fn returns(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let Some(ack) = segment.ack.filter(|_| !has(segment, "RST")) else { return };
        let wide = window(segment);
        let is_pure = segment.len == 0 && !has(segment, "SYN") && !has(segment, "FIN");
        match self.una {
            // RFC 5681 2: nothing new, though octets are outstanding, and the window as it was.
            Some(una) if ack == una && is_pure && ack < self.next && self.last_window == Some(wide) => {
                self.duplicates.push((t_ns, value(ack)));
            }
            Some(una) if ack <= una => {}
            _ => {
                self.una = Some(ack);
                self.acknowledged.push((t_ns, value(ack)));
            }
        }
        // What was never sent cannot have arrived: somebody on the way changed numbers.
        for [left, right] in segment.options.sack.iter().take(4).filter(|[left, _]| *left < self.next) {
            let blocks = if *right <= ack { &mut self.doubled } else { &mut self.sacked };
            blocks.push((t_ns, value(*left), value(*right)));
        }
        let edge = ack.saturating_add(wide);
        if self.window.last().map(|(_, last)| *last) != Some(value(edge)) {
            self.window.push((t_ns, value(edge)));
        }
        if wide == 0 {
            self.closed.push((t_ns, value(ack)));
        }
        self.last_window = Some(wide);
    }

    /// Ordinary data of which only the sum is known.
    fn folds(&mut self, begins_ns: i64, ends_ns: i64, bytes: i64) {
        if bytes <= 0 {
            return;
        }
        let end = self.next.saturating_add(bytes);
        self.folded.push([(begins_ns, value(self.next)), (ends_ns, value(end))]);
        self.next = end;
    }
}
