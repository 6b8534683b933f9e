//! `synfin replay`: draw saved captures.

mod both;
mod hint;
mod packets;
mod piped;
mod recorded;
mod rows;

use super::args::{Replay, SideArg};
use super::choose;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::names;
use super::output::Outputs;
use crate::analyze::{Analyzer, Take, Told, Wishes};
use crate::assemble::{Reads, Remarks, Watch};
use crate::ladder::View;
use crate::plot::Kind;
use crate::render::{Format, safe, table};
use crate::source::journal::Entry;
use crate::source::{Backwards, CaptureReader, Frame, OpenError};
use crate::timeline::{SourceKind, Text, Timeline};
use crate::track::Keep;
use anyhow::Result;
use recorded::Lesson;
use rows::Rows;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Connections whose messages are told where nothing else of them is.
pub(super) const MOST_TOLD: usize = 32 * 1024;
/// Connections of which a graph of a whole capture is drawn one by one; of more, by what the overview sampled.
const MOST_PLOTTED: u64 = 100_000;

pub(super) fn run(args: &Replay, config: &Config) -> Result<Exit> {
    if args.packets {
        return packets::run(args, config);
    }
    let Some(sieve) = choose::sieve(&args.choose, config)? else { return Ok(Exit::Done) };
    if args.files.is_empty() && args.client.is_none() {
        return Err(choose::no_file().into());
    }
    let outputs = args.output.outputs()?;
    choose::refuse_other_pictures(&args.output.show, &outputs)?;
    let mut filter = FrameFilter::new(&args.filter, config)?;
    let view = choose::view(&args.choose, args.connection, &args.output.show, config);
    let mut held = if args.client.is_none() { piped::lesson(&args.files, config)? } else { None };
    let recorded = if args.client.is_none() { recorded::only(&args.files, config)? } else { None };
    let taught = match &held {
        Some((lesson, _)) => Some(*lesson),
        None => Lesson::of_only(&args.files, config)?,
    };
    let is_lesson = taught.is_some();
    if !is_lesson && rows::suffice(args, &outputs) {
        let (mut rows, wishes) = Rows::new(args, &sieve, &view, &outputs, config)?;
        let (timeline, damaged) = read(opened_each(&args.files, config), wishes, &mut filter, Some(&mut rows))?;
        names::tell_unused(&rows.unused_names(), config)?;
        warn(&timeline, config)?;
        let timeline = rows.finish(timeline, config)?;
        outputs.write_but_lines(&timeline, &view, config)?;
        hint::write(&args.output, &timeline, &outputs, config)?;
        return Ok(ended(damaged, args));
    }
    let show = &args.output.show;
    let draws = outputs.has(Format::Text) && show.graph.is_none() && show.header.is_none();
    let has_pictures = outputs.has_pictures() || show.plots_segments();
    let chooses = args.choose.filter.is_some() || args.choose.sort.is_some();
    // A picture is of one connection: of the first, unless that is for the choice or the text to say.
    let pictures_first = has_pictures && !draws && !chooses;
    let is_whole = Format::ALL.into_iter().any(|format| format.is_of_all() && outputs.has(format))
        || has_pictures && !pictures_first
        || show.header.is_some();
    let watch = match args.connection {
        Some(id) => Watch::One(id),
        None if is_whole || is_lesson => Watch::All,
        None if draws => Watch::Sole,
        None if pictures_first => Watch::One(1),
        None => Watch::One(0),
    };
    let told = MOST_TOLD as u64;
    let reads = match args.connection {
        Some(_) => Reads::Kept,
        None if outputs.has_messages() => Reads::First(told),
        // Each has its row, with room for a word on what was said.
        None if draws => Reads::Few(table::ROWS as u64),
        None => Reads::Kept,
    };
    let only_text = args.output.format == Format::Text && !outputs.has_files();
    let plots_all = show.graph == Some(Kind::States);
    let keep = match view.limit {
        // The others are told together.
        _ if plots_all && !is_whole => Keep { first: MOST_PLOTTED, one: args.connection, is_watched: false },
        Some(limit) if only_text && !chooses && !is_lesson => {
            Keep { first: limit.max(1) as u64, one: args.connection, is_watched: false }
        }
        _ if !is_whole && !is_lesson && !outputs.has_lines() && matches!(reads, Reads::First(_)) => {
            Keep { first: told, one: None, is_watched: false }
        }
        _ => Keep::ALL,
    };
    let merge_vlans = args.merge_vlans;
    let whole = if is_lesson { recorded::WHOLE } else { 0 };
    let (full, msl) = (args.output.keeps_segments(), args.output.msl);
    let manner = args.output.manner(taught.and_then(|lesson| lesson.text), outputs.body());
    let octets = outputs.has_octets() || show.header.is_some();
    let wishes = Wishes { watch, full, whole, msl, keep, merge_vlans, manner, reads, octets };
    let (mut timeline, damaged) = match (&args.client, &args.server, &recorded) {
        _ if held.is_some() => {
            let bytes = held.take().map(|(_, bytes)| bytes).unwrap_or_default();
            piped::read_held(bytes, "-", wishes, &mut filter, config)?
        }
        (.., Some(sides)) => read_recorded(&args.files, sides, wishes, &mut filter, config)?,
        (Some(client), Some(server), None) => {
            both::read([client, server], args.one_clock, wishes, &mut filter, config)?
        }
        _ => read(opened_each(&args.files, config), wishes, &mut filter, None)?,
    };
    names::give(&mut timeline, config)?;
    warn(&timeline, config)?;
    let timeline = choose::hide(sieve.select(timeline), &args.output.show, config)?;
    outputs.write(&timeline, &view, config)?;
    // The timeline does not know of it.
    if only_text && !args.filter.is_empty() && timeline.source.packets.seen == 0 {
        let said = config.lang.pick("The filter let no packet through.", "过滤器没有放行任何数据包。");
        writeln!(io::stdout().lock(), "{said}")?;
    }
    if args.connection.is_none() && !is_lesson {
        hint::write(&args.output, &timeline, &outputs, config)?;
    }
    lesson(&timeline, &view, &outputs, config)?;
    Ok(ended(damaged, args))
}

