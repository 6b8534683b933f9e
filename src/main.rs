//! Parse, run, exit code.

use clap::Parser;
use std::process::ExitCode;
use synfin::cli::{args::Cli, config::Config, exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = Config::new(&cli.look);
    match synfin::cli::run(&cli, &config) {
        Ok(exit) => exit.into(),
        Err(error) if exit::is_closed_pipe(&error) => exit::Exit::Done.into(),
        Err(error) => {
            // Nothing is left to do where even the error cannot be written.
            let _ = exit::report(&error, config.lang, &mut std::io::stderr().lock());
            exit::code(&error).into()
        }
    }
}
