//! Timelines and ladders into bytes: one file per format, each `write(&…, out: &mut impl io::Write)`.

mod capture;
pub mod cast;
mod cells;
mod charset;
pub mod check;
pub mod compare;
pub mod csv;
pub mod diagram;
pub mod events;
pub mod explain;
mod flight;
mod format;
pub mod graph;
pub mod har;
pub mod header;
mod ink;
pub mod json;
mod line;
mod lines;
pub mod lookups;
pub mod markdown;
pub mod messages;
pub mod ndjson;
mod overview;
pub mod page;
pub mod picture;
pub mod png;
pub mod prose;
mod skipped;
pub mod slides;
mod story;
mod summary;
pub mod svg;
pub mod table;
pub mod text;
mod time;
pub mod trace;
pub mod waterfall;
mod width;
mod window;
mod words;
mod write;

pub use crate::safe::safe;
pub use format::Format;
pub use lines::Lines;
pub use window::MOST_WAITING;
pub use write::{Error, write};

use crate::ladder::Detail;
use crate::timeline::Lang;
use picture::Canvas;

/// How text output looks. Settled by the caller: nothing here asks the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub lang: Lang,
    pub charset: Charset,
    /// Columns to draw in.
    pub width: usize,
    pub color: bool,
    /// How much is told of each segment.
    pub detail: Detail,
    /// What pictures are drawn on.
    pub canvas: Canvas,
}

impl Style {
    /// No colour, and pictures on a plain slide.
    pub const fn new(lang: Lang, charset: Charset, width: usize) -> Style {
        Style { lang, charset, width, color: false, detail: Detail::Normal, canvas: Canvas::SLIDE }
    }
}

/// The characters to draw with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Box drawing and arrows: one column each, but two in some East Asian terminals.
    Unicode,
    /// Only characters that are one column wide in every terminal.
    Narrow,
    Ascii,
}
