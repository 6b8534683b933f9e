//! The ladder as a plain list, for terminals too narrow for two lifelines.

use super::glyphs::Glyphs;
use super::{label, notes, rows, said, wait};
use crate::ladder::{Arrow, Content, Lanes, Row, Side};
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::{Style, summary, time, width, words};
use crate::timeline::Fate;
use std::io;

const INDENT: usize = 2;

/// Writes one row as a short paragraph.
pub(super) fn row(
    row: &Row,
    time: &str,
    origin_ns: i64,
    lanes: &Lanes,
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let glyphs = Glyphs::of(style.charset);
    let room = style.width.saturating_sub(INDENT);
    if let Content::Phase(phase) = row.content {
        let mut line = Line::new(style);
        line.push(&glyphs.rule.repeat(2), Ink::Dim)
            .push(" ", Ink::Plain)
            .push(words::phase(phase, style.lang), Ink::Strong);
        return line.write(out);
    }
    let mut head = Line::new(style);
    head.push(time.trim(), Ink::Dim).push(if row.t_ns.is_some() { " " } else { "" }, Ink::Plain);
    let mut lines: Vec<(String, Ink)> = Vec::new();
    match &row.content {
        Content::Segment(arrow) => {
            direction(&mut head, arrow.from, lanes, style);
            head.write(out)?;
            lines.extend(segment(arrow, room, style));
        }
        Content::Arrival(arrival) => {
            direction(&mut head, arrival.from, lanes, style);
            let words = style.lang.pick("arrives after", "到达，历时");
            head.push(&format!(" {words} {}", time::span(arrival.delay_ns)), Ink::Dim);
            head.write(out)?;
        }
        Content::Folded(run) => {
            head.push(&width::clean(&rows::fold(run, style.lang), 100, style), Ink::Dim);
            head.write(out)?;
            for flow in run.flows.iter().take(2) {
                let mut line = Line::new(style);
                direction(line.to(INDENT), flow.from, lanes, style);
                line.write(out)?;
                let mut line = Line::new(style);
                line.to(2 * INDENT).push(&rows::flow(flow, style.lang), Ink::side(flow.from));
                line.write(out)?;
            }
        }
        Content::Gap { .. } | Content::LeftOut { .. } => {
            let text = width::clean(&rows::cut(&row.content, style.lang), 60, style);
            head.push(glyphs.cut, Ink::Dim).push(" ", Ink::Plain).push(&text, Ink::Strong);
            head.write(out)?;
        }
        Content::Wait(wait) => {
            let who = &summary::lane_name(lanes.get(wait.side), style);
            head.write(out)?;
            for part in wait::parts(wait, who, origin_ns, room, style) {
                let (text, ink) = match part {
                    wait::Part::Bar(text) => (text, Ink::Wait),
                    wait::Part::Words(text, ink) => (text, ink),
                };
                lines.push((width::clean(&text, 200, style), ink));
            }
        }
        Content::Call(called) => {
            head.push(&summary::lane_name(lanes.get(called.side), style), Ink::side(called.side));
            head.write(out)?;
            lines.push(rows::call_words(called, style));
        }
        Content::Message(message) | Content::Lookup(message) => {
            head.push(&summary::lane_name(lanes.get(message.from), style), Ink::side(message.from));
            head.write(out)?;
            lines.push((said::words(message, style), Ink::side(message.from)));
            lines.extend(said::problems(message, style).map(|text| (text, Ink::Error)));
        }
        Content::States if row.t_ns.is_some() => head.write(out)?,
        Content::States | Content::Phase(_) => {}
    }
    for change in row.changes.iter().take(22) {
        let (text, ink) = rows::state(change.state, change.basis, false);
        let who = &summary::lane_name(lanes.get(change.side), style);
        lines.push((format!("{who}{}{text}", style.lang.pick(": ", "：")), ink));
    }
    lines.extend(notes::lines(&row.notes, room, false, style));
    for (text, ink) in lines {
        let note = text.starts_with(' ');
        for part in if note { vec![text] } else { width::wrap(&text, room) } {
            let mut line = Line::new(style);
            line.to(INDENT).push(&part, ink);
            line.write(out)?;
        }
    }
    Ok(())
}

fn direction(line: &mut Line<'_>, from: Side, lanes: &Lanes, style: &Style) {
    let glyphs = Glyphs::of(style.charset);
    line.push(&summary::lane_name(lanes.get(from), style), Ink::side(from));
    line.push(" ", Ink::Plain).push(glyphs.right, Ink::Dim).push(" ", Ink::Plain);
    line.push(&summary::lane_name(lanes.get(!from), style), Ink::side(!from));
}

fn segment(arrow: &Arrow, room: usize, style: &Style) -> Vec<(String, Ink)> {
    let (text, mut parts) = label::label(arrow, room, style);
    let mut lines = vec![(text, Ink::side(arrow.from))];
    if arrow.fate == Fate::Lost {
        let mark = Glyphs::of(style.charset).lost;
        let words = if arrow.is_loss_told { "" } else { label::lost(arrow, style) };
        lines.push((format!("{mark} {words}").trim_end().to_string(), Ink::Error));
    }
    parts.extend(label::options(arrow, style));
    lines.extend(label::lines(&parts, room, style).into_iter().map(|text| (text, Ink::Dim)));
    lines
}
