//! What is said below a table where text was asked for: it shows none.

use crate::cli::args::Output;
use crate::cli::config::Config;
use crate::cli::output::Outputs;
use crate::render::Format;
use crate::timeline::Timeline;
use anyhow::Result;
use std::io::{self, Write};

/// Says how the text of one of many connections is seen.
pub(super) fn write(args: &Output, timeline: &Timeline, outputs: &Outputs, config: &Config) -> Result<()> {
    if !args.reads_text() || outputs.stdout_format() != Format::Text || timeline.connections.len() < 2 {
        return Ok(());
    }
    let text = config.lang.pick(
        "The text of one connection: --connection N --text; of all, message by message: --format messages --text",
        "查看某个连接的文本：--connection N --text；逐条查看全部消息：--format messages --text",
    );
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}
