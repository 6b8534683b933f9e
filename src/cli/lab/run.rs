//! `synfin lab run SCENARIO`: one scenario, told while it goes on, and held against what it expects.

use super::super::args::LabRun;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::super::output::Outputs;
use super::super::permission::quoted;
use super::super::{choose, interrupt, names, saving, scenarios};
use super::calls::Calls;
use super::judged::Judged;
use super::{failed, ground, interrupted, told};
use crate::annotate::call;
use crate::lab::performance::LabError;
use crate::lab::performance::player::{self, Played};
use crate::render::prose;
use crate::source::clock::now;
use crate::tcp::{CallWord, Timestamp};
use crate::timeline::Text;
use anyhow::Result;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &LabRun, config: &Config) -> Result<Exit> {
    let name = args.scenario.as_deref().unwrap_or_default();
    let scenario = scenarios::find(name)?;
    let lang = config.lang;
    let outputs = args.output.outputs()?;
    choose::refuse_other_pictures(&args.output.show, &outputs)?;
    args.write.as_deref().map_or(Ok(()), |path| saving::foresee(path, lang))?;
    let missing = ground::enter(&format!("lab run {}", quoted(Path::new(name))), lang)?;
    let is_here = missing.is_some();
    if let Some(why) = missing.filter(|_| scenario.needs_wire() || scenario.needs_own_network()) {
        return Err(why.into());
    }
    if args.loopback && scenario.needs_wire() {
        let message =
            Text::new("this scenario needs the wire: a loopback loses nothing", "该场景需要线路：环回接口不会丢包");
        return Err(Failure::new(Exit::Usage, message).into());
    }
    let ground = ground::of(&scenario, args.loopback, is_here);
    let stop = interrupt::flag()?;
    if args.explain {
        explain(&[&scenario.title, &scenario.lesson.before, &scenario.lesson.during], config)?;
    }
    let begun = now();
    let calls = Calls::default();
    let tell = |program: &str, word: &CallWord| {
        let (returned, lines) = told_call(begun, program, word, config);
        calls.hear(returned, lines);
    };
    let played = match args.explain {
        true => calls.say_during(|| player::play(&scenario, ground, true, &stop, &tell)),
        false => player::play(&scenario, ground, true, &stop, &|_, _| {}),
    };
    let Played { mut recording, missed, is_stopped } = played.map_err(|error| match error {
        LabError::Sysctl(sysctl, error) => scenarios::refused(name, &sysctl, &error).into(),
        other => failed(other, lang),
    })?;
    // Devices, namespaces and tracepoints are let go: nothing from here on needs them.
    Outputs::settle_rights_to_write(outputs.has_files() || args.write.is_some())?;
    if is_stopped {
        interrupted(lang)?;
    }
    let unmet = std::mem::take(&mut recording.record.unmet);
    let manner = args.output.manner(scenario.text, outputs.body());
    let mut timeline = told(recording, name, args.write.as_deref(), (&args.output, manner), config)?;
    names::give(&mut timeline, config)?;
    let timeline = choose::hide(timeline, &args.output.show, config)?;
    let view = choose::shown(&args.output.show, config);
    outputs.write(&timeline, &view, config)?;
    outputs.write_ladders(&timeline, &view, config)?;
    if is_stopped {
        return Ok(Exit::Interrupted);
    }
    let judged = Judged::of(name, &scenario, missed, unmet, &timeline);
    let mut err = io::stderr().lock();
    judged.write(config, &mut err)?;
    if args.explain {
        explain(&[&scenario.lesson.after], config)?;
    }
    Ok(if judged.fits() { Exit::Done } else { Exit::Failed })
}

/// Texts to standard error, a paragraph each.
fn explain(texts: &[&Text], config: &Config) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let style = config.stderr_style();
    for text in texts.iter().map(|text| text.get(config.lang)).filter(|text| !text.is_empty()) {
        let lines = prose::lines(text, style.width, &style);
        writeln!(err, "{}\n", lines.join("\n"))?;
    }
    Ok(())
}

/// A call: when it returned, and in words when, by whom, and what it came to.
fn told_call(begun: Timestamp, program: &str, word: &CallWord, config: &Config) -> (Timestamp, String) {
    let name = word.call.name();
    let text = call::sentence(word, 1);
    let came = text.get(config.lang).strip_prefix(name).unwrap_or_default();
    let took = word.took.map_or(0, |took| i64::try_from(took.as_nanos()).unwrap_or(i64::MAX));
    let returned = word.at.add_ns(took);
    let seconds = returned.since(begun) as f64 / 1e9;
    let style = config.stderr_style();
    let head = format!("  {seconds:7.3} s  {program:<8} ");
    let lines = prose::hanging(&head, &format!("{name}({}){came}", word.arguments), style.width, &style);
    (returned, lines.join("\n"))
}
