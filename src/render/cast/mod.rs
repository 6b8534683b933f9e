//! The ladder drawing itself row by row in colour, as asciinema plays it (asciicast, version 2), with a marker at each step.

mod pace;

use super::json::line;
use super::text::{self, Drawer};
use super::{Style, story, summary, width};
use crate::ladder::Ladder;
use pace::Pace;
use serde::Serialize;
use std::io;

/// Lines of a screen, at least and at most: what is longer scrolls.
const HEIGHT: [usize; 2] = [24, 40];

/// The first line of the file.
#[derive(Serialize)]
struct Header<'a> {
    version: u8,
    width: usize,
    height: usize,
    title: &'a str,
    env: Env,
}

#[derive(Serialize)]
struct Env {
    #[serde(rename = "TERM")]
    term: &'static str,
}

/// What appears at once.
#[derive(Default)]
struct Piece {
    /// Milliseconds after the piece before it.
    pause: u64,
    /// The step that begins with it.
    marker: Option<String>,
    text: Vec<u8>,
}

/// Writes the cast; always in colour, which is what a terminal shows.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let style = Style { color: true, ..*style };
    let pieces = pieces(ladder, &style)?;
    let lines = pieces.iter().flat_map(|piece| &piece.text).filter(|octet| **octet == b'\n').count();
    let [least, most] = HEIGHT;
    line(
        &Header {
            version: 2,
            width: style.width,
            height: (lines + 1).clamp(least, most),
            title: &story::title(ladder, &style),
            env: Env { term: "xterm-256color" },
        },
        out,
    )?;
    let mut at: u64 = 0;
    for piece in &pieces {
        at = at.saturating_add(piece.pause);
        if let Some(marker) = &piece.marker {
            line(&(seconds(at), "m", marker), out)?;
        }
        // A recording has what the program's terminal made of each new line.
        let text = String::from_utf8_lossy(&piece.text).replace('\n', "\r\n");
        line(&(seconds(at), "o", text), out)?;
    }
    Ok(())
}

/// What stands above the lanes, then the rows, then what they came to.
fn pieces(ladder: &Ladder, style: &Style) -> io::Result<Vec<Piece>> {
    let mut drawer = Drawer::new(*style, ladder.lanes.clone(), ladder.origin_ns);
    let mut head = Piece::default();
    summary::title([story::title(ladder, style)].into_iter(), style, &mut head.text)?;
    head.text.push(b'\n');
    drawer.lanes(&mut head.text)?;
    let mut pieces = vec![head];
    let mut pace = Pace::of(&ladder.rows);
    let mut told = None;
    for (row, step) in ladder.rows.iter().zip(ladder.steps_of_rows()) {
        let mut piece = Piece { pause: pace.before(row), ..Piece::default() };
        drawer.row(row, &mut piece.text)?;
        pace.read(piece.text.iter().filter(|octet| **octet == b'\n').count());
        if told.replace(step) != Some(step) {
            let title = ladder.steps.get(step).map(|step| width::clean(step.title.get(style.lang), 100, style));
            piece.marker = title;
        }
        pieces.push(piece);
    }
    let mut end = Piece { pause: pace::LONGEST, ..Piece::default() };
    drawer.legend(&mut end.text)?;
    end.text.push(b'\n');
    text::head(ladder, style, &mut end.text)?;
    pieces.push(end);
    // The last picture stays for a while where a player begins anew.
    pieces.push(Piece { pause: 2 * pace::LONGEST, ..Piece::default() });
    Ok(pieces)
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
