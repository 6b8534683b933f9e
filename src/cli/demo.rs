//! `synfin demo`: a real transfer on a private loopback, captured, explained, and checked with the kernel.

use super::args::{CloserArg, Demo, TeardownArg};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::names;
use super::permission::{capture_failure, namespace_failure};
use super::{choose, interrupt, saving};
use crate::analyze::{Analyzer, Ending, Wishes};
use crate::assemble::Watch;
use crate::lab::kernel::witness::{Seen, Witness};
use crate::lab::namespace;
use crate::lab::performance::rehearsal::{Performed, Rehearsal, RehearsalError, Watchers};
use crate::source::clock::now;
use crate::source::live::{HEADERS_ONLY, LiveCapture, LiveOptions, WHOLE_PACKETS};
use crate::tcp::HostsWord;
use crate::timeline::{Lang, SourceKind};
use crate::transfer::names::{HOSTS_FILE, look_up};
use crate::transfer::{Closer, Root};
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The server's port. In a network of our own every port is free.
const PORT: u16 = 8080;
const FILE: &str = "lesson.txt";
/// Longer than Linux ever delays an ACK (200 ms), so that the ACK of the FIN goes out alone.
const WORK_AFTER_FIN: Duration = Duration::from_millis(250);
/// How often the kernel is asked while TIME-WAIT runs.
const ASK_EVERY: Duration = Duration::from_millis(50);

pub(super) fn run(args: &Demo, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let outputs = args.output.outputs()?;
    choose::refuse_other_pictures(&args.output.show, &outputs)?;
    // Before any thread: only a process with one thread may move.
    namespace::enter().map_err(|error| namespace_failure(&error, "demo", config.lang))?;
    let snaplen = if args.write.is_some() { WHOLE_PACKETS } else { HEADERS_ONLY };
    let options = LiveOptions { filter: vec!["tcp".into()], ..LiveOptions::new("lo") }.keeping(snaplen);
    let mut capture = LiveCapture::open(&options).map_err(|error| capture_failure(&error, config.lang))?;
    let saved = args.write.as_deref().map(|path| saving::create(path, config.lang)).transpose()?;
    let mut packets = saved.map(|file| saving::packets(file, capture.link(), snaplen, lang)).transpose()?;
    outputs.settle_rights()?;
    let stop = interrupt::flag()?;
    let mut witness =
        Witness::open(&[PORT]).context(lang.pick("cannot ask the kernel about its sockets", "无法向内核询问套接字"))?;
    let folder = lesson(args.octets, lang)?;
    let looked_up = localhost(args.ipv6);
    let ip = if args.ipv6 { IpAddr::V6(Ipv6Addr::LOCALHOST) } else { IpAddr::V4(Ipv4Addr::LOCALHOST) };
    let mut found = looked_up.iter().flat_map(|word| &word.found).map(|(ip, _)| *ip);
    let rehearsal = Rehearsal {
        ip: found.find(IpAddr::is_loopback).unwrap_or(ip),
        port: PORT,
        root: Root::open(folder.path())
            .context(lang.pick("cannot open the demo's folder", "无法打开演示用的文件夹"))?,
        name: FILE.into(),
        close_first: match args.close_first {
            CloserArg::Client => Closer::Client,
            CloserArg::Server => Closer::Server,
        },
        work_after_fin: match args.teardown {
            TeardownArg::Four => WORK_AFTER_FIN,
            TeardownArg::Three => Duration::ZERO,
        },
    };
    let mut analyzer = Analyzer::new(Wishes {
        watch: Watch::All,
        full: args.output.keeps_segments(),
        msl: args.output.msl,
        octets: outputs.has_octets() || args.output.show.header.is_some(),
        ..Wishes::default()
    });
    let mut unsaved = None;
    let mut watchers = Watchers {
        capture: &mut capture,
        witness: &mut witness,
        on_frame: &mut |frame| {
            analyzer.push(frame);
            if let Some(packets) = &mut packets
                && unsaved.is_none()
            {
                unsaved = packets.write(frame).err();
            }
        },
    };
    let performed = rehearsal.perform(&mut watchers, &stop).map_err(|error| failed(error, lang))?;
    if args.follow {
        follow(&performed, &mut watchers, &stop, config)?;
    }
    let dropped = capture.counts().dropped;
    if let Some(mut packets) = packets {
        unsaved.map_or_else(|| packets.flush(), Err).context(lang.pick("cannot save the packets", "无法保存数据包"))?;
    }
    // Both ends are this program, whether or not the kernel was asked while their sockets lived.
    let own = format!("synfin[{}]", std::process::id());
    for word in looked_up {
        analyzer.hear_hosts(HostsWord { program: Some(own.clone()), ..word });
    }
    analyzer.hear_owner(performed.client, &own);
    analyzer.hear_owner(performed.server, &own);
    for word in witness.seen().iter().flat_map(Seen::words) {
        analyzer.hear_kernel(&word);
    }
    let ending = Ending { at: Some(now()), dropped, ..Ending::default() };
    let mut timeline = analyzer.finish(SourceKind::Lab, "lo", ending);
    names::give(&mut timeline, config)?;
    let timeline = choose::hide(timeline, &args.output.show, config)?;
    outputs.write(&timeline, &choose::shown(&args.output.show, config), config)?;
    Ok(Exit::Done)
}

