//! The bar of one request: which part of it took which columns.

use crate::exchange::{Exchange, Phase, Times};
use crate::render::Charset;
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::timeline::Lang;

/// The parts of a bar, in their order.
pub(super) const PHASES: [Phase; 6] =
    [Phase::Lookup, Phase::Connect, Phase::Idle, Phase::Send, Phase::Wait, Phase::Receive];

/// The time that all bars share.
pub(super) struct Axis {
    from_ns: i64,
    to_ns: i64,
}

impl Axis {
    pub(super) fn of(exchanges: &[Exchange<'_>]) -> Axis {
        let from = exchanges.iter().map(|exchange| exchange.times.began_ns()).min();
        let to = exchanges.iter().map(|exchange| exchange.times.ended_ns()).max();
        Axis { from_ns: from.unwrap_or_default(), to_ns: to.unwrap_or_default() }
    }

    pub(super) fn len_ns(&self) -> i64 {
        self.to_ns.saturating_sub(self.from_ns).max(0)
    }

    /// Which of so many columns a time falls into, in thousandths.
    fn place(&self, ns: i64, columns: usize) -> usize {
        let since = i128::from(ns) - i128::from(self.from_ns);
        let thousandths = since * (columns as i128) * 1000 / i128::from(self.len_ns().max(1));
        usize::try_from(thousandths.max(0)).unwrap_or(usize::MAX).min(columns * 1000)
    }
}

/// What each part is drawn with: without colour they differ all the same.
pub(super) struct Marks([&'static str; 6]);

impl Marks {
    pub(super) fn of(charset: Charset) -> &'static Marks {
        match charset {
            Charset::Unicode => &Marks(["░", "▒", "·", "▓", "─", "█"]),
            Charset::Narrow | Charset::Ascii => &Marks(["?", "+", ".", ">", "-", "#"]),
        }
    }

    pub(super) fn of_phase(&self, phase: Phase) -> &'static str {
        let place = PHASES.iter().position(|one| *one == phase);
        place.and_then(|place| self.0.get(place)).copied().unwrap_or(" ")
    }
}

pub(super) fn name(phase: Phase, lang: Lang) -> &'static str {
    match phase {
        Phase::Lookup => lang.pick("look up", "域名解析"),
        Phase::Connect => lang.pick("connect", "建立连接"),
        Phase::Idle => lang.pick("idle", "空闲"),
        Phase::Send => lang.pick("send", "发送"),
        Phase::Wait => lang.pick("wait", "等待"),
        Phase::Receive => lang.pick("receive", "接收"),
    }
}

pub(super) fn ink(phase: Phase) -> Ink {
    match phase {
        Phase::Lookup => Ink::Lookup,
        Phase::Connect => Ink::Connect,
        Phase::Idle => Ink::Dim,
        Phase::Send => Ink::Send,
        Phase::Wait => Ink::Await,
        Phase::Receive => Ink::Receive,
    }
}

/// The bar in so many columns from the line's end on.
pub(super) fn draw(line: &mut Line<'_>, times: &Times, axis: &Axis, columns: usize, marks: &Marks) {
    let (start, cells) = cells(times, axis, columns);
    line.push(&" ".repeat(start), Ink::Plain);
    for phase in cells {
        line.push(marks.of_phase(phase), ink(phase));
    }
}

/// Where the bar begins, and what fills each of its columns. A new connection, a lookup and what took longest always show, and in
/// a bar that is not too short that something came; whatever else is too short for a column does not.
fn cells(times: &Times, axis: &Axis, columns: usize) -> (usize, Vec<Phase>) {
    let longest = times.phases().iter().max_by_key(|(_, span)| span.len_ns()).map(|(phase, _)| *phase);
    let is_long = axis.place(times.ended_ns(), columns).saturating_sub(axis.place(times.began_ns(), columns)) >= 3000;
    let shows = |phase: Phase| match phase {
        Phase::Lookup | Phase::Connect => true,
        Phase::Receive if is_long => true,
        phase => longest == Some(phase),
    };
    let least = times.phases().iter().filter(|(phase, _)| shows(*phase)).count();
    let start = (axis.place(times.began_ns(), columns) / 1000).min(columns.saturating_sub(least));
    let mut cells = Vec::new();
    let mut owed = least;
    for (phase, span) in times.phases() {
        let least = usize::from(shows(*phase));
        owed = owed.saturating_sub(least);
        let (from, to) = (axis.place(span.from_ns, columns), axis.place(span.to_ns, columns));
        // What is too short leaves its columns to the next.
        let end = if to - from.min(to) < 500 { 0 } else { (to + 500) / 1000 };
        // What must show later keeps its place.
        let most = columns.saturating_sub(start + cells.len() + owed);
        let count = end.saturating_sub(start + cells.len()).max(least).min(most);
        cells.extend(std::iter::repeat_n(*phase, count));
    }
    (start, cells)
}
