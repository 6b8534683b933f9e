//! A header as WaveDrom's `reg`: fields from the first bit on, drawn as the RFC does with the most significant one at the left.

use super::fields::{Field, Header, LINE};
use crate::render::Style;
use crate::render::width::clean;
use serde_json::json;
use std::io;

/// Pixels of a picture: a line of 32 bits, and its height.
const WIDE: usize = 1200;
const HIGH: usize = 76;

/// Writes the header as JSON that WaveDrom (and its `bit-field`) draws.
///
/// # Errors
/// What `out` says.
pub fn write(header: &Header, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let fields: Vec<_> = header.fields.iter().flat_map(|field| parts(field, style)).collect();
    let config = json!({
        "lanes": header.lines(), "bits": header.octets.len() * 8, "hspace": WIDE, "vspace": HIGH, "fontsize": 12,
        // The first bit stands at the top and at the left.
        "vflip": true, "hflip": true,
    });
    serde_json::to_writer_pretty(&mut *out, &json!({"reg": fields, "config": config}))?;
    writeln!(out)
}

/// A field in each line that it stands in: one that is cut would be named once, at its narrowest end.
fn parts(field: &Field, style: &Style) -> Vec<serde_json::Value> {
    let name = clean(field.name.get(style.lang), 60, style);
    let pieces = field.pieces();
    let widest = pieces.iter().enumerate().max_by_key(|(at, piece)| (piece.bits, usize::MAX - at)).map(|(at, _)| at);
    let kind = match field.flag {
        Some(true) => 3,
        Some(false) => 0,
        None if field.bit >= LINE * 5 => 5,
        None => 4,
    };
    pieces
        .iter()
        .enumerate()
        .map(|(at, piece)| {
            if Some(at) != widest {
                json!({"bits": piece.bits, "name": "…", "type": kind})
            } else if field.value.is_empty() {
                json!({"bits": piece.bits, "name": name, "type": kind})
            } else {
                json!({"bits": piece.bits, "name": name, "type": kind, "attr": clean(&field.value, 40, style)})
            }
        })
        .collect()
}
