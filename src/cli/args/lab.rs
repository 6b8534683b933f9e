//! `synfin lab`.

use super::super::duration;
use super::Output;
use crate::lab::fault::{Fault, time};
use crate::lab::pace::{QUEUE, Rate};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Two hosts in private networks and a wire between them that loses what it is told to lose; no sudo needed
#[derive(Debug, Args)]
pub struct Lab {
    #[command(subcommand)]
    pub command: LabCommand,
}

#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// The scenarios, by group
    List,
    Run(LabRun),
    Exec(LabExec),
}

/// Play a scenario on the two hosts, show it, and hold it against what it expects
///
/// Exit status 0: all came as expected; 1: something did not (a fault that met no segment counts), and is told.
#[derive(Debug, Args)]
pub struct LabRun {
    /// The name of a scenario (synfin lab list), or a file of your own
    #[arg(value_name = "NAME|FILE", required_unless_present = "all")]
    pub scenario: Option<String>,
    /// All scenarios that do not take long, as a table
    #[arg(long, conflicts_with_all = ["scenario", "explain"])]
    pub all: bool,
    /// With --all: also those whose point is a long wait
    #[arg(long, requires = "all")]
    pub long: bool,
    /// With --all: so many at a time [default: 4]
    #[arg(long, value_name = "N", requires = "all", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// On a loopback, without the wire: nothing is lost, and nothing takes time
    #[arg(long)]
    pub loopback: bool,
    /// Tell the lesson: before, during and after, on standard error; standard output is the timeline's alone
    #[arg(long)]
    pub explain: bool,
    /// Also save the packets, as each host saw them, with calls and kernel states: a pcapng; with --all a folder for one of each
    #[arg(short = 'w', long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

/// Run any two programs on the two hosts, and show what passed between them
///
/// The client's host is 10.0.0.1 (fd00::1), the server's 10.0.0.2 (fd00::2); in the environment of both, CLIENT and SERVER
/// are these addresses. The client starts once the server listens. What they say comes on standard error, with who said it.
/// Every port is free to them, also below 1024. Under sudo they run as the user who called it, and as root where root called
/// synfin itself. Whatever they start ends with them. Ctrl-C ends them too, and shows what came until then.
///
/// Exit status 0: the client's command ended with 0; 1: it ended otherwise or its time was over, or the lab failed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct LabExec {
    /// The server, as a shell takes it
    #[arg(long, value_name = "COMMAND")]
    pub server: String,
    /// The client, as a shell takes it
    #[arg(long, value_name = "COMMAND")]
    pub client: String,
    /// How long the wire takes one way, as 20ms or 1s
    #[arg(long, value_name = "TIME", default_value = "20ms", value_parser = read_time)]
    pub delay: Duration,
    /// What the wire does to which segments; may be given several times
    #[arg(long, value_name = "FAULT", value_parser = |text: &str| Fault::parse(text))]
    pub fault: Vec<Fault>,
    /// What the wire carries at most, in kilobits a second
    #[arg(long, value_name = "KBIT/S", value_parser = clap::value_parser!(u64).range(1..))]
    pub rate: Option<u64>,
    /// Octets that may wait for the wire where it has a rate
    #[arg(long, value_name = "OCTETS", default_value_t = QUEUE, requires = "rate")]
    pub queue: usize,
    /// End both programs when the client has run for so long, as 10s or 2m, and show what came until then
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub timeout: Option<Duration>,
    /// Also save the packets, as each host saw them: a pcapng with two interfaces
    #[arg(short = 'w', long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

const EXAMPLES: &str = "\
Examples:
  synfin lab exec --server 'python3 -m http.server 80' --client 'curl -s http://$SERVER/'
  synfin lab exec --server 'nc -l -p 9' --client 'echo hello | nc -N $SERVER 9' --fault 'drop the first SYN'

A fault is: drop, delay, duplicate, reorder, corrupt or hold; the first (2nd, 3rd, …), every or the next N;
SYN, SYN-ACK, ACK, data segment, FIN, RST or segment (or: the last ACK); from the client or the server:
  drop the last ACK                    delay every FIN by 300ms
  corrupt the 2nd data segment         hold the first FIN from the client until the first FIN from the server
One that meets no segment is told after the run, unless it ends with ', if any'.";

impl LabExec {
    pub fn rate(&self) -> Option<Rate> {
        self.rate.map(|kilobits| Rate { bits_per_second: kilobits.saturating_mul(1000), queue: self.queue })
    }
}

/// One way of the wire at most: beyond it no SYN waits for its answer.
const LONGEST_WAY: Duration = Duration::from_secs(60);

fn read_time(text: &str) -> Result<Duration, String> {
    // Nothing takes no time in any unit.
    match if text == "0" { Some(Duration::ZERO) } else { time(text) } {
        Some(time) if time <= LONGEST_WAY => Ok(time),
        Some(_) => Err(format!("the wire takes {} s one way at most", LONGEST_WAY.as_secs())),
        None => Err(format!("'{text}' is no time such as 20ms or 1s")),
    }
}
