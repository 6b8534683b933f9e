//! Which columns a width can hold, and how wide each is.

use super::cell::{Column, cell, title};
use super::{Entry, GAP};
use crate::render::{Style, width};

/// From the whole table to its bones: what is left out next when the width does not suffice.
const PLANS: [&[Column]; 6] = {
    use Column::{Client, Closed, Data, First, Number, Opened, Server, TimeWait, Verdict};
    [
        &[Number, Client, Server, Opened, Closed, First, TimeWait, Data, Verdict],
        &[Number, Client, Server, Opened, Closed, First, TimeWait, Data],
        &[Number, Client, Server, Opened, Closed, First, TimeWait],
        &[Number, Client, Server, Opened, Closed, TimeWait],
        &[Number, Client, Server, Opened, Closed],
        &[Number, Server, Opened, Closed],
    ]
};
/// A verdict narrower than this says nothing.
const VERDICT_FROM: usize = 24;
/// What an address is shortened to where room is scarce.
const SHORT_ADDRESS: usize = 21;

/// What is shown: the columns, how wide each is, and which addresses all connections share: those are told once, and
/// their column holds the port alone.
pub(super) struct Fit {
    pub(super) columns: Vec<Column>,
    pub(super) widths: Vec<usize>,
    pub(super) shared: Vec<Column>,
}

/// The fullest plan that fits. Shared addresses are told once before a column is left out.
pub(super) fn fit(entries: &[Entry<'_>], style: &Style) -> Fit {
    let full: Vec<(Column, usize)> =
        Column::ALL.iter().map(|column| (*column, measure(*column, entries, false, style))).collect();
    let full = |column: Column| full.iter().find(|(same, _)| *same == column).map_or(0, |(_, wide)| *wide);
    let shared: Vec<(Column, usize)> = [Column::Client, Column::Server]
        .into_iter()
        .filter(|column| {
            let mut ips = entries.iter().map(|entry| entry.lane(*column).ip.as_str());
            let first = ips.next();
            ips.all(|ip| Some(ip) == first)
        })
        .map(|column| (column, measure(column, entries, true, style)))
        .collect();
    let mut chosen = Fit { columns: Vec::new(), widths: Vec::new(), shared: Vec::new() };
    for plan in PLANS {
        for (told_once, longest) in [(0, usize::MAX), (1, usize::MAX), (2, usize::MAX), (2, SHORT_ADDRESS)] {
            let once = shared.get(..told_once.min(shared.len())).unwrap_or_default();
            let wide = |column: &Column| match column {
                Column::Verdict => VERDICT_FROM,
                Column::Client | Column::Server => {
                    let port = once.iter().find(|(same, _)| same == column).map(|(_, wide)| *wide);
                    port.unwrap_or_else(|| full(*column).min(longest))
                }
                column => full(*column),
            };
            let mut widths: Vec<usize> = plan.iter().map(wide).collect();
            let total = widths.iter().fold(0, |sum: usize, wide| sum.saturating_add(wide + GAP)).saturating_sub(GAP);
            let fits = total <= style.width;
            if let (true, Some(last), Some(Column::Verdict)) = (fits, widths.last_mut(), plan.last()) {
                // The verdict takes what is left.
                *last = (*last + style.width - total).min(full(Column::Verdict)).max(1);
            }
            let shared = once.iter().map(|(column, _)| *column).filter(|column| plan.contains(column)).collect();
            chosen = Fit { columns: plan.to_vec(), widths, shared };
            if fits {
                return chosen;
            }
        }
    }
    chosen
}

/// The port of an address, with its colon; the whole text where there is none.
pub(super) fn port(address: &str) -> &str {
    address.rfind(':').and_then(|at| address.get(at..)).unwrap_or(address)
}

fn measure(column: Column, entries: &[Entry<'_>], only_port: bool, style: &Style) -> usize {
    let cells = entries.iter().map(|entry| {
        let text = cell(column, entry, style).0;
        width::width(if only_port { port(&text) } else { &text })
    });
    cells.max().unwrap_or(0).max(width::width(title(column, style.lang)))
}
