//! `synfin schema`: the JSON Schema of the timeline.

use super::exit::Exit;
use crate::timeline::Timeline;
use anyhow::{Context, Result};
use std::io::Write;

pub(super) fn run() -> Result<Exit> {
    let mut schema = serde_json::to_vec_pretty(&Timeline::json_schema())?;
    schema.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&schema).and_then(|()| out.flush()).context("cannot write to standard output")?;
    Ok(Exit::Done)
}