/// Draws each of the few connections of a lesson below their table, unless one was asked for.
pub(super) fn lesson(timeline: &Timeline, view: &View, outputs: &Outputs, config: &Config) -> Result<()> {
    if view.connection.is_none() && recorded::is_lesson(&timeline.source) {
        outputs.write_ladders(timeline, view, config)?;
    }
    Ok(())
}

/// Tells what is wrong with the capture.
pub(super) fn warn(timeline: &Timeline, config: &Config) -> Result<()> {
    for warning in &timeline.source.warnings {
        let mut err = io::stderr().lock();
        writeln!(err, "{}{}", config.lang.pick("warning: ", "警告："), safe(warning.get(config.lang)))?;
    }
    Ok(())
}

/// The timeline of files, one after the other; of a recording of the lab that of both its hosts.
pub(super) fn timeline(files: &[PathBuf], wishes: Wishes, config: &Config) -> Result<Timeline> {
    let mut all = FrameFilter::new(&[], config)?;
    let whole = if Lesson::of_only(files, config)?.is_some() { recorded::WHOLE } else { 0 };
    let wishes = Wishes { whole, ..wishes };
    let read = match recorded::only(files, config)? {
        Some(sides) => read_recorded(files, &sides, wishes, &mut all, config)?,
        None => read(opened_each(files, config), wishes, &mut all, None)?,
    };
    Ok(read.0)
}

/// The same of what the lab has just recorded, under this name.
#[cfg(all(feature = "capture", target_os = "linux"))]
pub(super) fn recording(bytes: Vec<u8>, name: &str, wishes: Wishes, config: &Config) -> Result<Timeline> {
    let mut all = FrameFilter::new(&[], config)?;
    Ok(piped::read_held(bytes, name, wishes, &mut all, config)?.0)
}

fn read_recorded(
    files: &[PathBuf],
    sides: &recorded::Sides,
    wishes: Wishes,
    filter: &mut FrameFilter,
    config: &Config,
) -> Result<(Timeline, bool)> {
    let file = files.first().map_or(Path::new("-"), PathBuf::as_path);
    recorded::read(open(file, config)?, &name(file), sides, wishes, filter)
}

/// The timeline of connections captured on both sides.
pub(super) fn joined(sides: [&SideArg; 2], wishes: Wishes, config: &Config) -> Result<Timeline> {
    let mut all = FrameFilter::new(&[], config)?;
    both::read(sides, false, wishes, &mut all, config).map(|(timeline, _)| timeline)
}

fn ended(damaged: bool, args: &Replay) -> Exit {
    if damaged && args.strict { Exit::DamagedInput } else { Exit::Done }
}

/// Files with their names, each opened when it is its turn.
fn opened_each(files: &[PathBuf], config: &Config) -> impl Iterator<Item = (String, Result<CaptureReader>)> {
    files.iter().map(|path| (name(path), open(path, config)))
}

