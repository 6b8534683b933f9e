//! The ladders that are being drawn, one connection's rows after the other's as they come; as many as can be read.

use crate::ladder::{Lanes, Progress};
use crate::render::Style;
use crate::render::text::Drawer;
use crate::timeline::{Event, Lang};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Rows at once beyond which no new connection is drawn: nobody reads them, and they would cost the load that is watched.
const MOST_ROWS: usize = 1000;
/// In each second so many of them are forgotten, and make room for others.
const ROWS_A_SECOND: usize = 200;
/// What a connection that begins will take of them: a handshake, a teardown, and what is between and beside.
const ROWS_EACH: usize = 16;
/// Connections that are drawn at a time. The oldest is let go for the next.
const MOST_DRAWN: usize = 4096;

pub(super) struct Pictures {
    style: Style,
    /// Whose rows stand last on the screen.
    shown: Option<u64>,
    drawn: BTreeMap<u64, (Progress, Option<Drawer>)>,
    /// Connections up to this id that are not being drawn never will be.
    closed: u64,
    second: i64,
    rows: usize,
    /// Connections drawn so far.
    begun: u64,
}

impl Pictures {
    pub(super) fn new(style: Style) -> Pictures {
        Pictures { style, shown: None, drawn: BTreeMap::new(), closed: 0, second: 0, rows: 0, begun: 0 }
    }

    pub(super) fn style(&self) -> &Style {
        &self.style
    }

    pub(super) fn draw(
        &mut self,
        id: u64,
        lanes: &dyn Fn() -> Lanes,
        event: &Event,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if !self.admits(id) {
            return Ok(());
        }
        let lanes = &lanes();
        let (progress, drawer) = self.drawn.entry(id).or_default();
        let rows = progress.rows(event, lanes);
        self.rows += rows.len();
        let is_first = drawer.is_none();
        let drawer = drawer
            .get_or_insert_with(|| Drawer::new(self.style, lanes.clone(), progress.origin_ns().unwrap_or(event.t_ns)));
        if self.shown.replace(id) != Some(id) {
            drawer.turn(id, is_first, out)?;
        }
        for row in &rows {
            drawer.row(row, out)?;
        }
        Ok(())
    }

    /// Whether a connection is drawn.
    fn admits(&mut self, id: u64) -> bool {
        if self.drawn.contains_key(&id) {
            return true;
        }
        if id <= self.closed {
            return false;
        }
        if self.is_crowded() {
            self.closed = id;
            return false;
        }
        if self.drawn.len() >= MOST_DRAWN
            && let Some((oldest, _)) = self.drawn.pop_first()
        {
            self.closed = self.closed.max(oldest);
        }
        self.begun += 1;
        true
    }

    /// Whether so much is being drawn that what begins now is not.
    fn is_crowded(&self) -> bool {
        self.rows >= MOST_ROWS
    }

    /// How many connections that begin now can be drawn.
    pub(super) fn room(&self) -> usize {
        MOST_ROWS.saturating_sub(self.rows).div_ceil(ROWS_EACH)
    }

    /// A second has begun, on the timeline or, where nothing is drawn, beside it.
    pub(super) fn pass(&mut self, second: i64) {
        let passed = usize::try_from(second.saturating_sub(self.second)).unwrap_or(0);
        self.second = second;
        self.rows = self.rows.saturating_sub(passed.saturating_mul(ROWS_A_SECOND));
    }

    /// Says how many of all connections were not drawn.
    pub(super) fn end(&self, connections: u64, out: &mut impl Write) -> io::Result<()> {
        match (connections.saturating_sub(self.begun), self.style.lang) {
            (0, _) => Ok(()),
            (count, Lang::En) => {
                writeln!(out, "\n{count} connections came too fast to be drawn; the summary counts them")
            }
            (count, Lang::Zh) => writeln!(out, "\n有 {count} 个连接出现过快，未逐个绘制；汇总中包含它们"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Charset;

    #[test]
    fn what_nobody_can_read_is_counted() {
        let mut pictures = Pictures::new(Style::new(Lang::En, Charset::Ascii, 80));
        assert!(pictures.admits(1));
        pictures.drawn.entry(1).or_default();
        assert_eq!(pictures.room(), MOST_ROWS.div_ceil(ROWS_EACH));
        pictures.rows = MOST_ROWS;
        assert!(!pictures.admits(2) && !pictures.admits(3) && pictures.room() == 0);
        assert!(pictures.admits(1), "what is being drawn goes on");
        pictures.pass(1);
        assert_eq!(pictures.room(), ROWS_A_SECOND.div_ceil(ROWS_EACH));
        assert!(!pictures.admits(3) && pictures.admits(4), "the next second, the next connection");
        let mut out = Vec::new();
        assert!(pictures.end(4, &mut out).is_ok());
        assert!(String::from_utf8_lossy(&out).contains("2 connections"));
    }

    #[test]
    fn the_oldest_is_let_go() {
        let mut pictures = Pictures::new(Style::new(Lang::En, Charset::Ascii, 80));
        for id in 1..=10_000 {
            assert!(pictures.admits(id));
            pictures.drawn.entry(id).or_default();
        }
        assert_eq!(pictures.drawn.len(), MOST_DRAWN);
        assert!(!pictures.admits(1) && pictures.admits(9_999));
    }
}
