//! The formats that a timeline leaves in: their suffixes, and what each of them needs.

/// A format. To add one: a file in `render/`, a variant here; the compiler names the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The ladder of one connection or the table of many.
    Text,
    /// The timeline itself.
    Json,
    /// A line per connection, for spreadsheets.
    Csv,
    /// A line per connection, each a JSON object.
    Ndjson,
    /// A line per event, for charts: comma-separated values, and JSON objects.
    EventsCsv,
    EventsNdjson,
    /// Every connection on tracks, for Perfetto.
    Trace,
    /// Requests and responses of HTTP as HAR 1.2.
    Har,
    /// The same as a row each, with a bar of where the time went.
    Waterfall,
    /// Each message octet by octet.
    Messages,
    /// The ladder as a picture.
    Svg,
    /// The same in pixels.
    Png,
    /// A page to step through.
    Html,
    /// Decks: of reveal.js, Marp, Slidev and Beamer.
    Reveal,
    Marp,
    Slidev,
    Beamer,
    /// Sequence diagrams as text.
    Mermaid,
    Plantuml,
    /// Both state machines over time, as text for PlantUML.
    PlantumlTiming,
    /// The ladder drawing itself in a terminal.
    Cast,
    /// A report.
    Markdown,
    /// A header's bit fields.
    Wavedrom,
}

impl Format {
    pub const ALL: [Format; 23] = [
        Format::Text,
        Format::Json,
        Format::Csv,
        Format::Ndjson,
        Format::EventsCsv,
        Format::EventsNdjson,
        Format::Trace,
        Format::Har,
        Format::Waterfall,
        Format::Messages,
        Format::Svg,
        Format::Png,
        Format::Html,
        Format::Reveal,
        Format::Marp,
        Format::Slidev,
        Format::Beamer,
        Format::Mermaid,
        Format::Plantuml,
        Format::PlantumlTiming,
        Format::Cast,
        Format::Markdown,
        Format::Wavedrom,
    ];

    /// Whether it tells the events of all connections.
    pub fn is_of_all(self) -> bool {
        matches!(self, Format::Json | Format::EventsCsv | Format::EventsNdjson | Format::Trace | Format::Html)
    }

    /// Whether it has a line for each connection, which needs nothing else.
    pub fn is_lines(self) -> bool {
        matches!(self, Format::Csv | Format::Ndjson)
    }

    /// The suffix of its files, without the dot.
    pub fn suffix(self) -> &'static str {
        match self {
            Format::Text => "txt",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
            Format::EventsCsv => "events.csv",
            Format::EventsNdjson => "events.ndjson",
            Format::Trace => "trace.json",
            Format::Har => "har",
            Format::Waterfall => "waterfall",
            Format::Messages => "messages",
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Html => "html",
            Format::Reveal => "reveal.html",
            Format::Marp => "marp.md",
            Format::Slidev => "slidev.md",
            Format::Beamer => "tex",
            Format::Mermaid => "mmd",
            Format::Plantuml => "puml",
            Format::PlantumlTiming => "timing.puml",
            Format::Cast => "cast",
            Format::Markdown => "md",
            Format::Wavedrom => "reg.json",
        }
    }

    /// The format that a file's name ends in, in capitals or not: of two that fit, as of `.reveal.html`, the longer one. A
    /// name that is nothing but such a long suffix, as `trace.json`, is meant so.
    pub fn from_name(name: &str) -> Option<Format> {
        let name = name.to_ascii_lowercase();
        let fits = |format: &Format| {
            let suffix = format.suffix();
            let is_whole = |rest: &str| rest.is_empty() && suffix.contains('.');
            name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.') || is_whole(rest))
        };
        Format::ALL.into_iter().filter(fits).max_by_key(|format| format.suffix().len())
    }

    /// Whether it draws one connection: the first, where none is asked for.
    pub fn is_of_one(self) -> bool {
        use Format::*;
        matches!(
            self,
            Svg | Png
                | Reveal
                | Marp
                | Slidev
                | Beamer
                | Mermaid
                | Plantuml
                | PlantumlTiming
                | Cast
                | Markdown
                | Wavedrom
        )
    }
}
