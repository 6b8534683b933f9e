//! `synfin lab`: two hosts, a wire between them, and the kernel as witness. Only Linux can play; scenarios are read everywhere.

#[cfg(all(feature = "capture", target_os = "linux"))]
mod all;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod calls;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod compared;
#[cfg(not(all(feature = "capture", target_os = "linux")))]
mod elsewhere;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod exec;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod ground;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod judged;
mod list;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod run;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod told;

#[cfg(all(feature = "capture", target_os = "linux"))]
pub(super) use compared::compared;

use super::args::{Lab, LabCommand};
use super::config::Config;
use super::exit::{Exit, Failure};
use crate::timeline::Text;
use anyhow::Result;
#[cfg(all(feature = "capture", target_os = "linux"))]
use told::{failed, interrupted, told, unmet};

pub(super) fn run(args: &Lab, config: &Config) -> Result<Exit> {
    match &args.command {
        LabCommand::List => list::run(config),
        // A scenario that is named conflicts with --all, and so silences what needs that.
        LabCommand::Run(args) if !args.all && (args.long || args.jobs.is_some()) => Err(for_all(args.long).into()),
        #[cfg(all(feature = "capture", target_os = "linux"))]
        LabCommand::Exec(args) => exec::run(args, config),
        #[cfg(all(feature = "capture", target_os = "linux"))]
        LabCommand::Run(args) if args.all => all::run(args, config),
        #[cfg(all(feature = "capture", target_os = "linux"))]
        LabCommand::Run(args) => run::run(args, config),
        #[cfg(not(all(feature = "capture", target_os = "linux")))]
        LabCommand::Exec(_) => Err(elsewhere::missing().into()),
        #[cfg(not(all(feature = "capture", target_os = "linux")))]
        LabCommand::Run(args) => elsewhere::run(args, config),
    }
}

fn for_all(long: bool) -> Failure {
    if long {
        let message = Text::new(
            "--long goes with --all: a scenario that is named is played however long it takes",
            "--long 须与 --all 同用：指定名称的场景无论多久都会运行",
        );
        return Failure::new(Exit::Usage, message);
    }
    Failure::new(
        Exit::Usage,
        Text::new("--jobs goes with --all: one scenario is one job", "--jobs 须与 --all 同用：单个场景只有一项任务"),
    )
}
