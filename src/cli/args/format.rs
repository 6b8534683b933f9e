//! The formats by the names that people type.

use crate::render::Format;
use clap::ValueEnum;
use clap::builder::PossibleValue;

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Format] {
        &Format::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = named(*self);
        Some(PossibleValue::new(name).help(about))
    }
}

/// What it is called, and what it is.
fn named(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Text => ("text", "A ladder, or a table of many connections"),
        Format::Json => ("json", "The timeline: everything"),
        Format::Csv => (
            "csv",
            "A line per connection, for spreadsheets; by when they began, but of very many one that outlives 8192 later ones comes later",
        ),
        Format::Ndjson => ("ndjson", "A line per connection, each a JSON object; in the same order"),
        Format::EventsCsv => ("events-csv", "A line per event, for charts"),
        Format::EventsNdjson => ("events-ndjson", "A line per event, each a flat JSON object"),
        Format::Trace => ("trace", "Every connection on tracks, as Chrome trace JSON, which ui.perfetto.dev shows"),
        Format::Har => ("har", "HTTP requests and their responses as HAR 1.2, which browsers read"),
        Format::Waterfall => {
            ("waterfall", "A row per HTTP request, and a bar of where its time went: as a browser's network panel")
        }
        Format::Messages => (
            "messages",
            "Each message octet by octet: start line, headers, blank line, body, and the segments that carry them",
        ),
        Format::Svg => ("svg", "The ladder of one connection as a picture"),
        Format::Png => ("png", "The same in pixels; needs a font on this machine"),
        Format::Html => ("html", "A page to step through in a browser, without any network"),
        Format::Reveal => {
            ("reveal", "A reveal.js deck with its pictures in it; needs `npm install reveal.js` in its folder")
        }
        Format::Marp => ("marp", "A Marp deck in Markdown, with the pictures of --frames in its folder"),
        Format::Slidev => ("slidev", "A Slidev deck, with the pictures of --frames in its folder"),
        Format::Beamer => ("beamer", "A LaTeX Beamer deck for XeLaTeX, with the pictures of --frames in its folder"),
        Format::Mermaid => ("mermaid", "A Mermaid sequence diagram"),
        Format::Plantuml => ("plantuml", "A PlantUML sequence diagram"),
        Format::PlantumlTiming => ("plantuml-timing", "A PlantUML timing diagram: both state machines over time"),
        Format::Cast => ("cast", "The ladder drawing itself, as asciinema plays it, with a marker at each step"),
        Format::Wavedrom => (
            "wavedrom",
            "The TCP header of the segment that --header names (else of the first one) as bit fields for WaveDrom",
        ),
        Format::Markdown => ("markdown", "A report in Markdown"),
    }
}
