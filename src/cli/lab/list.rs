//! `synfin lab list`: the scenarios, by group, a line each.

use super::super::config::Config;
use super::super::exit::Exit;
use crate::lab::scenario::{BUILTIN, Group};
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{self, Write};

pub(super) fn run(config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let widest = BUILTIN.iter().map(|known| known.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for group in Group::ALL {
        let (en, zh) = group.title();
        let _ = writeln!(text, "{}{}", if text.is_empty() { "" } else { "\n" }, lang.pick(en, zh));
        for known in BUILTIN.iter().filter(|known| known.group == group) {
            let Some(scenario) = known.scenario() else { continue };
            let long = if scenario.is_long { lang.pick(" (takes long)", "（耗时较长）") } else { "" };
            let _ = writeln!(text, "  {:<widest$}  {}{long}", known.name, scenario.title.get(lang));
        }
    }
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Done)
}
