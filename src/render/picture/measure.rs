//! How much room words take. Which font draws them is not known here: a wide one is assumed, so that nothing runs over.

use crate::render::width::{self, width};

/// Ems per column (see [`crate::render::width`]) of letters with widths of their own, of those with one width, and of bold capitals.
const SANS: f64 = 0.55;
const MONO: f64 = 0.61;
const CAPITALS: f64 = 0.76;
const BOLD: f64 = 0.64;

/// Pixels that a text takes in letters of this size.
pub(in crate::render) fn sans(text: &str, size: f64) -> f64 {
    width(text) as f64 * SANS * size
}

/// The same for bold capitals, which are the widest.
pub(in crate::render) fn capitals(text: &str, size: f64) -> f64 {
    width(text) as f64 * CAPITALS * size
}

/// The same for bold letters, most of them small.
pub(super) fn bold(text: &str, size: f64) -> f64 {
    width(text) as f64 * BOLD * size
}

/// The same for letters of one width.
pub(in crate::render) fn mono(text: &str, size: f64) -> f64 {
    width(text) as f64 * MONO * size
}

/// Columns of letters of this size that fit into so many pixels.
pub(in crate::render) fn columns(pixels: f64, size: f64) -> usize {
    whole(pixels / (SANS * size))
}

/// The same for letters of one width.
pub(in crate::render) fn mono_columns(pixels: f64, size: f64) -> usize {
    whole(pixels / (MONO * size))
}

/// A bold text in lines of at most so many pixels.
pub(super) fn wrap_bold(text: &str, pixels: f64, size: f64) -> Vec<String> {
    width::wrap(text, whole(pixels / (BOLD * size)))
}

fn whole(columns: f64) -> usize {
    // Never negative, never near the end of its range.
    columns.clamp(4.0, 10_000.0) as usize
}

/// A text in lines of at most so many pixels.
pub(in crate::render) fn wrap(text: &str, pixels: f64, size: f64) -> Vec<String> {
    width::wrap(text, columns(pixels, size))
}
