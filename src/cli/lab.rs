//! `synfin lab`: two hosts, a wire between them, and the kernel as witness.

use super::args::{Lab, LabCommand, LabExec};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::output::Outputs;
use super::permission::namespace_failure;
use super::{interrupt, names, saving, witnessed};
use crate::analyze::{Both, Ending, Side, Wishes};
use crate::assemble::Watch;
use crate::lab::exec::{Exec, ExecError, Happened};
use crate::lab::namespace;
use crate::lab::wire::Plan;
use crate::ladder::View;
use crate::source::{CaptureReader, OpenError};
use crate::timeline::{Lang, SourceKind, Timeline};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

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
    let mut timeline = told(&happened, args, saved, lang)?;
    names::give(&mut timeline, config)?;
    outputs.write(&timeline, &View::default(), config)?;
    Ok(Exit::Done)
}

/// The timeline of what was recorded, read back as a replay of the file reads it.
fn told(happened: &Happened, args: &LabExec, saved: Option<File>, lang: Lang) -> Result<Timeline> {
    let cannot = || lang.pick("cannot save the packets", "无法保存数据包");
    let mut bytes = Vec::new();
    happened.record.write(APPLICATION, &[], &mut bytes).with_context(cannot)?;
    if let Some(file) = saved {
        BufWriter::new(file).write_all(&bytes).with_context(cannot)?;
    }
    let mut spool = tempfile::tempfile().with_context(cannot)?;
    spool.write_all(&bytes).and_then(|()| spool.rewind()).with_context(cannot)?;
    drop(bytes);
    let wishes = Wishes { watch: Watch::All, full: args.output.full, msl: args.output.msl, ..Wishes::default() };
    let mut both = Both::new(wishes, true);
    let mut reader = CaptureReader::from_reader(spool)
        .map_err(|error: OpenError| anyhow::anyhow!(error.text().get(lang).to_string()))?;
    while let Some(frame) = reader.next() {
        let side = if frame.interface == 0 { Side::Client } else { Side::Server };
        both.push(side, &frame);
    }
    for word in happened.seen.iter().flatten().flat_map(witnessed::words) {
        both.hear_kernel(&word);
    }
    let dropped = happened.record.left_out;
    Ok(both.finish(SourceKind::Lab, "exec", Ending { dropped, ..Ending::default() }))
}

fn failed(error: ExecError, lang: Lang) -> anyhow::Error {
    match error {
        ExecError::Stopped => Failure::new(Exit::Interrupted, "interrupted").into(),
        other => anyhow::Error::from(other).context(lang.pick("the lab failed", "实验失败")),
    }
}
