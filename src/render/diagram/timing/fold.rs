//! Much data in few moments: a diagram of states has no room for every segment between two of them.

use crate::ladder::{Content, Folded, FoldedFlow, Row, Side};
use crate::timeline::{Fate, Phase};

/// So many segments of data in a row are drawn one by one.
const MOST: usize = 8;

/// Rows as they are, or many of them together.
pub(super) enum Piece<'l> {
    Row(&'l Row),
    Data(Data),
}

/// A stretch of data, in sum.
pub(super) struct Data {
    pub(super) t_ns: Option<i64>,
    pub(super) run: Folded,
    /// Segments among them that did not arrive.
    pub(super) lost: usize,
    /// Events whose segments arrive within.
    pub(super) arrived: Vec<u64>,
}

/// The rows, long stretches of data without a change of state put together.
pub(super) fn pieces(rows: &[Row]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut stretch: Vec<&Row> = Vec::new();
    let mut is_data = false;
    for row in rows {
        if let Content::Phase(phase) = row.content {
            is_data = phase == Phase::Data;
        }
        let stays = is_data && row.changes.is_empty() && !matches!(row.content, Content::Wait(_));
        if stays {
            stretch.push(row);
        } else {
            end(&mut stretch, &mut pieces);
            pieces.push(Piece::Row(row));
        }
    }
    end(&mut stretch, &mut pieces);
    pieces
}

fn end<'l>(stretch: &mut Vec<&'l Row>, pieces: &mut Vec<Piece<'l>>) {
    let drawn = stretch.iter().filter(|row| matches!(row.content, Content::Segment(_) | Content::Folded(_))).count();
    if drawn > MOST {
        pieces.push(Piece::Data(sum(stretch)));
        stretch.clear();
    } else {
        pieces.extend(stretch.drain(..).map(Piece::Row));
    }
}

fn sum(stretch: &[&Row]) -> Data {
    let mut flows = Side::BOTH.map(|from| FoldedFlow { from, segments: 0, bytes: 0 });
    let (mut count, mut lost, mut arrived) = (0_u64, 0, Vec::new());
    let mut add = |from: Side, segments: u64, bytes: u64| {
        let flow = from.of_mut(&mut flows);
        flow.segments = flow.segments.saturating_add(segments);
        flow.bytes = flow.bytes.saturating_add(bytes);
        count = count.saturating_add(segments);
    };
    for row in stretch {
        match &row.content {
            Content::Segment(arrow) => {
                add(arrow.from, 1, arrow.len.into());
                lost += usize::from(arrow.fate == Fate::Lost);
            }
            Content::Folded(run) => run.flows.iter().for_each(|flow| add(flow.from, flow.segments, flow.bytes)),
            Content::Arrival(arrival) => arrived.push(arrival.event),
            _ => {}
        }
    }
    let times = || stretch.iter().filter_map(|row| row.t_ns);
    let ends = stretch.iter().filter_map(|row| match &row.content {
        Content::Folded(run) => row.t_ns.map(|t_ns| t_ns.saturating_add(run.span_ns)),
        _ => row.t_ns,
    });
    let span_ns = times().min().zip(ends.max()).map_or(0, |(first, last)| last.saturating_sub(first));
    let mut flows: Vec<FoldedFlow> = flows.into_iter().filter(|flow| flow.segments > 0).collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.bytes));
    Data { t_ns: times().min(), run: Folded { count, span_ns, flows }, lost, arrived }
}
