//! `synfin lab run`: a scenario, or all, each held against what it expects.

use super::super::args::LabRun;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::super::output::Outputs;
use super::super::permission::namespace_failure;
use super::super::{interrupt, names, saving, scenarios};
use super::{failed, interrupted, told, unmet};
use crate::annotate::call;
use crate::expect::{self, Sequence};
use crate::lab::namespace;
use crate::lab::performance::LabError;
use crate::lab::performance::player::{self, Missed, Played};
use crate::lab::scenario::{self, BUILTIN, Ground, Scenario};
use crate::ladder::View;
use crate::render::check::{self as drawing, Checked};
use crate::render::{prose, safe};
use crate::source::clock::now;
use crate::source::live::{LiveCapture, LiveOptions};
use crate::tcp::{CallWord, Timestamp};
use crate::timeline::{Lang, Text, Timeline};
use anyhow::Result;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub(super) fn run(args: &LabRun, config: &Config) -> Result<Exit> {
    if args.all {
        return all(args, config);
    }
    let name = args.scenario.as_deref().unwrap_or_default();
    let scenario = scenarios::find(name)?;
    let lang = config.lang;
    let outputs = Outputs::new(args.output.format, &args.output.output)?;
    args.write.as_deref().map_or(Ok(()), |path| saving::foresee(path, lang))?;
    let missing = enter(lang)?;
    let is_here = missing.is_some();
    if let Some(why) = missing.filter(|_| scenario.needs_wire()) {
        return Err(why.into());
    }
    if args.loopback && scenario.needs_wire() {
        let message =
            Text::new("this scenario needs the wire: a loopback loses nothing", "该场景需要线路：环回接口不会丢包");
        return Err(Failure::new(Exit::Usage, message).into());
    }
    let ground = ground(&scenario, args.loopback, is_here);
    let stop = interrupt::flag()?;
    if args.explain {
        explain(&[&scenario.title, &scenario.lesson.before, &scenario.lesson.during], config)?;
    }
    let begun = now();
    let tell = |program: &str, word: &CallWord| {
        if args.explain {
            say(begun, program, word, config);
        }
    };
    let Played { mut recording, missed, is_stopped } =
        player::play(&scenario, ground, true, &stop, &tell).map_err(|error| match error {
            LabError::Sysctl(sysctl, error) => scenarios::refused(name, &sysctl, &error).into(),
            other => failed(other, lang),
        })?;
    // Devices, namespaces and tracepoints are let go: nothing from here on needs them.
    Outputs::settle_rights_to_write(outputs.has_files() || args.write.is_some())?;
    if is_stopped {
        interrupted(lang)?;
    }
    let unmet = std::mem::take(&mut recording.record.unmet);
    let mut timeline = told(recording, name, args.write.as_deref(), &args.output, config)?;
    names::give(&mut timeline, config)?;
    outputs.write(&timeline, &View::default(), config)?;
    outputs.write_ladders(&timeline, config)?;
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

/// Goes to a private network; why there is none, where one can do without. Before any thread: only a process with one thread
/// may move.
fn enter(lang: Lang) -> Result<Option<Failure>> {
    let Err(error) = namespace::enter() else { return Ok(None) };
    let failure = namespace_failure(&error, lang);
    // After a later step this process is in a network of its own that was never finished: that is not the machine's loopback.
    if !error.is_where_it_was() {
        return Err(failure.into());
    }
    let rights = LiveOptions { filter: vec!["tcp".into()], ..LiveOptions::new("lo") };
    if LiveCapture::open(&rights).is_err() {
        return Err(failure.into());
    }
    let mut err = io::stderr().lock();
    match lang {
        Lang::En => writeln!(err, "no private network can be had here: played on this machine's loopback")?,
        Lang::Zh => writeln!(err, "此处无法建立私有网络：改在本机环回接口上进行")?,
    }
    Ok(Some(failure))
}

fn ground(scenario: &Scenario, on_loopback: bool, is_here: bool) -> Ground {
    match is_here {
        true => Ground::Here,
        false if on_loopback => Ground::Loopback,
        false => scenario.ground,
    }
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

/// A call, as it returns: when, by whom, and what it came to.
fn say(begun: Timestamp, program: &str, word: &CallWord, config: &Config) {
    let name = word.call.name();
    let text = call::sentence(word, 1);
    let came = text.get(config.lang).strip_prefix(name).unwrap_or_default();
    // When it returned: a socket's first calls are told only when it has an address.
    let took = word.took.map_or(0, |took| i64::try_from(took.as_nanos()).unwrap_or(i64::MAX));
    let seconds = word.at.add_ns(took).since(begun) as f64 / 1e9;
    let style = config.stderr_style();
    let head = format!("  {seconds:7.3} s  {program:<8} ");
    let lines = prose::hanging(&head, &format!("{name}({}){came}", word.arguments), style.width, &style);
    let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
}

/// How a scenario came out.
struct Judged {
    name: String,
    missed: Vec<Missed>,
    /// Faults that met no segment.
    unmet: Vec<String>,
    checked: Vec<Checked>,
    /// Where a kernel's states are not those of the packets.
    disagreements: Vec<Text>,
}

impl Judged {
    fn of(name: &str, scenario: &Scenario, missed: Vec<Missed>, unmet: Vec<String>, timeline: &Timeline) -> Judged {
        let sequence: &Sequence = &scenario.expect;
        let mut verdicts = expect::check_each(sequence, timeline);
        let mut checked = Vec::new();
        if verdicts.is_empty() {
            checked.push(Checked::of(name, name, None, Some(expect::Difference::no_connection(None))));
        } else {
            checked = Checked::all(name, name, std::mem::take(&mut verdicts), timeline);
        }
        let agreements = timeline.connections.iter().filter_map(|connection| connection.kernel_agreement.as_ref());
        let disagreements = agreements.filter_map(|agreement| Some(agreement.difference.as_ref()?.text.clone()));
        Judged { name: name.into(), missed, unmet, checked, disagreements: disagreements.collect() }
    }

    fn fits(&self) -> bool {
        self.missed.is_empty()
            && self.unmet.is_empty()
            && self.disagreements.is_empty()
            && self.checked.iter().all(|checked| checked.fits)
    }

    /// What was expected and did not come, or that all came.
    fn write(&self, config: &Config, out: &mut impl Write) -> Result<()> {
        let lang = config.lang;
        let name = safe(&self.name);
        if self.fits() {
            let all = lang.pick(
                "as expected: segments, calls and both kernels' states",
                "符合预期：报文段、调用以及双方内核的状态",
            );
            writeln!(out, "✓ {name}: {all}")?;
            return Ok(());
        }
        for Missed { program, line, text, gave } in &self.missed {
            let (program, text, gave) = (safe(program), safe(text), safe(gave.get(lang)));
            match lang {
                Lang::En => writeln!(out, "✗ {name}: {program}, line {line}: '{text}' gave {gave}")?,
                Lang::Zh => writeln!(out, "✗ {name}：{program} 第 {line} 行：'{text}' 的结果是 {gave}")?,
            }
        }
        for fault in &self.unmet {
            writeln!(out, "✗ {name}{}{}", lang.pick(": ", "："), unmet(fault).get(lang))?;
        }
        for text in &self.disagreements {
            writeln!(out, "✗ {name}: {}", text.get(lang))?;
        }
        let wrong: Vec<Checked> = self.checked.iter().filter(|checked| !checked.fits).cloned().collect();
        if !wrong.is_empty() {
            drawing::write(&wrong, &config.stdout_style(), out)?;
        }
        Ok(())
    }
}

/// Several scenarios at a time: most of their time is waiting.
fn all(args: &LabRun, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let missing = enter(lang)?;
    let stop = interrupt::flag()?;
    let on_loopback = args.loopback || missing.is_some();
    let may = |scenario: &Scenario| !on_loopback || !scenario.needs_wire();
    let chosen: Vec<_> = BUILTIN
        .iter()
        .filter_map(|known| Some((known.name, known.scenario()?)))
        .filter(|(_, scenario)| (args.long || !scenario.is_long) && may(scenario))
        .collect();
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let mut wrong = 0;
    thread::scope(|scope| -> Result<()> {
        let (sender, results) = mpsc::channel();
        for _ in 0..args.jobs.max(1) {
            let (sender, chosen, next, stop) = (sender.clone(), &chosen, &next, &*stop);
            let is_here = missing.is_some();
            scope.spawn(move || {
                while let Some((name, scenario)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = Instant::now();
                    let judged = one(name, scenario, ground(scenario, args.loopback, is_here), stop, args, config);
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

fn one(
    name: &str,
    scenario: &Scenario,
    ground: Ground,
    stop: &AtomicBool,
    args: &LabRun,
    config: &Config,
) -> Result<Judged> {
    let Played { mut recording, missed, is_stopped } = player::play(scenario, ground, args.jobs <= 1, stop, &|_, _| {})
        .map_err(|error| failed(error, config.lang).context(name.to_string()))?;
    if is_stopped {
        return Err(failed(LabError::Stopped, config.lang));
    }
    let save = args.write.as_deref().map(|folder| folder.join(format!("{name}.pcapng")));
    let unmet = std::mem::take(&mut recording.record.unmet);
    let timeline = told(recording, name, save.as_deref(), &args.output, config)?;
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
