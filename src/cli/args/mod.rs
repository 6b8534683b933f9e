//! What clap parses. `config` turns it into what the program uses, once.
// Doc comments are help texts here, where brackets stand for themselves.
#![allow(rustdoc::broken_intra_doc_links)]

mod check;
mod choose;
mod compare;
mod format;
mod lab;
mod replay;
mod show;

pub use check::{Check, CheckFormat};
pub use choose::Choose;
pub use compare::Compare;
pub use lab::{Lab, LabCommand, LabExec, LabRun};
pub use replay::{Replay, SideArg};
pub use show::Show;

use super::output::Outputs;
use crate::app::{Encoding, Manner};
use crate::ladder::Detail;
use crate::render::Format;
use crate::render::picture::Size;
use crate::tcp::MslProfile;
use crate::timeline::Relabel;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// See the whole life of a TCP connection in real packets: SYN, data, FIN, and TIME-WAIT with its 2MSL.
#[derive(Debug, Parser)]
#[command(name = "synfin", version, about, arg_required_else_help = true, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub look: Look,
}

const EXAMPLES: &str = "\
Examples:
  synfin demo                              a real connection on a private loopback, no sudo needed
  synfin replay captures/download.pcap     draw a saved capture
  sudo synfin live -i lo tcp port 8080     watch connections as they happen

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not permitted, 4 damaged input with --strict;
            check: 1 a capture does not fit, 4 one cannot be read;
            130 get or demo interrupted (Ctrl-C is how live and serve end: 0)";

#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(Demo),
    Lab(Lab),
    Live(Live),
    Replay(Replay),
    Render(Render),
    Check(Check),
    Compare(Compare),
    /// Print the JSON Schema of the timeline
    Schema,
    Explain(Explain),
    Serve(Serve),
    Get(Get),
    Interfaces(Interfaces),
    Doctor(Doctor),
}

/// How things are shown; every command takes these.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "How it looks")]
pub struct Look {
    /// Language of the output [default: from the locale]
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangArg>,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = When::Auto)]
    pub color: When,
    /// Characters to draw with: box drawing, only unambiguously narrow ones, or plain ASCII [default: from the locale]
    #[arg(long, global = true, value_enum)]
    pub charset: Option<CharsetArg>,
    /// Columns to draw in [default: the terminal's, else 100]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub width: Option<u16>,
    /// Name a peer: 10.0.0.1=Client, 10.0.0.1:80=Web, [::1]:80=Web; may be given several times
    #[arg(long, global = true, value_name = "ADDRESS=NAME")]
    pub relabel: Vec<Relabel>,
    /// In pictures: rows as near as their words allow, or as far apart as they are in time
    #[arg(long, global = true, value_enum, default_value_t = SpacingArg::Even)]
    pub spacing: SpacingArg,
    /// Colours of pictures [default: light; a page follows its reader's choice]
    #[arg(long, global = true, value_enum)]
    pub theme: Option<ThemeArg>,
    /// How much is told of each segment: terse is packetdrill's notation, S. 0:0(0) ack 1 win 65160 <mss 1460>
    #[arg(long, global = true, value_enum, value_name = "HOW", default_value_t = Detail::Normal)]
    pub detail: Detail,
    /// Size of pictures in pixels, as 1920x1080 [default: 1280x720, longer where the rows need it]
    #[arg(long, global = true, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub size: Option<Size>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SpacingArg {
    Even,
    Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeArg {
    Light,
    Dark,
    /// Black on white
    Print,
    /// Colours that all eyes tell apart
    #[value(alias = "color-blind")]
    ColourBlind,
}

