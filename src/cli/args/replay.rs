//! The options of `synfin replay`.

use super::Output;
use clap::Args;
use std::path::PathBuf;

/// Draw saved captures: pcap and pcapng, also gzipped
#[derive(Debug, Args)]
pub struct Replay {
    /// Files to read; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Draw the ladder of this connection
    #[arg(long, value_name = "N")]
    pub connection: Option<u64>,
    /// Exit with 4 when a file is damaged or cut short
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub output: Output,
    /// Packet filter (pcap-filter(7)), after --
    #[arg(value_name = "FILTER", last = true)]
    pub filter: Vec<String>,
}
