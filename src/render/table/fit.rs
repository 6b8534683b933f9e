//! Which columns a width can hold, and how wide each is.

use super::Entry;
use super::cell::{Column, Wording, cell, title};
use crate::render::{Style, width};

/// From the whole table to its bones: what is left out next when the width does not suffice.
const PLANS: [&[Column]; 6] = {
    use Column::{Client, Closed, Data, First, Number, Opened, Sentence, Server, TimeWait, Verdict};
    [
        &[Number, Client, Server, Opened, Closed, First, TimeWait, Data, Verdict, Sentence],
        &[Number, Client, Server, Opened, Closed, First, TimeWait, Data, Verdict],
        &[Number, Client, Server, Opened, Closed, TimeWait, Data, Verdict],
        &[Number, Client, Server, Opened, Closed, Data, Verdict],
        &[Number, Server, Opened, Closed, Data, Verdict],
        &[Number, Server, Opened, Closed],
    ]
};
/// A sentence narrower than this breaks off before it says much.
const SENTENCE_FROM: usize = 60;

/// Within one plan, from ease to need: the wording, how many shared addresses are told once, what a longer address is
/// shortened to, the columns between columns.
const STEPS: [(Wording, usize, usize, usize); 11] = [
    (Wording::Full, 0, usize::MAX, 2),
    (Wording::Full, 1, usize::MAX, 2),
    (Wording::Full, 2, usize::MAX, 2),
    (Wording::Short, 0, usize::MAX, 2),
    (Wording::Short, 1, usize::MAX, 2),
    (Wording::Short, 2, usize::MAX, 2),
    (Wording::Short, 2, 21, 2),
    (Wording::Short, 2, 21, 1),
    (Wording::Tight, 2, 21, 1),
    (Wording::Short, 2, 15, 1),
    (Wording::Tight, 2, 14, 1),
];

/// What is shown: the columns, how wide each is, and which addresses all connections share: those are told once, and
/// their column holds the port alone.
pub(super) struct Fit {
    pub(super) columns: Vec<Column>,
    pub(super) widths: Vec<usize>,
    pub(super) shared: Vec<Column>,
    pub(super) wording: Wording,
    /// Columns between columns.
    pub(super) gap: usize,
}

/// The fullest plan that fits. Addresses and words are shortened before a column is left out.
pub(super) fn fit(entries: &[Entry<'_>], style: &Style) -> Fit {
    let measured = |wording: Wording| -> Vec<(Column, usize)> {
        Column::ALL.iter().map(|column| (*column, measure(*column, wording, entries, false, style))).collect()
    };
    let (full, short, tight) = (measured(Wording::Full), measured(Wording::Short), measured(Wording::Tight));
    let shared: Vec<(Column, usize)> = [Column::Client, Column::Server]
        .into_iter()
        .filter(|column| {
            let mut hosts = entries.iter().map(|entry| entry.lane(*column)).map(|lane| (&lane.ip, lane.given_name()));
            let first = hosts.next();
            hosts.all(|host| Some(host) == first)
        })
        .map(|column| (column, measure(column, Wording::Short, entries, true, style)))
        .collect();
    let mut chosen =
        Fit { columns: Vec::new(), widths: Vec::new(), shared: Vec::new(), wording: Wording::Short, gap: 1 };
    for plan in PLANS {
        for (wording, told_once, longest, gap) in STEPS {
            // Words in full come before the sentence: it is for room to spare.
            let spare = wording == Wording::Full || !plan.contains(&Column::Sentence);
            if !spare || (wording == Wording::Tight && !plan.contains(&Column::First)) {
                continue;
            }
            let once = shared.get(..told_once.min(shared.len())).unwrap_or_default();
            let wanted = |column: Column| {
                let list = match wording {
                    Wording::Full => &full,
                    Wording::Short => &short,
                    Wording::Tight => &tight,
                };
                list.iter().find(|(same, _)| *same == column).map_or(0, |(_, wide)| *wide)
            };
            let wide = |column: &Column| match column {
                Column::Sentence => wanted(*column).min(SENTENCE_FROM),
                Column::Client | Column::Server => {
                    let port = once.iter().find(|(same, _)| same == column).map(|(_, wide)| *wide);
                    port.unwrap_or_else(|| wanted(*column).min(longest))
                }
                column => wanted(*column),
            };
            let mut widths: Vec<usize> = plan.iter().map(wide).collect();
            let total = widths.iter().fold(0, |sum: usize, wide| sum.saturating_add(wide + gap)).saturating_sub(gap);
            let fits = total <= style.width;
            if let (true, Some(last), Some(Column::Sentence)) = (fits, widths.last_mut(), plan.last()) {
                // The sentence takes what is left.
                *last = (*last + style.width - total).min(wanted(Column::Sentence)).max(1);
            }
            let shared = once.iter().map(|(column, _)| *column).filter(|column| plan.contains(column)).collect();
            chosen = Fit { columns: plan.to_vec(), widths, shared, wording, gap };
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

fn measure(column: Column, wording: Wording, entries: &[Entry<'_>], only_port: bool, style: &Style) -> usize {
    let cells = entries.iter().map(|entry| {
        let text = cell(column, wording, entry, style).0;
        width::width(if only_port { port(&text) } else { &text })
    });
    cells.max().unwrap_or(0).max(width::width(title(column, wording, style.lang)))
}
