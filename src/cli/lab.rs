//! `synfin lab`: two hosts, a wire between them, and the kernel as witness.

use super::args::{Lab, LabCommand, LabExec};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::output::Outputs;
use super::permission::namespace_failure;
use super::{interrupt, names, replay, saving};
use crate::analyze::Wishes;
use crate::assemble::Watch;
use crate::lab::exec::{Exec, ExecError, Happened};
use crate::lab::namespace;
use crate::lab::wire::Plan;
use crate::lab::witness::Seen;
use crate::ladder::View;
use crate::source::journal;
use crate::timeline::{Lang, SourceKind, Timeline};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{self, Write};

/// What the recording says made it.
const APPLICATION: &str = concat!("synfin lab ", env!("CARGO_PKG_VERSION"));

pub(super) fn run(args: &Lab, config: &Config) -> Result<Exit> {
    match &args.command {
        LabCommand::Exec(args) => exec(args, config),
    }
}

fn exec(args: &LabExec, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let outputs = Outputs::new(args.output.format, &args.output.output)?;
    // Before any thread: only a process with one thread may move.
    namespace::enter().map_err(|error| namespace_failure(&error, lang))?;
    let saved = args.write.as_deref().map(|path| saving::create(path, lang)).transpose()?;
    let stop = interrupt::flag()?;
    let plan = Plan { delay: args.delay, rate: args.rate(), faults: args.fault.clone() };
    let exec = Exec { server: args.server.clone(), client: args.client.clone(), plan };
    let happened = exec.perform(&stop).map_err(|error| failed(error, lang))?;
    if !happened.client.success() {
        let mut err = io::stderr().lock();
        let status = happened.client;
        match lang {
            Lang::En => writeln!(err, "warning: the client ended with {status}")?,
            Lang::Zh => writeln!(err, "警告：客户端以 {status} 结束")?,
        }
    }
    let mut timeline = told(&happened, args, saved, config)?;
    names::give(&mut timeline, config)?;
    outputs.write(&timeline, &View::default(), config)?;
    Ok(Exit::Done)
}

/// The timeline of what was recorded, made as a replay of the file makes it.
fn told(happened: &Happened, args: &LabExec, saved: Option<File>, config: &Config) -> Result<Timeline> {
    let cannot = || config.lang.pick("cannot save the packets", "无法保存数据包");
    let mut bytes = Vec::new();
    happened.record.write(APPLICATION, &mut bytes).with_context(cannot)?;
    for word in happened.seen.iter().flatten().flat_map(Seen::words) {
        journal::write_state(&word, &mut bytes).with_context(cannot)?;
    }
    journal::write_polling(happened.longest, happened.ended, &mut bytes).with_context(cannot)?;
    if let Some(mut file) = saved {
        file.write_all(&bytes).with_context(cannot)?;
    }
    let mut spool = tempfile::Builder::new().suffix(".pcapng").tempfile().with_context(cannot)?;
    spool.write_all(&bytes).and_then(|()| spool.flush()).with_context(cannot)?;
    drop(bytes);
    let wishes = Wishes { watch: Watch::All, full: args.output.full, msl: args.output.msl, ..Wishes::default() };
    let mut timeline = replay::recording(spool.path(), wishes, config)?;
    (timeline.source.kind, timeline.source.name) = (SourceKind::Lab, "exec".into());
    timeline.source.packets.dropped += happened.record.left_out;
    Ok(timeline)
}

fn failed(error: ExecError, lang: Lang) -> anyhow::Error {
    match error {
        ExecError::Stopped => Failure::new(Exit::Interrupted, "interrupted").into(),
        other => anyhow::Error::from(other).context(lang.pick("the lab failed", "实验失败")),
    }
}
