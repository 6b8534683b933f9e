//! `synfin live`: capture a device until told to stop.

mod pictures;
mod session;

use super::args::Live;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::permission::capture_failure;
use super::{interrupt, saving};
use crate::render::safe;
use crate::source::Frame;
use crate::source::live::{Counts, HEADERS_ONLY, LiveCapture, LiveError, LiveOptions, WHOLE_PACKETS, link_name};
use crate::source::privilege::Dropped;
use crate::timeline::Lang;
use anyhow::Result;
use session::Session;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long one wait for frames lasts at most: a signal that came just before it is seen so late.
const TICK: Duration = Duration::from_millis(100);
/// Dense traffic is read and drawn so often at most: each waking takes the processor from the load that is watched. The
/// ring holds thirty times what comes meanwhile.
const PAUSE: Duration = Duration::from_millis(10);
/// After so many frames in one go there is no pause.
const MANY: u64 = 4000;
const REFRESH: Duration = Duration::from_millis(50);

pub(super) fn run(arguments: &Live, config: &Config) -> Result<Exit> {
    let mut session = Session::new(arguments, config)?;
    let captured = capture(arguments, config, &mut session)?;
    session.finish(captured.counts)?;
    write_counts(captured.counts, config.lang, &mut io::stderr().lock())?;
    captured.failure.map_or(Ok(Exit::Done), |failure| Err(failure.into()))
}

/// How a capture ended.
struct Captured {
    counts: Counts,
    /// The device went away. What came before is good, so show it before telling this.
    failure: Option<Failure>,
}

/// Opens the device, gives up privileges, and hands everything to the session until the user, a count or a time ends it.
///
/// # Errors
/// With exit code 3 where the device may not be opened; whatever the session returns.
fn capture(arguments: &Live, config: &Config, session: &mut Session<'_>) -> Result<Captured> {
    let lang = config.lang;
    let snaplen = match arguments.snaplen {
        Some(0) => WHOLE_PACKETS,
        Some(octets) => octets,
        None if arguments.write.is_some() => WHOLE_PACKETS,
        None => HEADERS_ONLY,
    };
    let options =
        LiveOptions { filter: arguments.filter.clone(), ..LiveOptions::new(&arguments.interface) }.keeping(snaplen);
    let mut capture = LiveCapture::open(&options).map_err(|error| capture_failure(&error, lang))?;
    // With the rights of before, as root may be the only one who can write there; filled when they are gone.
    let saved = arguments.write.as_deref().map(|path| saving::create(path, lang)).transpose()?;
    if !arguments.no_drop {
        write_dropped(session.settle_rights()?, lang, &mut io::stderr().lock())?;
    }
    let stop = interrupt::flag()?;
    write_listening(&capture, snaplen, lang, &mut io::stderr().lock())?;
    session.open(capture.link(), snaplen, saved)?;
    let lost = follow(&mut capture, arguments, &stop, session)?;
    Ok(Captured { counts: capture.counts(), failure: lost.map(|error| capture_failure(&error, lang)) })
}

/// The loop itself. Returns the device's error, if that ended it.
fn follow(
    capture: &mut LiveCapture,
    arguments: &Live,
    stop: &AtomicBool,
    session: &mut Session<'_>,
) -> Result<Option<LiveError>> {
    let end = arguments.duration.and_then(|duration| Instant::now().checked_add(duration));
    let mut left = arguments.count.unwrap_or(u64::MAX);
    let mut refreshed = None;
    while left > 0 && !stop.load(Ordering::Relaxed) {
        let rest = end.map_or(TICK, |end| end.saturating_duration_since(Instant::now()));
        if rest.is_zero() {
            break;
        }
        let before = capture.captured();
        if let Err(error) = batch(&mut left, session, |each| capture.poll_frames(rest.min(TICK), each))? {
            return Ok(Some(error));
        }
        let read = capture.captured() - before;
        if read == 0 || refreshed.is_none_or(|at: Instant| at.elapsed() >= REFRESH) {
            session.tick()?;
            refreshed = Some(Instant::now());
        }
        if (1..MANY).contains(&read) && left > 0 {
            std::thread::sleep(PAUSE.min(rest));
        }
    }
    // What was captured before the end may still lie in a block of the kernel that is not full.
    if left == 0 {
        return Ok(None);
    }
    Ok(batch(&mut left, session, |each| capture.drain(each))?.err())
}

/// One bunch of frames, of which no more than `left` are handed on. The outer error is the session's, the inner the device's.
fn batch(
    left: &mut u64,
    session: &mut Session<'_>,
    read: impl FnOnce(&mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>) -> Result<usize, LiveError>,
) -> Result<Result<usize, LiveError>> {
    let mut watched = Ok(());
    let outcome = read(&mut |frame| {
        watched = session.frame(frame);
        *left = left.saturating_sub(1);
        if watched.is_err() || *left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    watched.map(|()| outcome)
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