/// Reads captures one after the other; says whether one was damaged.
fn read(
    captures: impl Iterator<Item = (String, Result<CaptureReader>)>,
    wishes: Wishes,
    filter: &mut FrameFilter,
    mut rows: Option<&mut Rows>,
) -> Result<(Timeline, bool)> {
    let mut analyzer = Analyzer::new(wishes);
    let mut told = Told::default();
    let mut remarks = Remarks::default();
    let mut names = Vec::new();
    for (name, reader) in captures {
        let mut reader = reader?;
        let mut backwards = Backwards::default();
        // By reference: a frame that is moved is written and read again before the processor can.
        while let Some(frame) = &reader.next() {
            let number = frame.number;
            backwards.see(number, frame.time);
            if !filter.matches(frame)? {
                continue;
            }
            analyzer.push_to(frame, rows.as_deref_mut().map(|rows| rows as &mut dyn Take));
            if let Some(rows) = &mut rows {
                rows.learn(&reader);
                if rows.are_broken() {
                    break;
                }
            }
            if let Some(comment) = reader.comment()
                && let Some((src, dst)) = analyzer.last_ends()
            {
                remarks.add(number, src, dst, comment);
            }
        }
        if let Some(rows) = &mut rows {
            rows.learn(&reader);
            rows.next_file();
        }
        let journal = if recorded::is_marked(&reader) { reader.journal() } else { &[] };
        for entry in journal {
            match entry {
                Entry::Call(word) => analyzer.hear_call(word.clone()),
                Entry::Hosts(word) => analyzer.hear_hosts(word.clone()),
                Entry::Kernel(word) => analyzer.hear_kernel(word),
                Entry::Sample(word) => analyzer.hear_sample(word),
                Entry::Act(word) => analyzer.hear_act(word.clone()),
                Entry::Polling { polling, .. } => analyzer.hear_polling(polling),
            }
        }
        told.file(&name, &reader, &backwards);
        names.push(name);
    }
    told.remarks(remarks);
    let damaged = told.damaged;
    let taker = rows.map(|rows| rows as &mut dyn Take);
    Ok((analyzer.finish_to(SourceKind::File, &names.join(" "), told.ending, taker), damaged))
}

/// What is wrong with a file, under its name.
fn damage(path: &Path, reader: &CaptureReader) -> Vec<Text> {
    let name = name(path);
    let told = reader.damage().iter().map(|damage| {
        let Text { en, zh } = damage.text();
        Text::new(format!("{name}: {en}"), format!("{name}：{zh}"))
    });
    told.collect()
}

fn open(path: &Path, config: &Config) -> Result<CaptureReader> {
    let reader = if path.as_os_str() == "-" { CaptureReader::stdin() } else { CaptureReader::open(path) };
    opened(reader, config)
}

fn opened(reader: Result<CaptureReader, OpenError>, config: &Config) -> Result<CaptureReader> {
    reader.map_err(|error| {
        let text = error.text();
        Failure::new(Exit::Failed, text.get(config.lang)).into()
    })
}

/// The file's name without its folder.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "-".into();
    }
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    safe(&name).into_owned()
}

#[cfg(feature = "capture")]
use with_libpcap::FrameFilter;
#[cfg(not(feature = "capture"))]
use without_libpcap::FrameFilter;

#[cfg(feature = "capture")]
mod with_libpcap {
    use super::*;
    use crate::source::filter::{FilterError, Filters};

    /// The packet filter, compiled by libpcap for each link type.
    pub(super) struct FrameFilter {
        filters: Option<Filters>,
        lang: crate::timeline::Lang,
    }

    impl FrameFilter {
        pub(super) fn new(words: &[String], config: &Config) -> Result<FrameFilter> {
            let lang = config.lang;
            let filters = if words.is_empty() { None } else { Some(Filters::new(words).map_err(|e| wrong(&e, lang))?) };
            Ok(FrameFilter { filters, lang })
        }

        pub(super) fn matches(&mut self, frame: &Frame<'_>) -> Result<bool> {
            match &mut self.filters {
                Some(filters) => filters.matches(frame).map_err(|error| wrong(&error, self.lang)),
                None => Ok(true),
            }
        }
    }

    fn wrong(error: &FilterError, lang: crate::timeline::Lang) -> anyhow::Error {
        Failure::new(Exit::Usage, error.text().get(lang)).into()
    }
}

#[cfg(not(feature = "capture"))]
mod without_libpcap {
    use super::*;

    /// Filters need libpcap's compiler.
    pub(super) struct FrameFilter;

    impl FrameFilter {
        pub(super) fn new(words: &[String], config: &Config) -> Result<FrameFilter> {
            if words.is_empty() {
                return Ok(FrameFilter);
            }
            let message = config.lang.pick(
                "this synfin was built without libpcap, so it has no filters",
                "此 synfin 编译时没有 libpcap，不支持过滤器",
            );
            Err(Failure::new(Exit::Failed, message)
                .help(config.lang.pick(
                    "build it with: cargo build --features capture",
                    "编译时加上：cargo build --features capture",
                ))
                .into())
        }

        pub(super) fn matches(&mut self, _: &Frame<'_>) -> Result<bool> {
            Ok(true)
        }
    }
}
