//! `synfin lab`: two hosts, a wire between them, and the kernel as witness.

mod exec;
mod list;
mod run;

use super::args::{Lab, LabCommand, Output};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::replay;
use crate::analyze::Wishes;
use crate::assemble::Watch;
use crate::lab::{LabError, Recording};
use crate::timeline::{Lang, SourceKind, Timeline};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::Write;

pub(super) fn run(args: &Lab, config: &Config) -> Result<Exit> {
    match &args.command {
        LabCommand::Exec(args) => exec::run(args, config),
        LabCommand::Run(args) => run::run(args, config),
        LabCommand::List => list::run(config),
    }
}

/// The timeline of what was recorded, made as a replay of the file makes it; the file is also saved where that is wished.
fn told(recording: &Recording, name: &str, saved: Option<File>, output: &Output, config: &Config) -> Result<Timeline> {
    let cannot = || config.lang.pick("cannot save the packets", "无法保存数据包");
    let mut bytes = Vec::new();
    recording.write(&mut bytes).with_context(cannot)?;
    if let Some(mut file) = saved {
        file.write_all(&bytes).with_context(cannot)?;
    }
    let mut spool = tempfile::Builder::new().suffix(".pcapng").tempfile().with_context(cannot)?;
    spool.write_all(&bytes).and_then(|()| spool.flush()).with_context(cannot)?;
    drop(bytes);
    let wishes = Wishes { watch: Watch::All, full: output.full, msl: output.msl, ..Wishes::default() };
    let mut timeline = replay::timeline(&[spool.path().to_path_buf()], wishes, config)?;
    (timeline.source.kind, timeline.source.name) = (SourceKind::Lab, name.into());
    timeline.source.packets.dropped += recording.record.left_out;
    Ok(timeline)
}

fn failed(error: LabError, lang: Lang) -> anyhow::Error {
    match error {
        LabError::Stopped => Failure::new(Exit::Interrupted, "interrupted").into(),
        other => anyhow::Error::from(other).context(lang.pick("the lab failed", "实验失败")),
    }
}
