//! `synfin check`: whether captures show a sequence, and where they first differ.

use super::args::{Check, CheckFormat};
use super::config::Config;
use super::exit::{self, Exit, Failure};
use super::replay;
use super::scenarios::{self, Wrong};
use crate::analyze::Wishes;
use crate::assemble::Watch;
use crate::expect::{self, Difference, NAMED, Named, ParseError, Sequence};
use crate::lab::scenario;
use crate::render::{check as drawing, safe};
use crate::source::{CaptureReader, OpenError};
use crate::tcp::MslProfile;
use crate::timeline::{Text, Timeline};
use anyhow::Result;
use drawing::Checked;
use std::io::{self, Read, Write};
use std::path::Path;

pub(super) fn run(args: &Check, config: &Config) -> Result<Exit> {
    // 1 says that a capture does not fit: what could not be judged must say something else.
    judged(args, config).map_err(|error| {
        if exit::code(&error) != Exit::Failed {
            return error;
        }
        match error.downcast::<Failure>() {
            Ok(failure) => Failure { exit: Exit::DamagedInput, ..failure }.into(),
            Err(error) => Failure::new(Exit::DamagedInput, format!("{error:#}")).into(),
        }
    })
}

/// A sequence and what to call it.
struct Wanted {
    name: String,
    sequence: Sequence,
}

fn judged(args: &Check, config: &Config) -> Result<Exit> {
    if args.list {
        return list(config);
    }
    if let Some(name) = &args.show {
        return print(named(name)?.text);
    }
    if args.write {
        return print(&written(args, config)?);
    }
    let wanted = wanted(args, config)?;
    let full = wanted.iter().any(|wanted| wanted.sequence.wants_full());
    let mut checked = Vec::new();
    each_capture(args, full, config, &mut |name, timeline| {
        for wanted in &wanted {
            checked.extend(check(name, wanted, timeline, args.connection));
        }
    })?;
    let mut out = Vec::new();
    match args.format {
        CheckFormat::Text => drawing::write(&checked, &config.stdout_style(), &mut out)?,
        CheckFormat::Json => drawing::json(&checked, &mut out)?,
    }
    put(&out)?;
    Ok(if checked.iter().all(|one| one.fits) { Exit::Done } else { Exit::Failed })
}

fn check(capture: &str, wanted: &Wanted, timeline: &Timeline, only: Option<u64>) -> Vec<Checked> {
    let Wanted { name, sequence } = wanted;
    let mut verdicts = expect::check_each(sequence, timeline);
    verdicts.retain(|verdict| only.is_none_or(|id| id == verdict.connection));
    if verdicts.is_empty() {
        return vec![Checked::of(capture, name, only, Some(Difference::no_connection(only)))];
    }
    Checked::all(capture, name, verdicts, timeline)
}

/// What the captures are held against.
fn wanted(args: &Check, config: &Config) -> Result<Vec<Wanted>> {
    let mut wanted = Vec::new();
    for name in &args.expect {
        let known = named(name)?;
        wanted.push(Wanted { name: known.name.into(), sequence: known.sequence() });
    }
    if let Some(path) = &args.like {
        let name = replay::name(path);
        wanted.push(Wanted { sequence: like(path, &name, config)?, name });
    }
    if wanted.is_empty() {
        return Err(Failure::new(Exit::Usage, Text::new("nothing to check for", "没有要检查的时序"))
            .help(Text::new(
                "say what to expect: --expect NAME, or --like FILE",
                "请用 --expect 名称 或 --like 文件 说明应出现的时序",
            ))
            .help(lists())
            .into());
    }
    Ok(wanted)
}

fn lists() -> Text {
    Text::new("synfin check --list shows the names", "synfin check --list 列出所有名称")
}

fn named(name: &str) -> Result<&'static Named> {
    expect::named(name).ok_or_else(|| {
        let message = Text::new(format!("no sequence is called '{name}'"), format!("没有名为 '{name}' 的时序"));
        let mut failure = Failure::new(Exit::Usage, message);
        if let Some(likely) = expect::likest(name) {
            failure = failure.help(Text::new(format!("did you mean {likely}?"), format!("是否指 {likely}？")));
        }
        failure.help(lists()).into()
    })
}

/// A sequence from a text file, from a capture that shows it, or that a scenario of the lab expects.
fn like(path: &Path, name: &str, config: &Config) -> Result<Sequence> {
    if path.extension().is_some_and(|suffix| suffix == "toml") || scenario::named(name).is_some() && !path.exists() {
        return Ok(scenarios::find(&path.to_string_lossy())?.expect);
    }
    if !path.exists() && !name.contains('.') && path.components().count() == 1 {
        return Err(neither(name).into());
    }
    let sequence = match CaptureReader::open(path) {
        Ok(_) => Sequence::of(&timeline(path, None, false, config)?),
        Err(error @ (OpenError::NotACapture { .. } | OpenError::HeaderCut { .. } | OpenError::Empty { .. })) => {
            let text = text(path).ok_or_else(|| Failure::new(Exit::Usage, error.text()))?;
            if text.trim_start().starts_with('{') {
                Sequence::of(&super::render::timeline(path, config.lang)?)
            } else {
                Sequence::parse(&text).map_err(|error| unreadable(name, &error))?
            }
        }
        Err(error) => return Err(Failure::new(Exit::Usage, error.text()).into()),
    };
    if sequence.is_empty() {
        let message = Text::new(format!("{name} states no sequence"), format!("{name} 中没有时序"));
        return Err(Failure::new(Exit::Usage, message)
            .help(Text::new("a line for each segment, as: client SYN", "每个报文段一行，例如：client SYN"))
            .into());
    }
    Ok(sequence)
}