/// A size in pixels, as `1280x720`.
fn size(text: &str) -> Result<Size, String> {
    let sides = text.split_once(['x', 'X', '×']).map(|(width, height)| (width.parse().ok(), height.parse().ok()));
    match sides {
        Some((Some(width @ 320..=16_384), Some(height @ 200..=16_384))) => Ok(Size { width, height }),
        Some((Some(_), Some(_))) => Err("a picture is 320x200 to 16384x16384 pixels".to_string()),
        _ => Err("give width and height, as 1280x720".to_string()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LangArg {
    En,
    Zh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CharsetArg {
    Unicode,
    Narrow,
    Ascii,
}

/// Where a timeline goes, and by which clock TIME-WAIT is reckoned.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write to FILE, in the format of its suffix (.json, .txt, .csv, .ndjson, .har, .svg, .png, .html); may be given several times; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Also draw one picture per step into DIR, each with all before it: step-01.svg, step-01.png, …
    #[arg(long, value_name = "DIR")]
    pub frames: Option<PathBuf>,
    /// Whose TIME-WAIT to reckon with: linux (60 s), rfc (4 min), bsd (60 s), macos (30 s), windows (120 s), or seconds
    #[arg(long, value_name = "PROFILE", default_value = "linux")]
    pub msl: MslProfile,
    /// Show every segment; do not fold ordinary data into runs
    #[arg(long)]
    pub full: bool,
    /// Show the values of Authorization, Cookie and other HTTP header fields that hold secrets; otherwise only how long they are
    #[arg(long)]
    pub show_secrets: bool,
    /// Show what programs say that speak no known protocol, as text, turn by turn
    #[arg(long)]
    pub text: bool,
    /// In what encoding that text is read; auto guesses, and says so. Implies --text
    #[arg(long, value_enum, value_name = "ENCODING")]
    pub encoding: Option<EncodingArg>,
    #[command(flatten)]
    pub show: Show,
}

impl Output {
    /// Where things are written, settled before any work is done.
    ///
    /// # Errors
    /// As [`Outputs::new`].
    pub fn outputs(&self) -> anyhow::Result<Outputs> {
        Outputs::new(self.format, &self.output, self.frames.as_deref())
    }

    /// Whether every segment is kept: a graph is made of them.
    pub fn keeps_segments(&self) -> bool {
        self.full || self.show.plots_segments() || self.show.header.is_some()
    }

    /// Whether text is asked for.
    pub fn reads_text(&self) -> bool {
        self.text || self.encoding.is_some()
    }

    /// How what applications say is read; `text` where nothing is asked for.
    /// Of each body so many octets are kept.
    pub fn manner(&self, text: Option<Encoding>, body: usize) -> Manner {
        let asked = self.encoding.map(Encoding::from).or(self.text.then_some(Encoding::Auto));
        Manner { shows_secrets: self.show_secrets, text: asked.or(text), body }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EncodingArg {
    Auto,
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(alias = "gb18030", alias = "gb2312")]
    Gbk,
    #[value(alias = "iso-8859-1")]
    Latin1,
}

impl From<EncodingArg> for Encoding {
    fn from(named: EncodingArg) -> Encoding {
        match named {
            EncodingArg::Auto => Encoding::Auto,
            EncodingArg::Utf8 => Encoding::Utf8,
            EncodingArg::Gbk => Encoding::Gbk,
            EncodingArg::Latin1 => Encoding::Latin1,
        }
    }
}

/// Make a real transfer on a private loopback and show its whole life
#[derive(Debug, Args)]
pub struct Demo {
    /// Stay until TIME-WAIT really ends, and say how long it lasted
    #[arg(long)]
    pub follow: bool,
    /// Who closes first, and so waits in TIME-WAIT
    #[arg(long, value_enum, default_value_t = CloserArg::Client)]
    pub close_first: CloserArg,
    /// In how many segments to close: with four the second closer still works for a moment; with three it closes at once, and
    /// its FIN rides on the ACK
    #[arg(long, value_enum, default_value_t = TeardownArg::Four)]
    pub teardown: TeardownArg,
    /// Use IPv6 (::1)
    #[arg(long)]
    pub ipv6: bool,
    /// So many octets to download
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(0..=1_000_000_000))]
    pub octets: u64,
    /// Also save the packets
    #[arg(short = 'w', long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TeardownArg {
    Four,
    Three,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CloserArg {
    Client,
    Server,
}

/// Capture a device and draw connections as they happen
#[derive(Debug, Args)]
pub struct Live {
    /// Device to listen on
    #[arg(short, long, value_name = "DEVICE", default_value = "lo")]
    pub interface: String,
    /// Stop after N packets
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// Stop after this time, as 10s, 500ms, 2m; a bare number is seconds
    #[arg(long, value_name = "TIME", value_parser = super::duration::parse)]
    pub duration: Option<std::time::Duration>,
    /// Also save the packets
    #[arg(short = 'w', long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Octets of each packet to keep [default: headers only, or all with --write]
    #[arg(short, long, value_name = "OCTETS")]
    pub snaplen: Option<u32>,
    /// Keep root's rights after the device is open
    #[arg(long)]
    pub no_drop: bool,
    /// VLANs do not keep connections apart: the same addresses and ports are the same connection, as for Wireshark
    #[arg(long)]
    pub merge_vlans: bool,
    #[command(flatten)]
    pub output: Output,
    /// Packet filter, as with tcpdump (pcap-filter(7)): tcp port 8080
    #[arg(value_name = "FILTER", trailing_var_arg = true)]
    pub filter: Vec<String>,
}

/// Draw a saved timeline again: no capture, no privileges
#[derive(Debug, Args)]
pub struct Render {
    /// Timeline in JSON; - is standard input
    #[arg(value_name = "TIMELINE", required_unless_present = "where")]
    pub file: Option<PathBuf>,
    /// Draw the ladder of this connection
    #[arg(long, value_name = "N")]
    pub connection: Option<u64>,
    #[command(flatten)]
    pub choose: Choose,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write to FILE, in the format of its suffix (.json, .txt, .csv, .ndjson, .har, .svg, .png, .html); - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Also draw one picture per step into DIR, each with all before it: step-01.svg, step-01.png, …
    #[arg(long, value_name = "DIR")]
    pub frames: Option<PathBuf>,
    #[command(flatten)]
    pub show: Show,
}

/// Say what a note, a kind or one of Wireshark's marks means, and what to do about it
#[derive(Debug, Args)]
pub struct Explain {
    /// The name of a rule, as syn-retransmission; of a kind, as three-segment; or of a mark, as tcp.analysis.window_full
    #[arg(value_name = "RULE")]
    pub words: Vec<String>,
    /// List all rules
    #[arg(long)]
    pub list: bool,
}

/// Serve files to `synfin get`: the course's file downloader, or with --http a web server
#[derive(Debug, Args)]
pub struct Serve {
    /// Be a web server: HTTP/1.1 for browsers, curl and `synfin get http://…`
    #[arg(long)]
    pub http: bool,
    /// Address to listen on: PORT, HOST:PORT or [IPV6]:PORT; port 0 takes a free one
    #[arg(value_name = "ADDRESS", default_value = "localhost:8080")]
    pub address: String,
    /// Folder to serve; nothing outside it is ever sent
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,
    /// Stop after N clients
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    #[command(flatten)]
    pub closing: Closing,
}

/// Download a file from `synfin serve`, or a page from any web server
#[derive(Debug, Args)]
pub struct Get {
    /// The server, HOST:PORT or [IPV6]:PORT; or the URL of a page, http://HOST[:PORT]/PATH
    #[arg(value_name = "HOST:PORT|URL")]
    pub address: String,
    /// The file to ask for; a URL names it already
    pub name: Option<String>,
    /// With a URL: send TEXT as the body of a POST, as a form does
    #[arg(long, value_name = "TEXT")]
    pub data: Option<String>,
    /// Where to save it [default: its own name, in this folder]; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Close the sending side right after the name: the file comes after our FIN (half-close)
    #[arg(long)]
    pub half_close: bool,
    /// Overwrite an existing file
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub closing: Closing,
}

/// Who closes first, and how. Give both programs the same `--close-first`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Closing")]
pub struct Closing {
    /// Who closes first, and so waits in TIME-WAIT [default: server; over HTTP whoever is done with the connection]
    #[arg(long, value_enum)]
    pub close_first: Option<CloserArg>,
    /// Set SO_LINGER on this side: 0 closes with RST, more waits that long for the last acknowledgment
    #[arg(long, value_name = "SECONDS")]
    pub linger: Option<u16>,
}

/// List the devices that can be captured
#[derive(Debug, Args)]
pub struct Interfaces {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Say what this machine can do, and how to mend what it cannot
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Be the child that really tries a private network, and print what came of it
    #[arg(long, hide = true)]
    pub probe: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Among others: that no command has an option of the same name as one that every command has.
    #[test]
    fn no_option_contradicts_another() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let own: Vec<_> = command.get_arguments().map(clap::Arg::get_id).collect();
            for global in Cli::command().get_arguments().filter(|arg| arg.is_global_set()) {
                assert!(!own.contains(&global.get_id()), "{}: {}", command.get_name(), global.get_id());
            }
        }
    }
}
