//! The commands, one file each. Everything that prints, asks the environment or ends the process is here.

pub mod args;
mod check;
mod choose;
mod compare;
pub mod config;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod demo;
#[cfg(unix)]
mod doctor;
mod duration;
pub mod exit;
mod explain;
mod get;
#[cfg(feature = "capture")]
mod interfaces;
mod interrupt;
mod lab;
#[cfg(feature = "capture")]
mod live;
mod names;
pub mod output;
#[cfg(unix)]
mod permission;
mod port;
mod render;
mod replay;
#[cfg(feature = "capture")]
mod saving;
mod scenarios;
mod schema;
mod serve;

use anyhow::Result;
use args::{Cli, Command};
use config::Config;
use exit::Exit;

/// Runs one command.
pub fn run(cli: &Cli, config: &Config) -> Result<Exit> {
    match &cli.command {
        #[cfg(all(feature = "capture", target_os = "linux"))]
        Command::Demo(args) => demo::run(args, config),
        Command::Lab(args) => lab::run(args, config),
        Command::Replay(args) => replay::run(args, config),
        Command::Render(args) => render::run(args, config),
        Command::Check(args) => check::run(args, config),
        Command::Compare(args) => compare::run(args, config),
        Command::Schema => schema::run(config.lang),
        Command::Explain(args) => explain::run(args, config),
        #[cfg(feature = "capture")]
        Command::Live(arguments) => live::run(arguments, config),
        #[cfg(feature = "capture")]
        Command::Interfaces(arguments) => interfaces::run(arguments, config),
        #[cfg(unix)]
        Command::Doctor(arguments) => doctor::run(arguments, config),
        Command::Serve(args) => serve::run(args, config),
        Command::Get(args) => get::run(args, config),
        #[cfg(not(all(feature = "capture", target_os = "linux")))]
        Command::Demo(_) => Err(missing("demo", "Linux and libpcap")),
        #[cfg(not(feature = "capture"))]
        Command::Live(_) => Err(missing("live", "libpcap")),
        #[cfg(not(feature = "capture"))]
        Command::Interfaces(_) => Err(missing("interfaces", "libpcap")),
        #[cfg(not(unix))]
        Command::Doctor(_) => Err(missing("doctor", "a Unix system")),
    }
}

/// A command that this build does not have.
#[allow(dead_code)]
fn missing(command: &str, needs: &str) -> anyhow::Error {
    exit::Failure::new(Exit::Failed, format!("this synfin was built without '{command}', which needs {needs}"))
        .help("build it with: cargo build --release")
        .into()
}
