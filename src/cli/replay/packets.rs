//! `synfin replay --packets`: one JSON line for each TCP packet, in Wireshark's words.

use super::{FrameFilter, name, open};
use crate::cli::args::Replay;
use crate::cli::config::Config;
use crate::cli::exit::Exit;
use crate::decode::{Decoded, Decoder, Reason};
use crate::source::{CaptureReader, Frame};
use crate::tcp::Timestamp;
use crate::timeline::Text;
use crate::wireshark::{Analysis, Marks, Words};
use anyhow::{Context, Result};
use serde::{Serialize, Serializer};
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

/// Octets gathered before standard output is written.
const BUFFER: usize = 1 << 18;

/// Reads each file twice: what a stream comes to in the end stands on its first line already.
///
/// # Errors
/// A file that cannot be opened, a filter that is not understood, output that cannot be written.
pub(super) fn run(args: &Replay, config: &Config) -> Result<Exit> {
    let mut filter = FrameFilter::new(&args.filter, config)?;
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let mut damaged = false;
    for path in &args.files {
        let name = name(path);
        let mut capture = Capture::new(path, config)?;
        let mut first = Analysis::new();
        each(capture.open(config)?, &mut filter, |decoded, _| {
            match decoded {
                Decoded::Segment(segment) => drop(first.judge(&segment)),
                Decoded::Icmp(error) => first.hear_icmp(&error),
                Decoded::Names(_) | Decoded::Skipped(_) => {}
            }
            Ok(())
        })?;
        let mut second = Analysis::known(first.outcome());
        drop(first);
        let reader = each(capture.open(config)?, &mut filter, |decoded, frame| {
            let line = match decoded {
                Decoded::Segment(segment) => Line::of(&name, frame, Some(second.judge(&segment))),
                // It is TCP, and no more can be said of it.
                Decoded::Skipped(Reason::TruncatedTcp) => Line::of(&name, frame, None),
                Decoded::Icmp(error) => {
                    second.hear_icmp(&error);
                    return Ok(());
                }
                Decoded::Names(_) | Decoded::Skipped(_) => return Ok(()),
            };
            let written = serde_json::to_writer(&mut out, &line).map_err(io::Error::from);
            Ok(written.and_then(|()| out.write_all(b"\n"))?)
        })?;
        for damage in reader.damage() {
            damaged = true;
            let Text { en, zh } = damage.text();
            let warning = Text::new(format!("warning: {name}: {en}"), format!("警告：{name}：{zh}"));
            writeln!(io::stderr().lock(), "{}", crate::render::safe(warning.get(config.lang)))?;
        }
    }
    out.flush()?;
    Ok(if damaged && args.strict { Exit::DamagedInput } else { Exit::Done })
}

fn each(
    reader: CaptureReader,
    filter: &mut FrameFilter,
    mut sink: impl FnMut(Decoded<'_>, &Frame<'_>) -> Result<()>,
) -> Result<CaptureReader> {
    let mut decoder = Decoder::new();
    // Wireshark reads no further than that: frames behind it have no number there.
    let mut reader = reader.until_damage();
    while let Some(frame) = reader.next() {
        if filter.matches(&frame)? {
            sink(decoder.decode(&frame), &frame)?;
        }
    }
    Ok(reader)
}

/// A capture that can be read twice.
enum Capture<'a> {
    File(&'a Path),
    /// What came through a pipe, in a file that has no name.
    Kept(File),
}

impl Capture<'_> {
    fn new<'a>(path: &'a Path, config: &Config) -> Result<Capture<'a>> {
        let mut piped: Box<dyn io::Read> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else if path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            Box::new(File::open(path).with_context(|| format!("cannot open {}", path.display()))?)
        } else {
            return Ok(Capture::File(path));
        };
        let told = config.lang.pick(
            "cannot keep what comes through the pipe in a temporary file; name a file, or set TMPDIR",
            "无法把管道的内容存入临时文件；请指定文件，或设置 TMPDIR",
        );
        let mut kept = tempfile::tempfile().context(told)?;
        io::copy(&mut piped, &mut kept).context(told)?;
        Ok(Capture::Kept(kept))
    }

    fn open(&mut self, config: &Config) -> Result<CaptureReader> {
        match self {
            Capture::File(path) => open(path, config),
            Capture::Kept(kept) => {
                kept.rewind()?;
                super::opened(CaptureReader::from_reader(kept.try_clone()?), config)
            }
        }
    }
}

/// One line. Names and units are those of compare scripts round tshark: seconds, and flags without `tcp.analysis.`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    frame: u64,
    /// Since 1970-01-01T00:00:00Z.
    time_ns: i64,
    stream: Option<u32>,
    tcp_len: Option<u32>,
    #[serde(serialize_with = "names")]
    flags: Words,
    completeness: Option<u8>,
    initial_rtt: Option<f64>,
    ack_rtt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acks_frame: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dup_ack_num: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dup_ack_first: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rto: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rto_frame: Option<u64>,
}

impl<'a> Line<'a> {
    fn of(file: &'a str, frame: &Frame<'_>, marks: Option<Marks>) -> Line<'a> {
        let Timestamp(time_ns) = frame.time;
        let told = marks.unwrap_or_default();
        Line {
            file,
            frame: frame.number,
            time_ns,
            stream: marks.map(|marks| marks.stream),
            tcp_len: told.len,
            flags: told.words,
            completeness: marks.map(|marks| marks.completeness.0),
            initial_rtt: told.initial_rtt_ns.map(seconds),
            ack_rtt: told.ack_rtt_ns.map(seconds),
            acks_frame: told.acks_frame,
            dup_ack_num: told.dup_ack.map(|dup| dup.number),
            dup_ack_first: told.dup_ack.map(|dup| dup.first),
            rto: told.rto_ns.map(seconds),
            rto_frame: told.rto_frame,
        }
    }
}

fn seconds(ns: i64) -> f64 {
    ns as f64 / 1e9
}

fn names<S: Serializer>(words: &Words, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(words.names())
}
