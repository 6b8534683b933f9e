//! `synfin compare`: two captures, timelines or scenarios, side by side.

use super::args::{CheckFormat, Compare};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::{check, scenarios};
use crate::compare::{Pair, Side};
use crate::lab::scenario::{self, Scenario};
use crate::render::compare as drawing;
use crate::timeline::Text;
use anyhow::Result;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &Compare, config: &Config) -> Result<Exit> {
    let names = [&args.a, &args.b];
    let played = [scenario(&args.a)?, scenario(&args.b)?];
    let pairs = match played {
        [Some(a), Some(b)] => pairs(args, [&a, &b], config)?,
        _ if !args.delay.is_empty() => {
            let message = Text::new(
                "--delay is for two scenarios: a capture is what it is",
                "--delay 用于两个场景：抓包已成定局",
            );
            return Err(Failure::new(Exit::Usage, message).into());
        }
        [None, None] => {
            let [a, b] = names.map(|name| check::timeline(Path::new(name), None, true, config));
            vec![Pair { delay_ns: None, a: Side::of(&args.a, &a?), b: Side::of(&args.b, &b?) }]
        }
        _ => {
            let message = Text::new(
                "a scenario is compared with a scenario, a capture with a capture",
                "场景应与场景对比，抓包应与抓包对比",
            );
            let help = Text::new(
                "save it first: synfin lab run NAME -w FILE.pcapng",
                "请先保存：synfin lab run 名称 -w FILE.pcapng",
            );
            return Err(Failure::new(Exit::Usage, message).help(help).into());
        }
    };
    let mut out = Vec::new();
    match args.format {
        CheckFormat::Text => drawing::write(&pairs, &config.stdout_style(), &mut out)?,
        CheckFormat::Json => drawing::json(&pairs, &mut out)?,
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(&out).and_then(|()| stdout.flush())?;
    Ok(Exit::Done)
}

/// The scenario of this name or in this file, where it is one.
fn scenario(name: &str) -> Result<Option<Scenario>> {
    let is_file = Path::new(name).exists();
    if Path::new(name).extension().is_some_and(|suffix| suffix == "toml") || scenario::named(name).is_some() && !is_file
    {
        return scenarios::find(name).map(Some);
    }
    if is_file || name == "-" {
        return Ok(None);
    }
    let message =
        Text::new(format!("'{name}' is neither a file nor a scenario"), format!("'{name}' 既不是文件，也不是场景"));
    let mut failure = Failure::new(Exit::Usage, message);
    if let Some(likely) = scenario::likest(name) {
        failure = failure.help(Text::new(format!("did you mean {likely}?"), format!("是否指 {likely}？")));
    }
    Err(failure.help(Text::new("synfin lab list shows the scenarios", "synfin lab list 列出所有场景")).into())
}

#[cfg(all(feature = "capture", target_os = "linux"))]
fn pairs(args: &Compare, scenarios: [&Scenario; 2], config: &Config) -> Result<Vec<Pair>> {
    super::lab::compared([&args.a, &args.b], scenarios, &args.delay, config)
}

#[cfg(not(all(feature = "capture", target_os = "linux")))]
fn pairs(_: &Compare, _: [&Scenario; 2], _: &Config) -> Result<Vec<Pair>> {
    Err(super::missing("compare of scenarios", "Linux and libpcap"))
}
