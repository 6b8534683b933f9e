//! The options of `synfin replay`.

use super::{Choose, Output};
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

/// One side's capture: a file, and which of its interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideArg {
    pub file: PathBuf,
    /// A number, counted from 0, or a name.
    pub interface: Option<String>,
}

impl FromStr for SideArg {
    type Err = std::convert::Infallible;

    /// What stands after the last `#`; a file that is there under the whole name is meant so.
    fn from_str(text: &str) -> Result<SideArg, Self::Err> {
        let side =
            |file: &str, interface: Option<&str>| SideArg { file: file.into(), interface: interface.map(Into::into) };
        Ok(match text.rsplit_once('#') {
            Some((file, interface)) if !file.is_empty() && !interface.is_empty() && !PathBuf::from(text).exists() => {
                side(file, Some(interface))
            }
            _ => side(text, None),
        })
    }
}

/// Draw saved captures: pcap, pcapng and snoop, also packed with gzip, zstd or lz4
#[derive(Debug, Args)]
pub struct Replay {
    /// Files to read; - is standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["client", "where"], conflicts_with = "client")]
    pub files: Vec<PathBuf>,
    /// Join two captures of the same connections: the one taken on the client's side, and with --server the other. One file
    /// with two interfaces will do: FILE#0 and FILE#eth1 choose among them
    #[arg(long, value_name = "FILE[#INTERFACE]", requires = "server")]
    pub client: Option<SideArg>,
    /// The capture taken on the server's side
    #[arg(long, value_name = "FILE[#INTERFACE]", requires = "client")]
    pub server: Option<SideArg>,
    /// Both captures tell time by one clock (one machine, or PTP): estimate no offset. One file always does
    #[arg(long, requires = "client")]
    pub one_clock: bool,
    /// VLANs do not keep connections apart: the same addresses and ports are the same connection, as for Wireshark
    #[arg(long)]
    pub merge_vlans: bool,
    /// Draw the ladder of this connection
    #[arg(long, value_name = "N")]
    pub connection: Option<u64>,
    #[command(flatten)]
    pub choose: Choose,
    /// Print one JSON line per TCP packet in Wireshark's words: tcp.stream, tcp.analysis.*, completeness, round trips
    #[arg(long, conflicts_with_all = ["connection", "format", "output", "full", "where", "sort", "limit", "anonymize"])]
    pub packets: bool,
    /// Exit with 4 when a file is damaged or cut short
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub output: Output,
    /// Packet filter (pcap-filter(7)), after --
    #[arg(value_name = "FILTER", last = true)]
    pub filter: Vec<String>,
}
