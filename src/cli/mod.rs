//! The commands, one file each. Everything that prints, asks the environment or ends the process is here.

pub mod args;
pub mod config;
pub mod exit;
pub mod output;
mod render;
mod schema;

use anyhow::Result;
use args::{Cli, Command};
use config::Config;
use exit::{Exit, Failure};

/// Runs one command.
pub fn run(cli: &Cli, config: &Config) -> Result<Exit> {
    match &cli.command {
        Command::Render(args) => render::run(args, config),
        Command::Schema => schema::run(),
        other => Err(Failure::new(Exit::Failed, format!("not built yet: {other:?} {:?}", config.lang)).into()),
    }
}