/// The addresses of `localhost` that the demo can use, of one version of IP; what says nothing of them is left out.
fn localhost(is_v6: bool) -> Vec<HostsWord> {
    let mut words = look_up(Path::new(HOSTS_FILE), "localhost", now);
    words.iter_mut().for_each(|word| word.found.retain(|(ip, _)| ip.is_ipv6() == is_v6));
    words.retain(|word| !word.found.is_empty());
    words
}

fn failed(error: RehearsalError, lang: Lang) -> anyhow::Error {
    match error {
        RehearsalError::Stopped => Failure::new(Exit::Interrupted, "interrupted").into(),
        other => anyhow::Error::from(other).context(lang.pick("the demo's transfer failed", "演示的传输失败")),
    }
}

/// A folder with the file to download.
fn lesson(size: u64, lang: Lang) -> Result<tempfile::TempDir> {
    let folder = tempfile::Builder::new()
        .prefix("synfin-demo-")
        .tempdir()
        .context(lang.pick("cannot make a folder for the demo", "无法建立演示用的文件夹"))?;
    let mut out = BufWriter::new(File::create(folder.path().join(FILE))?);
    let line = b"SYN, SYN-ACK, ACK; FIN, ACK, FIN, ACK; then 2MSL.\n";
    let mut left = size;
    while left > 0 {
        let piece = line.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(line);
        out.write_all(piece)?;
        left -= piece.len() as u64;
    }
    out.flush().context(lang.pick("cannot write the demo's file", "无法写入演示用的文件"))?;
    Ok(folder)
}

/// Stays until the kernel has let go of the socket in TIME-WAIT.
fn follow(performed: &Performed, watchers: &mut Watchers<'_>, stop: &AtomicBool, config: &Config) -> Result<()> {
    let Performed { client, server, .. } = *performed;
    let Some((local, remote)) = [(client, server), (server, client)].into_iter().find(|(local, remote)| {
        watchers.witness.socket(*local, *remote).is_some_and(|seen| seen.time_wait.is_some() && seen.gone.is_none())
    }) else {
        return Ok(());
    };
    let left = |watchers: &Watchers<'_>| {
        let seen = watchers.witness.socket(local, remote)?;
        seen.time_wait.filter(|_| seen.gone.is_none()).map(|wait| wait.remaining)
    };
    let whole = left(watchers).unwrap_or_default();
    if !io::stderr().is_terminal() {
        let seconds = whole.as_secs_f64();
        let mut err = io::stderr().lock();
        match config.lang {
            Lang::En => writeln!(err, "{local} waits in TIME-WAIT; the kernel says {seconds:.1} s are left")?,
            Lang::Zh => writeln!(err, "{local} 在 TIME-WAIT 等待；内核报告剩余 {seconds:.1} 秒")?,
        }
    }
    let bar = ProgressBar::with_draw_target(Some(whole.as_millis() as u64), ProgressDrawTarget::stderr());
    let template =
        config.lang.pick("TIME-WAIT {prefix} [{wide_bar}] {msg} left", "TIME-WAIT {prefix} [{wide_bar}] 剩余 {msg}");
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(local.to_string());
    let mut next = Instant::now();
    while let Some(left) = left(watchers) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        bar.set_message(format!("{:.1} s", left.as_secs_f64()));
        bar.set_position(whole.saturating_sub(left).as_millis() as u64);
        next += ASK_EVERY;
        watchers.look(next.saturating_duration_since(Instant::now())).map_err(|error| failed(error, config.lang))?;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    bar.finish_and_clear();
    Ok(())
}
