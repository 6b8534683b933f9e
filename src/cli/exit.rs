//! Exit codes, and errors that tell what happened and how to mend it.

use crate::timeline::Lang;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// What the process says to its caller. clap itself uses 2 for wrong usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotPermitted = 3,
    DamagedInput = 4,
    /// Ended by Ctrl-C before anything was shown.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// An error that carries its own exit code and its remedy. Put it at the root of an `anyhow` chain.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    /// What happened.
    pub message: String,
    /// How to mend it, a line each.
    pub help: Vec<String>,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: message.into(), help: Vec::new() }
    }

    pub fn help(mut self, line: impl Into<String>) -> Failure {
        self.help.push(line.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Whether the error is a pipe that its reader closed (`| head`): not a failure.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Writes `error:`, its causes and its help lines.
pub fn report(error: &anyhow::Error, lang: Lang, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "{}: {}", lang.pick("error", "错误"), crate::render::safe(&error.to_string()))?;
    for cause in error.chain().skip(1) {
        writeln!(out, "  {}: {}", lang.pick("caused by", "原因"), crate::render::safe(&cause.to_string()))?;
    }
    let failure = error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    for line in failure.iter().flat_map(|failure| &failure.help) {
        writeln!(out, "  {}: {}", lang.pick("help", "办法"), crate::render::safe(line))?;
    }
    Ok(())
}

/// The exit code that an error asks for.
pub fn code(error: &anyhow::Error) -> Exit {
    error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).map_or(Exit::Failed, |failure| failure.exit)
}
