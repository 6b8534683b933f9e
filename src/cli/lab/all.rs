//! `synfin lab run --all`: every scenario that can be played here, and a row for each.

use super::super::args::LabRun;
use super::super::config::Config;
use super::super::exit::Exit;
use super::super::{interrupt, saving};
use super::judged::Judged;
use super::{failed, ground, told};
use crate::app::Manner;
use crate::lab::performance::LabError;
use crate::lab::performance::player::{self, Played};
use crate::lab::scenario::{self, BUILTIN, Ground, Scenario};
use crate::timeline::Lang;
use anyhow::Result;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

fn jobs(args: &LabRun) -> u16 {
    args.jobs.unwrap_or(4)
}

/// Several at a time: most of their time is waiting.
pub(super) fn run(args: &LabRun, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let missing = ground::enter("lab run --all", lang)?;
    let stop = interrupt::flag()?;
    let on_loopback = args.loopback || missing.is_some();
    let has_own = missing.is_none();
    let may =
        |scenario: &Scenario| (!on_loopback || !scenario.needs_wire()) && (has_own || !scenario.needs_own_network());
    let chosen: Vec<_> = BUILTIN
        .iter()
        .filter_map(|known| Some((known.name, known.scenario()?)))
        .filter(|(_, scenario)| (args.long || !scenario.is_long) && may(scenario))
        .collect();
    if let Some(folder) = &args.write {
        saving::folder(folder, lang)?;
        let mut files = chosen.iter().map(|(name, _)| file_in(folder, name));
        files.try_for_each(|file| saving::foresee(&file, lang))?;
    }
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let mut wrong = 0;
    thread::scope(|scope| -> Result<()> {
        let (sender, results) = mpsc::channel();
        for _ in 0..jobs(args) {
            let (sender, chosen, next, stop) = (sender.clone(), &chosen, &next, &*stop);
            let is_here = missing.is_some();
            scope.spawn(move || {
                while let Some((name, scenario)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = Instant::now();
                    let judged = one(name, scenario, ground::of(scenario, args.loopback, is_here), stop, args, config);
                    if sender.send((*name, begun.elapsed(), judged)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (name, took, judged) in results {
            let judged = match judged {
                Ok(judged) => judged,
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            };
            wrong += usize::from(!judged.fits());
            row(name, took, &judged, config)?;
        }
        Ok(())
    })?;
    let (count, took) = (chosen.len(), begun.elapsed().as_secs_f64());
    let mut out = io::stdout().lock();
    match lang {
        Lang::En => writeln!(out, "{} of {count} as expected, {took:.1} s", count - wrong)?,
        Lang::Zh => writeln!(out, "{count} 个场景中 {} 个符合预期，用时 {took:.1} 秒", count - wrong)?,
    }
    Ok(if wrong == 0 { Exit::Done } else { Exit::Failed })
}

fn file_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.pcapng"))
}

fn one(
    name: &str,
    scenario: &Scenario,
    ground: Ground,
    stop: &AtomicBool,
    args: &LabRun,
    config: &Config,
) -> Result<Judged> {
    let Played { mut recording, missed, is_stopped } =
        player::play(scenario, ground, jobs(args) == 1, stop, &|_, _| {})
            .map_err(|error| failed(error, config.lang).context(name.to_string()))?;
    if is_stopped {
        return Err(failed(LabError::Stopped, config.lang));
    }
    let save = args.write.as_deref().map(|folder| file_in(folder, name));
    let unmet = std::mem::take(&mut recording.record.unmet);
    let manner = args.output.manner(scenario.text, Manner::SAMPLE);
    let timeline = told(recording, name, save.as_deref(), (&args.output, manner), config)?;
    Ok(Judged::of(name, scenario, missed, unmet, &timeline))
}

fn row(name: &str, took: Duration, judged: &Judged, config: &Config) -> Result<()> {
    let widest = BUILTIN.iter().map(|known| known.name.len()).max().unwrap_or_default();
    let title = scenario::named(name).and_then(|known| known.scenario()).map(|scenario| scenario.title);
    let title = title.as_ref().map_or("", |title| title.get(config.lang));
    let mark = if judged.fits() { "✓" } else { "✗" };
    let mut out = io::stdout().lock();
    writeln!(out, "{mark} {name:<widest$} {:5.1} s  {title}", took.as_secs_f64())?;
    if !judged.fits() {
        judged.write(config, &mut out)?;
    }
    Ok(())
}
