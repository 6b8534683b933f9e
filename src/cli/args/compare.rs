//! The options of `synfin compare`.

use super::CheckFormat;
use crate::lab::fault::time;
use clap::Args;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  synfin compare http-keep-alive http-short-connections        two scenarios of the lab
  synfin compare http-keep-alive http-short-connections --delay 0,10ms,50ms
  synfin compare before.pcapng after.pcapng                    two captures; timelines in JSON will do";

/// Draw two timelines next to each other, and count what one costs more than the other
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Compare {
    /// A capture, a timeline in JSON, or a scenario: its name (synfin lab list) or its file
    #[arg(value_name = "A")]
    pub a: String,
    /// What it is compared with
    #[arg(value_name = "B")]
    pub b: String,
    /// Play both scenarios over wires that take so long one way, one after the other, as 0,10ms,50ms
    #[arg(long, value_name = "TIMES", value_delimiter = ',', value_parser = a_time)]
    pub delay: Vec<Duration>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

/// A length of time, as 10ms; `0` needs no unit.
fn a_time(text: &str) -> Result<Duration, String> {
    let time = if text == "0" { Some(Duration::ZERO) } else { time(text) };
    time.filter(|time| *time <= Duration::from_secs(10)).ok_or_else(|| "a time such as 10ms, at most 10s".into())
}
