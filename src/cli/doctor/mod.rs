//! `synfin doctor`: what this machine can do, each thing really tried, and how to mend what it cannot.

mod looks;
mod probe;
mod rights;
mod system;

use super::args::Doctor;
use super::config::Config;
use super::exit::Exit;
use crate::render::{Charset, safe};
use crate::timeline::{Lang, Text};
use anyhow::Result;
use serde::Serialize;
use std::io::{self, Write};

/// One thing that was tried.
#[derive(Debug, Clone, Serialize)]
struct Check {
    /// Stable name for scripts.
    id: &'static str,
    /// None where there is nothing to be right or wrong: a fact worth knowing.
    ok: Option<bool>,
    title: Text,
    /// What was found.
    found: Text,
    /// What helps; empty where nothing has to be mended.
    fixes: Vec<Text>,
}

impl Check {
    fn new(id: &'static str, ok: impl Into<Option<bool>>, title: (&str, &str), found: Text) -> Check {
        Check { id, ok: ok.into(), title: Text::new(title.0, title.1), found, fixes: Vec::new() }
    }

    fn fixes(mut self, fixes: impl IntoIterator<Item = Text>) -> Check {
        self.fixes.extend(fixes);
        self
    }
}

/// The same words in both languages, for numbers and names.
fn same(text: impl Into<String>) -> Text {
    let text = text.into();
    Text::new(text.clone(), text)
}

pub(super) fn run(arguments: &Doctor, config: &Config) -> Result<Exit> {
    let mut out = io::stdout().lock();
    if arguments.probe {
        serde_json::to_writer(&mut out, &probe::run())?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    let mut checks = rights::checks();
    checks.extend(system::checks());
    checks.extend(looks::checks(config));
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &checks)?;
        writeln!(out)?;
    } else {
        write_checks(&checks, config.lang, config.charset, &mut out)?;
    }
    Ok(Exit::Done)
}

fn write_checks(checks: &[Check], lang: Lang, charset: Charset, out: &mut impl Write) -> io::Result<()> {
    let (yes, no, fact) = match charset {
        Charset::Unicode | Charset::Narrow => ("✓", "✗", "-"),
        Charset::Ascii => ("ok", "NO", "- "),
    };
    let colon = lang.pick(": ", "：");
    for check in checks {
        let mark = match check.ok {
            Some(true) => yes,
            Some(false) => no,
            None => fact,
        };
        writeln!(out, "{mark} {}{colon}{}", check.title.get(lang), safe(check.found.get(lang)))?;
        for fix in &check.fixes {
            writeln!(out, "     {}{colon}{}", lang.pick("help", "办法"), safe(fix.get(lang)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn marks_have_letters_where_only_ascii_is_drawn() {
        let bad = Check::new("x", false, ("things", "东西"), same("a\u{1b}[2J")).fixes([same("mend it")]);
        let checks =
            [bad, Check::new("y", true, ("more", "更多"), same("well")), Check::new("z", None, ("f", "f"), same("1"))];
        let drawn = |charset| {
            let mut out = Vec::new();
            write_checks(&checks, Lang::En, charset, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(drawn(Charset::Unicode), "✗ things: a␛[2J\n     help: mend it\n✓ more: well\n- f: 1\n");
        assert!(drawn(Charset::Ascii).starts_with("NO things"));
    }
}
