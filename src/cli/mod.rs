//! The commands, one file each. Everything that prints, asks the environment or ends the process is here.

pub mod args;
pub mod config;
pub mod exit;
mod get;
mod interrupt;
mod port;
mod schema;
mod serve;

use anyhow::Result;
use args::{Cli, Command};
use config::Config;
use exit::{Exit, Failure};

/// Runs one command.
pub fn run(cli: &Cli, config: &Config) -> Result<Exit> {
    match &cli.command {
        Command::Schema => schema::run(),
        Command::Serve(args) => serve::run(args, config),
        Command::Get(args) => get::run(args, config),
        other => Err(Failure::new(Exit::Failed, format!("not built yet: {other:?} {:?}", config.lang)).into()),
    }
}
