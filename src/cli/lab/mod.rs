//! `synfin lab`: two hosts, a wire between them, and the kernel as witness.

mod all;
mod exec;
mod ground;
mod judged;
mod list;
mod run;

use super::args::{Lab, LabCommand, Output};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::{replay, saving};
use crate::analyze::Wishes;
use crate::assemble::Watch;
use crate::lab::performance::{LabError, Recording};
use crate::render::safe;
use crate::timeline::{Lang, SourceKind, Text, Timeline};
use anyhow::{Context, Result};
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &Lab, config: &Config) -> Result<Exit> {
    match &args.command {
        LabCommand::Exec(args) => exec::run(args, config),
        LabCommand::Run(args) if args.all => all::run(args, config),
        LabCommand::Run(args) => run::run(args, config),
        LabCommand::List => list::run(config),
    }
}

/// The timeline of what was recorded, made as a replay of the file makes it; the file is also saved where that is wished.
fn told(
    recording: Recording,
    name: &str,
    save: Option<&Path>,
    (output, body): (&Output, usize),
    config: &Config,
) -> Result<Timeline> {
    let mut bytes = Vec::new();
    recording.write(&mut bytes).context(config.lang.pick("cannot save the packets", "无法保存数据包"))?;
    // The packets are all in the file.
    drop(recording);
    if let Some(path) = save {
        saving::whole(path, &bytes, config.lang)?;
    }
    let (full, msl, shows_secrets) = (output.full, output.msl, output.show_secrets);
    let wishes = Wishes { watch: Watch::All, full, msl, shows_secrets, body, ..Wishes::default() };
    let mut timeline = replay::recording(bytes, name, wishes, config)?;
    (timeline.source.kind, timeline.source.name) = (SourceKind::Lab, name.into());
    Ok(timeline)
}

/// Says that it was interrupted, and what is shown is not all.
fn interrupted(lang: Lang) -> io::Result<()> {
    let said = lang.pick("interrupted: this is what came until then", "已中断：以下是在此之前的内容");
    writeln!(io::stderr().lock(), "{said}")
}

fn failed(error: LabError, lang: Lang) -> anyhow::Error {
    match error {
        LabError::Stopped => Failure::new(Exit::Interrupted, "interrupted").into(),
        other => anyhow::Error::from(other).context(lang.pick("the lab failed", "实验失败")),
    }
}

/// What is told of a fault that met no segment.
fn unmet(fault: &str) -> Text {
    let fault = safe(fault);
    Text::new(
        format!("the fault '{fault}' met no segment (where that may be so: '{fault}, if any')"),
        format!("故障 '{fault}' 没有遇到任何报文段（若允许如此，写作 '{fault}, if any'）"),
    )
}
