//! `synfin schema`: the JSON Schema of the timeline.

use super::exit::Exit;
use crate::timeline::{Lang, Timeline};
use anyhow::{Context, Result};
use std::io::Write;

pub(super) fn run(lang: Lang) -> Result<Exit> {
    let mut schema = serde_json::to_vec_pretty(&Timeline::json_schema())?;
    schema.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&schema)
        .and_then(|()| out.flush())
        .context(lang.pick("cannot write to standard output", "无法写入标准输出"))?;
    Ok(Exit::Done)
}
