//! A header in characters, as RFCs draw it: two columns a bit, and below it what each field holds.

use super::fields::{Field, Header, LINE};
use super::plain;
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::{Style, width};
use std::io;

/// Columns of the drawing: two for each bit, and the edge.
const COLUMNS: usize = 2 * LINE + 1;
/// Where it begins.
const INDENT: usize = 2;

/// Writes the drawing and the list of fields. Where the terminal is too narrow for the drawing, the list alone.
///
/// # Errors
/// What `out` says.
pub fn write(header: &Header, title: &str, who: &[String], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut line = Line::new(style);
    line.push(title, Ink::Strong);
    line.write(out)?;
    let who: Vec<String> = who.iter().map(|part| plain(part, style)).collect();
    for words in crate::render::text::joined(&who, style.width, style) {
        let mut line = Line::new(style);
        line.push(&words, Ink::Dim);
        line.write(out)?;
    }
    if style.width >= INDENT + COLUMNS {
        Line::new(style).write(out)?;
        drawing(header, style, out)?;
    }
    Line::new(style).write(out)?;
    list(header, style, out)
}

fn drawing(header: &Header, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let tens: String =
        (0..LINE).map(|bit| if bit % 10 == 0 { format!(" {}", bit / 10) } else { "  ".into() }).collect();
    let ones: String = (0..LINE).map(|bit| format!(" {}", bit % 10)).collect();
    let mut put = |text: &str| {
        let mut line = Line::new(style);
        line.to(INDENT).push(text.trim_end(), Ink::Plain);
        line.write(out)
    };
    put(&tens)?;
    put(&ones)?;
    let rule = "+-".repeat(LINE) + "+";
    put(&rule)?;
    for line in 0..header.lines() {
        let pieces: Vec<(&Field, usize, bool)> = header
            .fields
            .iter()
            .flat_map(|field| {
                let pieces = field.pieces();
                let widest = pieces.iter().map(|piece| piece.bits).max().unwrap_or_default();
                let named = pieces.iter().position(|piece| piece.bits == widest);
                let own = pieces.into_iter().enumerate().filter(move |(_, piece)| piece.line == line);
                own.map(move |(at, piece)| (field, piece.bits, Some(at) == named))
            })
            .collect();
        let height = if pieces.iter().any(|(field, ..)| field.flag.is_some()) { 4 } else { 2 };
        for row in 0..height {
            let cells = pieces.iter().map(|(field, bits, is_named)| {
                let room = 2 * bits - 1;
                let words = if *is_named { cell(field, row, height, style) } else { String::new() };
                format!("|{}", centred(&words, room, style))
            });
            put(&format!("{}|", cells.collect::<String>()))?;
        }
        put(&rule)?;
    }
    Ok(())
}

/// What stands in one row of a cell: the name, and below it the value; of a flag a letter a row.
fn cell(field: &Field, row: usize, height: usize, style: &Style) -> String {
    if field.flag.is_some() {
        return match field.name.en.chars().nth(row) {
            Some(letter) if row < 3 => letter.to_string(),
            _ => field.value.clone(),
        };
    }
    let name = field.short.as_ref().unwrap_or(&field.name).get(style.lang);
    // In a line that is higher for its flags the two stand in the middle.
    let first = (height - 2) / 2;
    match row {
        row if row == first => name.to_string(),
        row if row == first + 1 => field.value.clone(),
        _ => String::new(),
    }
}

fn centred(words: &str, room: usize, style: &Style) -> String {
    let words = width::clip(words, room, style.charset);
    let free = room.saturating_sub(width::width(&words));
    format!("{}{words}{}", " ".repeat(free / 2), " ".repeat(free - free / 2))
}

/// Every field with its octets, its value and what it means.
fn list(header: &Header, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let names = header.fields.iter().map(|field| width::width(field.name.get(style.lang)));
    let first = INDENT + names.max().unwrap_or_default() + 2;
    for field in &header.fields {
        let mut line = Line::new(style);
        let is_unset = field.flag == Some(false);
        let ink = if is_unset { Ink::Dim } else { Ink::Plain };
        line.to(INDENT).push(field.name.get(style.lang), Ink::Dim).to(first);
        let value = width::clean(&field.value, 120, style);
        // A narrow terminal has room for it below.
        if first + width::width(&value) > style.width {
            line.write(out)?;
            line = Line::new(style);
            line.to(2 * INDENT);
        }
        line.push(&value, if field.flag == Some(true) { Ink::State } else { ink });
        let meaning = width::clean(field.meaning.get(style.lang), 120, style);
        if !meaning.is_empty() && !is_unset {
            let gap = if field.value.is_empty() { "" } else { "  " };
            line.push(gap, Ink::Plain).push(&meaning, Ink::Dim);
        }
        line.write(out)?;
    }
    Ok(())
}
