//! A line per connection, written while the connections come; no more is kept than must wait for its turn.

use super::window::Window;
use super::{Format, csv, ndjson};
use crate::assemble::Entry;
use crate::select::{Keeper, Rank};
use std::io;

/// Lines on their way to `W`.
pub struct Lines<W> {
    format: Format,
    out: W,
    order: Order,
    /// The heading is written.
    is_begun: bool,
    wrong: Option<io::Error>,
}

/// In which order lines are written.
enum Order {
    /// By id, as far as [`super::MOST_WAITING`] allows.
    Begun(Window),
    /// As sorted, once all have come.
    Sorted(Keeper<Vec<u8>>),
}

impl<W: io::Write> Lines<W> {
    /// Lines in the order in which the connections began: a line that comes when [`super::MOST_WAITING`] later ones have come
    /// stands behind them.
    pub fn new(format: Format, out: W) -> Lines<W> {
        Lines { format, out, order: Order::Begun(Window::default()), is_begun: false, wrong: None }
    }

    /// The first `limit` lines by rank; all of them for `None`.
    pub fn sorted(format: Format, out: W, limit: Option<usize>) -> Lines<W> {
        Lines { format, out, order: Order::Sorted(Keeper::new(limit)), is_begun: false, wrong: None }
    }

    /// Writes the heading: not before the first line, so that a capture that cannot be read leaves nothing.
    fn begin(&mut self) {
        if !std::mem::replace(&mut self.is_begun, true) && self.format == Format::Csv {
            let begun = csv::head(&mut self.out);
            self.note(begun);
        }
    }

    /// Takes the connection with this id in; `None` is one that has no line.
    pub fn offer(&mut self, id: u64, passed: Option<(&Rank, &Entry)>) {
        self.begin();
        if self.wrong.is_some() {
            return;
        }
        let format = self.format;
        match &mut self.order {
            Order::Begun(window) => {
                let line = passed.map(|(_, entry)| line(format, entry)).unwrap_or_default();
                let written = window.offer(id, line, &mut self.out);
                self.note(written);
            }
            Order::Sorted(keeper) => {
                if let Some((rank, entry)) = passed {
                    keeper.offer(rank, id, || line(format, entry));
                }
            }
        }
    }

    /// How many lines are kept now.
    pub fn kept(&self) -> usize {
        match &self.order {
            Order::Begun(window) => window.waiting(),
            Order::Sorted(keeper) => keeper.kept(),
        }
    }

    /// Whether something could not be written: no more will be.
    pub fn is_broken(&self) -> bool {
        self.wrong.is_some()
    }

    /// Writes what still waits, and gives back what was written to.
    ///
    /// # Errors
    /// The first that could not be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.begin();
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        match self.order {
            Order::Begun(mut window) => window.finish(&mut self.out)?,
            Order::Sorted(keeper) => keeper.finish().iter().try_for_each(|line| self.out.write_all(line))?,
        }
        Ok(self.out)
    }

    fn note(&mut self, written: io::Result<()>) {
        if let Err(wrong) = written {
            self.wrong.get_or_insert(wrong);
        }
    }
}

fn line(format: Format, Entry { connection, client, server }: &Entry) -> Vec<u8> {
    let mut line = Vec::with_capacity(512);
    // Nothing fails that is written into memory.
    let _ = match format {
        Format::Ndjson => ndjson::row(connection, Some(client), Some(server), &mut line),
        _ => csv::row(connection, Some(client), Some(server), &mut line),
    };
    line
}
