//! A header as a picture: 32 bits a line, each field in its box, the octets beside them.

use super::fields::{Field, Header, LINE, Piece};
use crate::render::picture::{Anchor, Paint, Shape, Size, at, measure, stroke};
use crate::render::{Style, svg, width};
use std::io;

const LEFT: f64 = 70.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 118.0;
const TITLE: f64 = 25.0;
const NAME: f64 = 12.5;
const VALUE: f64 = 16.0;
const SMALL: f64 = 11.5;
/// Pixels of a line, at most and at least.
const HIGHEST: f64 = 72.0;
const LOWEST: f64 = 44.0;

/// Writes the header on a slide.
///
/// # Errors
/// What `out` says.
pub fn write(header: &Header, title: &str, who: &[String], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let asked = style.canvas.size.unwrap_or(Size::SLIDE);
    let wide = f64::from(Size::SLIDE.width);
    let ratio = f64::from(asked.height.max(1)) / f64::from(asked.width.max(1));
    let lines = header.lines() as f64;
    let high = (wide * ratio).max(TOP + lines * LOWEST + 40.0);
    let each = ((high - TOP - 60.0) / lines).clamp(LOWEST, HIGHEST);
    let who = who.join(" · ");
    let mut shapes = vec![
        Shape::words(at(32.0, 50.0), Anchor::Start, TITLE, Paint::Text, title).bold(),
        Shape::words(at(32.0, 74.0), Anchor::Start, 14.0, Paint::Dim, width::clean(&who, 160, style)),
    ];
    let bit = (wide - LEFT - RIGHT) / LINE as f64;
    for index in 0..LINE {
        let x = LEFT + (index as f64 + 0.5) * bit;
        shapes.push(Shape::words(at(x, TOP - 8.0), Anchor::Middle, SMALL, Paint::Dim, index.to_string()).mono());
    }
    for (line, octets) in header.octets.chunks(LINE / 8).enumerate() {
        let y = TOP + (line as f64 + 0.5) * each + 4.0;
        let octets: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        shapes.push(Shape::words(at(LEFT - 12.0, y), Anchor::End, SMALL, Paint::Dim, (line * 4).to_string()).mono());
        let beside = at(wide - RIGHT + 16.0, y);
        shapes.push(Shape::words(beside, Anchor::Start, 13.0, Paint::Dim, octets.join(" ")).mono());
    }
    for field in &header.fields {
        shapes.extend(boxes(field, bit, each, style));
    }
    let sheet = svg::Sheet { width: wide, height: high, size: asked, left: 0.0, title, about: &who };
    svg::sheet(&sheet, &shapes, style, out)
}

fn boxes(field: &Field, bit: f64, each: f64, style: &Style) -> Vec<Shape> {
    let pieces = field.pieces();
    let widest = pieces.iter().map(|piece| piece.bits).max().unwrap_or_default();
    let named = pieces.iter().position(|piece| piece.bits == widest);
    let mut shapes = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let corner = at(LEFT + piece.bit as f64 * bit, TOP + piece.line as f64 * each);
        let (edge, fill) = match field.flag {
            Some(true) => (Paint::State, Some(Paint::StateBox)),
            _ => (Paint::Dim, None),
        };
        shapes.push(Shape::Box {
            at: corner,
            width: piece.bits as f64 * bit,
            height: each,
            round: 0.0,
            stroke: Some(stroke(edge, 1.2)),
            fill,
        });
        if Some(index) == named {
            shapes.extend(words(field, piece, corner.x, corner.y, bit, each, style));
        }
    }
    shapes
}

fn words(field: &Field, piece: &Piece, x: f64, y: f64, bit: f64, each: f64, style: &Style) -> Vec<Shape> {
    let room = piece.bits as f64 * bit - 6.0;
    let middle = x + piece.bits as f64 * bit / 2.0;
    let fit = |text: &str, size: f64| width::clip(text, measure::columns(room, size), style.charset);
    let (name_size, value_size) = if piece.bits == 1 { (11.0, 14.0) } else { (NAME, VALUE) };
    let name = field.name.get(style.lang);
    let is_narrow = measure::sans(name, name_size) > room;
    let name = field.short.as_ref().filter(|_| is_narrow).map_or(name, |short| short.get(style.lang));
    let name = if piece.bits == 1 { name.to_string() } else { fit(name, name_size) };
    let has_value = !field.value.is_empty();
    let meaning = width::clean(field.meaning.get(style.lang), 120, style);
    let shows_meaning =
        field.flag.is_none() && !meaning.is_empty() && each >= 56.0 && measure::sans(&meaning, SMALL) <= room;
    let rows = 1.0 + f64::from(u8::from(has_value)) + f64::from(u8::from(shows_meaning)) * 0.9;
    let mut base = y + each / 2.0 - (rows - 1.0) * 9.5 + 4.0;
    let paint = if field.flag == Some(true) { Paint::State } else { Paint::Dim };
    let mut shapes = vec![Shape::words(at(middle, base), Anchor::Middle, name_size, paint, name)];
    if has_value {
        base += 19.0;
        let value = width::clean(&field.value, 120, style);
        let value = width::clip(&value, measure::mono_columns(room, value_size), style.charset);
        let ink = if field.flag == Some(false) { Paint::Dim } else { Paint::Text };
        let shape = Shape::words(at(middle, base), Anchor::Middle, value_size, ink, value).mono();
        shapes.push(if field.flag == Some(false) { shape } else { shape.bold() });
    }
    if shows_meaning {
        shapes.push(Shape::words(at(middle, base + 16.0), Anchor::Middle, SMALL, Paint::Dim, meaning));
    }
    shapes
}
