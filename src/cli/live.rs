//! `synfin live`: capture a device until told to stop.

use super::args::Live;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::permission::capture_failure;
use crate::render::safe;
use crate::source::live::{Counts, HEADERS_ONLY, LiveCapture, LiveError, LiveOptions, WHOLE_PACKETS, link_name};
use crate::source::privilege::{Dropped, User, drop_privileges, give_to_user};
use crate::source::{Frame, LinkType};
use crate::timeline::Lang;
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::libc::O_NOFOLLOW;
use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long one wait for frames lasts at most: a signal that came just before it is seen so late.
const TICK: Duration = Duration::from_millis(100);

/// Who looks at what is captured.
pub(super) trait Watch {
    /// The device is open and the rights that opened it are still there: the moment to open output files. Afterwards root
    /// without sudo is nobody, who may not write where root may. Nothing is parsed before they are gone.
    fn prepare(&mut self) -> Result<()> {
        Ok(())
    }
    /// The device is open and all privileges are gone. `saved` is the open file of `--write`, for frames of this link type
    /// with at most `snaplen` octets.
    fn opened(&mut self, link: LinkType, snaplen: u32, saved: Option<File>) -> Result<()>;
    /// One frame, in the order of capture.
    fn frame(&mut self, frame: &Frame<'_>) -> Result<()>;
    /// After every bunch of frames, and at least every 100 ms.
    fn tick(&mut self) -> Result<()> {
        Ok(())
    }
}

pub(super) fn run(arguments: &Live, config: &Config) -> Result<Exit> {
    let captured = capture(arguments, config, &mut Plain)?;
    write_counts(captured.counts, config.lang, &mut io::stderr().lock())?;
    captured.failure.map_or(Ok(Exit::Done), |failure| Err(failure.into()))
}

/// How a capture ended.
pub(super) struct Captured {
    pub(super) counts: Counts,
    /// The device went away. What came before is good, so show it before telling this.
    pub(super) failure: Option<Failure>,
}

/// Opens the device, gives up privileges, and hands everything to `watch` until the user, a count or a time ends it.
///
/// # Errors
/// With exit code 3 where the device may not be opened; whatever `watch` returns.
pub(super) fn capture(arguments: &Live, config: &Config, watch: &mut dyn Watch) -> Result<Captured> {
    let lang = config.lang;
    let snaplen = match arguments.snaplen {
        Some(0) => WHOLE_PACKETS,
        Some(octets) => octets,
        None if arguments.write.is_some() => WHOLE_PACKETS,
        None => HEADERS_ONLY,
    };
    let options = LiveOptions { snaplen, filter: arguments.filter.clone(), ..LiveOptions::new(&arguments.interface) };
    let mut capture = LiveCapture::open(&options).map_err(|error| capture_failure(&error, lang))?;
    // With the rights of before, as root may be the only one who can write there; filled when they are gone.
    let saved = arguments.write.as_deref().map(|path| create(path, lang)).transpose()?;
    watch.prepare()?;
    if !arguments.no_drop {
        write_dropped(drop_privileges(User::behind_sudo())?, lang, &mut io::stderr().lock())?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // The first signal asks; a second, while the end is being drawn, ends at once. In this order.
        signal_hook::flag::register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    write_listening(&capture, snaplen, lang, &mut io::stderr().lock())?;
    watch.opened(capture.link(), snaplen, saved)?;
    let lost = follow(&mut capture, arguments, &stop, watch)?;
    Ok(Captured { counts: capture.counts(), failure: lost.map(|error| capture_failure(&error, lang)) })
}

/// The loop itself. Returns the device's error, if that ended it.
fn follow(
    capture: &mut LiveCapture,
    arguments: &Live,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<Option<LiveError>> {
    let end = arguments.duration.and_then(|duration| Instant::now().checked_add(duration));
    let mut left = arguments.count.unwrap_or(u64::MAX);
    while left > 0 && !stop.load(Ordering::Relaxed) {
        let rest = end.map_or(TICK, |end| end.saturating_duration_since(Instant::now()));
        if rest.is_zero() {
            break;
        }
        if let Err(error) = batch(&mut left, watch, |each| capture.poll_frames(rest.min(TICK), each))? {
            return Ok(Some(error));
        }
        watch.tick()?;
    }
    // What was captured before the end may still lie in a block of the kernel that is not full.
    if left == 0 {
        return Ok(None);
    }
    Ok(batch(&mut left, watch, |each| capture.drain(each))?.err())
}

/// One bunch of frames, of which no more than `left` are handed on. The outer error is the watcher's, the inner the device's.
fn batch(
    left: &mut u64,
    watch: &mut dyn Watch,
    read: impl FnOnce(&mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>) -> Result<usize, LiveError>,
) -> Result<Result<usize, LiveError>> {
    let mut watched = Ok(());
    let outcome = read(&mut |frame| {
        watched = watch.frame(frame);
        *left = left.saturating_sub(1);
        if watched.is_err() || *left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    watched.map(|()| outcome)
}

/// SEAM: stands in for the analyzer and the drawing; prints a line for each frame.
struct Plain;

impl Watch for Plain {
    fn opened(&mut self, _: LinkType, _: u32, saved: Option<File>) -> Result<()> {
        // SEAM: `source::save::PcapWriter::new(file, link, snaplen)` takes the file; `write(frame)` in `frame`, then `flush()`.
        match saved {
            Some(_) => Err(Failure::new(Exit::Failed, "not built yet: --write").into()),
            None => Ok(()),
        }
    }

    fn frame(&mut self, frame: &Frame<'_>) -> Result<()> {
        let (seconds, rest) = (frame.time.0 / 1_000_000_000, frame.time.0 % 1_000_000_000);
        writeln!(io::stdout().lock(), "{} {seconds}.{rest:09} {}", frame.number, frame.wire_len)?;
        Ok(())
    }
}

/// Creates the file for packets, never through a link, and gives it to the user behind sudo. `-` is standard output.
fn create(path: &Path, lang: Lang) -> Result<File> {
    let open = || -> io::Result<File> {
        if path == Path::new("-") {
            return Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?));
        }
        File::options().write(true).create(true).truncate(true).mode(0o600).custom_flags(O_NOFOLLOW).open(path)
    };
    let file = open()
        .map_err(|error| match Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
            Errno::ELOOP => io::Error::other(
                lang.pick("it is a symbolic link; name the file itself", "它是符号链接；请直接给出文件"),
            ),
            _ => error,
        })
        .with_context(|| format!("{} '{}'", lang.pick("cannot write", "无法写入"), path.display()))?;
    // Standard output was opened by the user's own shell.
    if path != Path::new("-") {
        give_to_user(&file);
    }
    Ok(file)
}

fn write_dropped(dropped: Dropped, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    match dropped {
        Dropped::Nothing => Ok(()),
        Dropped::Root(user) => writeln!(
            out,
            "{} {} ({} {})",
            lang.pick("root's rights given up: now user", "已放弃 root 权限：现为用户"),
            user.uid,
            lang.pick("group", "组"),
            user.gid
        ),
        Dropped::Capabilities => writeln!(out, "{}", lang.pick("capabilities given up", "已放弃权能")),
    }
}

fn write_listening(capture: &LiveCapture, snaplen: u32, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let (device, link) = (safe(capture.device()).into_owned(), link_name(capture.link()));
    match lang {
        Lang::En => {
            writeln!(out, "listening on {device}, link-type {link}, snapshot length {snaplen} octets; Ctrl-C ends it")
        }
        Lang::Zh => {
            writeln!(out, "正在监听 {device}，链路类型 {link}，截取长度 {snaplen} 字节；按 Ctrl-C 结束")
        }
    }
}

/// tcpdump's three lines, and a warning where the picture has holes.
pub(super) fn write_counts(counts: Counts, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} {}", counts.captured, lang.pick("packets captured", "个数据包已捕获"))?;
    writeln!(out, "{} {}", counts.received, lang.pick("packets received by filter", "个数据包通过过滤器"))?;
    writeln!(out, "{} {}", counts.dropped, lang.pick("packets dropped by kernel", "个数据包被内核丢弃"))?;
    if counts.dropped > 0 {
        writeln!(
            out,
            "{}",
            lang.pick(
                "warning: what was dropped is missing from the timeline; a narrower filter or a smaller --snaplen helps",
                "警告：时间线缺少被丢弃的数据包；可缩小过滤范围或减小 --snaplen"
            )
        )?;
    }
    Ok(())
}
