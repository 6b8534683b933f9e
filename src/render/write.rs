//! A timeline into one of the formats: one match.

use super::diagram::{mermaid, plantuml, timing};
use super::slides::{beamer, marp, reveal, slidev};
use super::{
    Format, Style, cast, csv, events, graph, har, header, json, lookups, markdown, messages, ndjson, page, png,
    skipped, story, summary, svg, table, text, trace, waterfall, width,
};
use crate::ladder::{self, Ladder, Lanes, View};
use crate::plot::{Kind, Plot};
use crate::timeline::{Connection, Timeline};
use std::io;

/// Why a timeline was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no connection {asked}: this timeline {}", range(.known))]
    UnknownConnection { asked: u64, known: Vec<u64> },
    #[error("there is no TCP connection to tell of")]
    Nothing,
    #[error("nothing of it is left to show: it has {0} steps, and none of them is among those that were asked for")]
    NothingChosen(usize),
    #[error("there is nothing to draw over time: the timeline has nothing of this kind for the connection")]
    NothingToPlot,
    #[error(transparent)]
    Header(#[from] header::Error),
    #[error(transparent)]
    Picture(#[from] png::Error),
    #[error("cannot write")]
    Io(#[from] io::Error),
}

/// Writes the timeline, or the part that `view` asks for.
///
/// # Errors
/// A connection that does not exist, before anything is written; or what `out` says.
pub fn write(
    timeline: &Timeline,
    view: &View,
    format: Format,
    style: &Style,
    out: &mut impl io::Write,
) -> Result<(), Error> {
    if let Some(asked) = view.connection
        && timeline.connection(asked).is_none()
    {
        let mut known: Vec<u64> = timeline.connections.iter().map(|connection| connection.id).collect();
        // A table keeps only its first rows: the others are there all the same.
        if let (None, Some(all)) = (&timeline.selection, &timeline.overview)
            && known.iter().all(|id| *id < all.connections)
        {
            known.extend((all.connections > 0).then_some(all.connections));
        }
        return Err(Error::UnknownConnection { asked, known });
    }
    if view.is_partial() {
        let chosen = ladder::part(timeline, view);
        let is_own = |id: u64| view.connection.is_none_or(|asked| asked == id);
        if !chosen.events.iter().any(|event| is_own(event.connection)) {
            let steps = timeline.steps.iter().filter(|step| is_own(step.connection));
            return Err(Error::NothingChosen(steps.count()));
        }
    }
    if view.header.is_some() && is_drawn(format) {
        return header(timeline, view, format, style, out);
    }
    if let Some(kind) = view.graph
        && let Some(drawn) = graph(timeline, view, kind, format, style, out)
    {
        return drawn;
    }
    match format {
        Format::Json
        | Format::Csv
        | Format::Ndjson
        | Format::EventsCsv
        | Format::EventsNdjson
        | Format::Trace
        | Format::Har
        | Format::Waterfall
        | Format::Messages => {
            let one = view.connection.map(|id| only(timeline, id));
            let chosen = one.as_ref().unwrap_or(timeline);
            let part = view.is_partial().then(|| ladder::part(chosen, view));
            let chosen = part.as_ref().unwrap_or(chosen);
            match format {
                Format::Csv => csv::write(chosen, out)?,
                Format::Ndjson => ndjson::write(chosen, out)?,
                Format::EventsCsv => events::csv::write(chosen, out)?,
                Format::EventsNdjson => events::ndjson::write(chosen, out)?,
                Format::Trace => trace::write(chosen, style, out)?,
                Format::Har => har::write(chosen, out)?,
                Format::Waterfall => waterfall::write(chosen, style, out)?,
                Format::Messages => messages::write(chosen, style, out)?,
                _ => json::write(chosen, out)?,
            }
        }
        Format::Html => page::write(timeline, view, style, out)?,
        Format::Svg => picture(timeline, view, style, out)?,
        Format::Png => pixels(|pixels| picture(timeline, view, style, pixels), out)?,
        Format::Reveal => reveal::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Marp => marp::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Slidev => slidev::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Beamer => beamer::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Mermaid => mermaid::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Plantuml => plantuml::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::PlantumlTiming => timing::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Cast => cast::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Wavedrom => header(timeline, view, format, style, out)?,
        Format::Markdown => markdown::write(&one(timeline, view).ok_or(Error::Nothing)?, style, out)?,
        Format::Text => {
            let chosen = match (view.connection, timeline.connections.as_slice()) {
                (Some(id), _) => Ladder::by(timeline, id, view),
                // One that was chosen among others has its events only where all were kept.
                (None, [Connection { id, .. }])
                    if timeline.selection.is_none() || timeline.events.iter().any(|event| event.connection == *id) =>
                {
                    Ladder::by(timeline, *id, view)
                }
                _ => None,
            };
            match chosen {
                Some(ladder) => text::write(&ladder, style, out)?,
                None => table::write(timeline, view.limit, style, out)?,
            }
            if !timeline.connections.is_empty() {
                skipped::beside(timeline, style, out)?;
            }
            if view.connection.is_none() {
                lookups::write(timeline, view.limit, style, out)?;
            }
            summary::warnings(timeline, style, out)?;
        }
    }
    Ok(())
}

/// Whether it shows one picture, in pixels or in characters.
fn is_drawn(format: Format) -> bool {
    matches!(format, Format::Text | Format::Svg | Format::Png)
}

/// Who speaks with whom, and where it comes from.
fn who(timeline: &Timeline, connection: Option<u64>, style: &Style) -> Vec<String> {
    let whose = connection.and_then(|id| timeline.connection(id));
    let whose = whose.map(|one| story::whose(&Lanes::of(timeline, one), style));
    let source = summary::source(&timeline.source, style);
    whose.into_iter().chain(source).filter(|part| !part.is_empty()).collect()
}

/// Draws the header of one segment.
fn header(
    timeline: &Timeline,
    view: &View,
    format: Format,
    style: &Style,
    out: &mut impl io::Write,
) -> Result<(), Error> {
    let header = header::of(timeline, view.connection, view.header)?;
    let whose = header.connection();
    let who = who(timeline, Some(whose), style);
    let title =
        view.title.as_ref().map_or_else(|| header.title(style), |title| width::clean(title, story::TITLE, style));
    match format {
        Format::Wavedrom => header::wavedrom::write(&header, style, out)?,
        Format::Text => header::text::write(&header, &title, &who, style, out)?,
        Format::Svg => header::svg::write(&header, &title, &who, style, out)?,
        _ => pixels(|picture| header::svg::write(&header, &title, &who, style, picture), out)?,
    }
    Ok(())
}

/// Draws over time, in the formats that draw.
fn graph(
    timeline: &Timeline,
    view: &View,
    kind: Kind,
    format: Format,
    style: &Style,
    out: &mut impl io::Write,
) -> Option<Result<(), Error>> {
    if !is_drawn(format) {
        return None;
    }
    let Some(plot) = Plot::of(timeline, view.connection, kind) else { return Some(Err(Error::NothingToPlot)) };
    let whose = view.connection.or(timeline.connections.first().map(|first| first.id)).filter(|_| kind != Kind::States);
    let who = who(timeline, whose, style);
    let title = view.title.as_deref().unwrap_or(plot.title.get(style.lang));
    let title = width::clean(title, story::TITLE, style);
    Some(match format {
        Format::Text => graph::text::write(&plot, &title, &who, style, out).map_err(Error::from),
        Format::Svg => graph::svg::write(&plot, &title, &who, style, out).map_err(Error::from),
        _ => pixels(|picture| graph::svg::write(&plot, &title, &who, style, picture), out),
    })
}

/// The ladder, or a word that there is none.
fn picture(timeline: &Timeline, view: &View, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    match one(timeline, view) {
        Some(ladder) => svg::write(&ladder, style, out),
        None => svg::nothing(style, out),
    }
}

/// A picture in pixels.
fn pixels(draw: impl FnOnce(&mut Vec<u8>) -> io::Result<()>, out: &mut impl io::Write) -> Result<(), Error> {
    let mut picture = Vec::new();
    draw(&mut picture)?;
    let drawn = png::draw(&String::from_utf8_lossy(&picture), &png::Fonts::of_system())?;
    Ok(out.write_all(&drawn)?)
}

/// The connection that is asked for, else the first.
fn one(timeline: &Timeline, view: &View) -> Option<Ladder> {
    let id = view.connection.or(timeline.connections.first().map(|first| first.id))?;
    Ladder::by(timeline, id, view)
}

/// The timeline with one connection and what belongs to it.
fn only(timeline: &Timeline, id: u64) -> Timeline {
    let mut part = timeline.clone();
    part.connections.retain(|connection| connection.id == id);
    part.events.retain(|event| event.connection == id);
    part.steps.retain(|step| step.connection == id);
    let used: Vec<&String> =
        part.connections.iter().flat_map(|connection| [&connection.client, &connection.server]).collect();
    part.other_calls.clear();
    part.lookups.clear();
    part.lookups_left_out = 0;
    part.endpoints.retain(|endpoint| used.contains(&&endpoint.id));
    part
}

fn range(known: &[u64]) -> String {
    match (known.iter().min(), known.iter().max()) {
        (Some(one), Some(same)) if one == same => format!("has only connection {one}"),
        (Some(first), Some(last)) => format!("has connections {first} to {last}"),
        _ => "has none".to_string(),
    }
}
