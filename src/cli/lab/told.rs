//! What was played, as a timeline; and what is told where it came to something else.

use super::super::args::Output;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::super::{replay, saving};
use crate::analyze::Wishes;
use crate::app::Manner;
use crate::assemble::Watch;
use crate::lab::performance::{LabError, Recording};
use crate::render::safe;
use crate::timeline::{Lang, SourceKind, Text, Timeline};
use anyhow::{Context, Result};
use std::io::{self, Write};
use std::path::Path;

/// The timeline of what was recorded, as the options wish it.
pub(super) fn told(
    recording: Recording,
    name: &str,
    save: Option<&Path>,
    (output, manner): (&Output, Manner),
    config: &Config,
) -> Result<Timeline> {
    let (full, msl) = (output.keeps_segments(), output.msl);
    let octets = output.outputs()?.has_octets() || output.show.header.is_some();
    let wishes = Wishes { watch: Watch::All, full, msl, manner, octets, ..Wishes::default() };
    timeline(recording, name, save, wishes, config)
}

/// The timeline of what was recorded, made as a replay of the file makes it; the file is also saved where that is wished.
pub(super) fn timeline(
    recording: Recording,
    name: &str,
    save: Option<&Path>,
    wishes: Wishes,
    config: &Config,
) -> Result<Timeline> {
    let mut bytes = Vec::new();
    recording.write(&mut bytes).context(config.lang.pick("cannot save the packets", "无法保存数据包"))?;
    // The packets are all in the file.
    drop(recording);
    if let Some(path) = save {
        saving::whole(path, &bytes, config.lang)?;
    }
    let mut timeline = replay::recording(bytes, name, wishes, config)?;
    (timeline.source.kind, timeline.source.name) = (SourceKind::Lab, name.into());
    Ok(timeline)
}

/// Says that it was interrupted, and what is shown is not all.
pub(super) fn interrupted(lang: Lang) -> io::Result<()> {
    let said = lang.pick("interrupted: this is what came until then", "已中断：以下是在此之前的内容");
    writeln!(io::stderr().lock(), "{said}")
}

pub(super) fn failed(error: LabError, lang: Lang) -> anyhow::Error {
    match error {
        LabError::Stopped => Failure::new(Exit::Interrupted, "interrupted").into(),
        other => anyhow::Error::from(other).context(lang.pick("the lab failed", "实验失败")),
    }
}

/// What is told of a fault that met no segment.
pub(super) fn unmet(fault: &str) -> Text {
    let fault = safe(fault);
    Text::new(
        format!("the fault '{fault}' met no segment (where that may be so: '{fault}, if any')"),
        format!("故障 '{fault}' 没有遇到任何报文段（若允许如此，写作 '{fault}, if any'）"),
    )
}