/// No file, and no scenario either.
fn neither(name: &str) -> Failure {
    let message =
        Text::new(format!("no file and no scenario is called '{name}'"), format!("没有名为 '{name}' 的文件或场景"));
    let mut failure = Failure::new(Exit::Usage, message);
    if let Some(likely) = scenario::likest(name) {
        failure = failure.help(Text::new(format!("did you mean {likely}?"), format!("是否指 {likely}？")));
    }
    failure.help(Text::new("synfin lab list shows the scenarios", "synfin lab list 列出所有场景"))
}

/// The text of a file that may hold a sequence or a timeline.
fn text(path: &Path) -> Option<String> {
    // A timeline may be long; a sequence is not, and says so itself.
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(256 << 20).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

fn unreadable(name: &str, error: &ParseError) -> Failure {
    let ParseError { line, column, len, text, what, suggestion } = error;
    let suggestion = suggestion.as_deref();
    scenarios::unreadable(name, &Wrong { line: *line, column: *column, len: *len, text, what, suggestion })
}

fn wishes(connection: Option<u64>, full: bool) -> Wishes {
    let watch = connection.map_or(Watch::All, Watch::One);
    Wishes { watch, full, msl: MslProfile::Linux, ..Wishes::default() }
}

/// The timeline of one capture; a timeline in JSON is one already.
pub(super) fn timeline(path: &Path, connection: Option<u64>, full: bool, config: &Config) -> Result<Timeline> {
    if path.as_os_str() != "-"
        && let Err(OpenError::NotACapture { first, .. }) = CaptureReader::open(path)
        && first.first() == Some(&b'{')
    {
        return super::render::timeline(path, config.lang);
    }
    let timeline = replay::timeline(&[path.to_path_buf()], wishes(connection, full), config)?;
    replay::warn(&timeline, config)?;
    Ok(timeline)
}

fn each_capture(args: &Check, full: bool, config: &Config, each: &mut dyn FnMut(&str, &Timeline)) -> Result<()> {
    if let (Some(client), Some(server)) = (&args.client, &args.server) {
        let timeline = replay::joined([client, server], wishes(args.connection, full), config)?;
        replay::warn(&timeline, config)?;
        let name = timeline.source.name.clone();
        judgeable(&name, &timeline)?;
        each(&name, &timeline);
    }
    for path in &args.files {
        let (name, timeline) = (replay::name(path), timeline(path, args.connection, full, config)?);
        judgeable(&name, &timeline)?;
        each(&name, &timeline);
    }
    Ok(())
}

/// A capture of which no packet can be read says nothing of what was there.
fn judgeable(name: &str, timeline: &Timeline) -> Result<()> {
    let source = &timeline.source;
    // These were read, and are of another kind.
    let others = ["not-ip", "not-tcp", "icmp-error", "icmp-quote"];
    let is_read = source.packets.decoded > 0
        || source.skipped.iter().any(|skipped| skipped.count > 0 && others.contains(&skipped.reason.as_str()));
    if is_read || !timeline.connections.is_empty() {
        return Ok(());
    }
    let message = match source.packets.seen {
        0 => Text::new(format!("{name} has no packet"), format!("{name} 中没有数据包")),
        seen => Text::new(
            format!("{name} has no packet that can be read, of {seen}"),
            format!("{name} 的 {seen} 个数据包都无法解读"),
        ),
    };
    Err(Failure::new(Exit::DamagedInput, message).into())
}

/// The sequences that the captures show.
fn written(args: &Check, config: &Config) -> Result<String> {
    let mut text = String::new();
    each_capture(args, false, config, &mut |name, timeline| {
        let mut timeline = timeline.clone();
        timeline.connections.retain(|connection| args.connection.is_none_or(|id| id == connection.id));
        // A name may hold anything: it must stay within its comment.
        text += &format!("# {}\n{}", safe(name), expect::write(&timeline));
    })?;
    Ok(text)
}

fn list(config: &Config) -> Result<Exit> {
    let widest = NAMED.iter().map(|known| known.name.len()).max().unwrap_or_default();
    let rows = NAMED.iter().map(|known| {
        let about = config.lang.pick(known.about.0, known.about.1);
        format!("{:<widest$}  {about}\n", known.name)
    });
    print(&rows.collect::<String>())
}

fn print(text: &str) -> Result<Exit> {
    put(text.as_bytes())?;
    Ok(Exit::Done)
}

/// A reader that has heard enough does not change the verdict.
fn put(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
