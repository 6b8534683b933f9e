//! `synfin schema`: the JSON Schema of the timeline.

use super::exit::Exit;
use crate::timeline::Timeline;
use anyhow::Result;
use std::io::Write;

pub(super) fn run() -> Result<Exit> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &Timeline::json_schema())?;
    writeln!(out)?;
    Ok(Exit::Done)
}
