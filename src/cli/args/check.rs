//! The options of `synfin check`.

use super::SideArg;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  synfin check mine.pcap --expect three-way-handshake --expect four-way-close
  synfin check homework/*.pcapng --like lesson.txt     a sequence of one's own: one line a segment
  synfin check mine.pcap --like teacher.pcap           the same sequence as another capture
  synfin check mine.pcapng --like syn-lost             what a scenario of the lab expects
  synfin check --write teacher.pcap > lesson.txt       a start for one's own
  synfin check --list                                  sequences with a name; --show NAME prints one

A sequence has a line for each segment: client SYN, server SYN-ACK, client ACK, client data 10, server FIN, server RST;
behind it lost, again, twice, late, corrupt, win 0, ? (or not), * (any number), + (one or more); ... is whatever
comes; pure ACKs need not be named. client: SYN-SENT ESTABLISHED ... and open:, close:, cause:, time-wait: speak of
states and of the verdict.

Exit codes: 0 every connection fits, 1 one does not, 2 wrong usage or a sequence that cannot be read,
            4 a capture that cannot be read";

/// Say whether captures show a sequence of segments, and where they first differ; for homework and CI
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    /// Captures, each checked for itself; a timeline in JSON will do; - is standard input
    #[arg(value_name = "CAPTURE", required_unless_present_any = ["client", "list", "show"], conflicts_with = "client")]
    pub files: Vec<PathBuf>,
    /// A sequence that has a name (--list); may be given several times: all must fit
    #[arg(long, value_name = "NAME")]
    pub expect: Vec<String>,
    /// A sequence in a text file, a capture that shows it, or a scenario of the lab: its file or its name (synfin lab list)
    #[arg(long, value_name = "FILE|SCENARIO")]
    pub like: Option<PathBuf>,
    /// Check this connection only [default: every one must fit]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub connection: Option<u64>,
    /// Join two captures of the same connections: the one taken on the client's side, and with --server the other
    #[arg(long, value_name = "FILE[#INTERFACE]", requires = "server")]
    pub client: Option<SideArg>,
    /// The capture taken on the server's side
    #[arg(long, value_name = "FILE[#INTERFACE]", requires = "client")]
    pub server: Option<SideArg>,
    /// Print the sequence that the captures show
    #[arg(long, conflicts_with_all = ["expect", "like", "format"])]
    pub write: bool,
    /// List the sequences that have a name
    #[arg(long, exclusive = true)]
    pub list: bool,
    /// Print a sequence that has a name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["expect", "like", "write", "files", "client", "format"])]
    pub show: Option<String>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// A line per connection, and where it differs
    Text,
    /// One JSON object, for CI
    Json,
}
