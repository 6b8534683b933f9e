//! `synfin lab exec`: any two programs on the two hosts.

use super::super::args::LabExec;
use super::super::config::Config;
use super::super::exit::Exit;
use super::super::output::Outputs;
use super::super::permission::namespace_failure;
use super::super::{interrupt, names, saving};
use super::{failed, told};
use crate::lab::exec::Exec;
use crate::lab::namespace;
use crate::lab::wire::Plan;
use crate::ladder::View;
use crate::timeline::Lang;
use anyhow::Result;
use std::io::{self, Write};

pub(super) fn run(args: &LabExec, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let outputs = Outputs::new(args.output.format, &args.output.output)?;
    // Before any thread: only a process with one thread may move.
    namespace::enter().map_err(|error| namespace_failure(&error, lang))?;
    let saved = args.write.as_deref().map(|path| saving::create(path, lang)).transpose()?;
    let stop = interrupt::flag()?;
    let plan = Plan { delay: args.delay, rate: args.rate(), faults: args.fault.clone() };
    let exec = Exec { server: args.server.clone(), client: args.client.clone(), plan };
    let happened = exec.perform(&stop).map_err(|error| failed(error, lang))?;
    if !happened.client.success() {
        let mut err = io::stderr().lock();
        let status = happened.client;
        match lang {
            Lang::En => writeln!(err, "warning: the client ended with {status}")?,
            Lang::Zh => writeln!(err, "警告：客户端以 {status} 结束")?,
        }
    }
    let mut timeline = told(&happened.recording, "exec", saved, &args.output, config)?;
    names::give(&mut timeline, config)?;
    outputs.write(&timeline, &View::default(), config)?;
    Ok(Exit::Done)
}
