//! The commands, one file each. Everything that prints, asks the environment or ends the process is here.

pub mod args;
pub mod config;
#[cfg(unix)]
mod doctor;
pub mod exit;
mod get;
#[cfg(feature = "capture")]
mod interfaces;
mod interrupt;
#[cfg(feature = "capture")]
mod live;
pub mod output;
#[cfg(unix)]
mod permission;
mod port;
mod render;
mod replay;
mod schema;
mod serve;

use anyhow::Result;
use args::{Cli, Command};
use config::Config;
use exit::{Exit, Failure};

/// Runs one command.
pub fn run(cli: &Cli, config: &Config) -> Result<Exit> {
    match &cli.command {
        Command::Replay(args) => replay::run(args, config),
        Command::Render(args) => render::run(args, config),
        Command::Schema => schema::run(),
        #[cfg(feature = "capture")]
        Command::Live(arguments) => live::run(arguments, config),
        #[cfg(feature = "capture")]
        Command::Interfaces(arguments) => interfaces::run(arguments, config),
        #[cfg(unix)]
        Command::Doctor(arguments) => doctor::run(arguments, config),
        Command::Serve(args) => serve::run(args, config),
        Command::Get(args) => get::run(args, config),
        other => Err(Failure::new(Exit::Failed, format!("not built yet: {other:?} {:?}", config.lang)).into()),
    }
}
