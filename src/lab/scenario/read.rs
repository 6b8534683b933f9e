//! From the file to the scenario; what is wrong is told with its line.

use super::file::{File, Program as RawProgram, Value, Words};
use super::script::{Wait, What};
use super::{Lesson, Place, Program, Scenario, ScenarioError, Spot, Sysctl, limits, listeners, script, toml_words};
use crate::app::Encoding;
use crate::expect::{Sequence, likest_of};
use crate::lab::fault::{Action, Fault};
use crate::lab::pace::{QUEUE, Rate};
use crate::tcp::Peer;
use crate::timeline::Text;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::Spanned;

/// Octets of a scenario file at most.
const LONGEST: usize = 1 << 20;
/// Arrows slant, and nobody waits long.
const DELAY: Duration = Duration::from_millis(20);

pub(super) fn scenario(text: &str) -> Result<Scenario, ScenarioError> {
    if text.len() > LONGEST {
        let what = Text::new("longer than 1 MiB: no scenario is", "超过 1 MiB：不会是场景文件");
        return Err(ScenarioError::new(Spot::at("", 0, 1), what));
    }
    let file: File = toml::from_str(text).map_err(|error| toml_words::error(text, &error))?;
    let limit = limits::limit(text, file.limit.as_ref())?;
    let source = Source { text, limit };
    let delay = file.delay.as_ref().map_or(Ok(DELAY), |delay| source.delay(delay))?;
    let read = file.program.into_iter().map(|(name, program)| source.program(name, &program));
    let mut programs = read.collect::<Result<Vec<Program>, ScenarioError>>()?;
    source.marks(&programs)?;
    listeners::check(text, &programs)?;
    // Servers first, as people think of them.
    programs.sort_by_key(|program| program.place != Place::Host(Peer::B));
    let sysctls = file.sysctl;
    let tables = [(None, sysctls.both), (Some(Peer::A), sysctls.client), (Some(Peer::B), sysctls.server)];
    let scenario = Scenario {
        title: words(file.title),
        lesson: Lesson {
            before: file.lesson.before.map(words).unwrap_or_default(),
            during: file.lesson.during.map(words).unwrap_or_default(),
            after: file.lesson.after.map(words).unwrap_or_default(),
        },
        delay,
        rate: source.rate(file.rate.as_ref(), file.queue.as_ref())?,
        faults: file.faults.iter().map(|fault| source.fault(fault)).collect::<Result<_, _>>()?,
        is_v6: file.ipv6,
        ground: file.ground,
        sysctls: tables.into_iter().flat_map(|(host, table)| source.sysctls(host, table)).collect(),
        programs,
        expect: source.sequence(&file.expect)?,
        text: file.text.as_ref().map(|name| source.encoding(name)).transpose()?,
        limit,
        is_long: file.long,
    };
    if scenario.lines().all(|line| matches!(line.what, What::Wait(_) | What::Mark(_))) {
        let what = Text::new(
            "no program makes a call: nothing would happen; a [program.client] with calls = \"connect 8080\" does",
            "没有任何程序发出调用：什么也不会发生；例如 [program.client] 加 calls = \"connect 8080\"",
        );
        return Err(ScenarioError::new(Spot::at(text, 0, 1), what));
    }
    Ok(scenario)
}

fn words(words: Words) -> Text {
    let (en, zh) = match words {
        Words::One(text) => (text.clone(), text),
        Words::Both { en, zh } => (en, zh),
    };
    Text::new(en.trim(), zh.trim())
}

struct Source<'t> {
    text: &'t str,
    /// How long the scenario may take.
    limit: Duration,
}

impl Source<'_> {
    fn wrong<T>(&self, at: &Spanned<T>, what: Text) -> ScenarioError {
        ScenarioError::new(self.spot(at), what)
    }

    fn spot<T>(&self, at: &Spanned<T>) -> Spot {
        let span = at.span();
        Spot::at(self.text, span.start, span.len())
    }

    fn delay(&self, at: &Spanned<String>) -> Result<Duration, ScenarioError> {
        let delay = limits::time(self.text, at)?;
        if delay >= self.limit {
            return Err(self.wrong(at, limits::nothing_arrives(delay, self.limit)));
        }
        Ok(delay)
    }

    fn sysctls(&self, host: Option<Peer>, table: BTreeMap<Spanned<String>, Value>) -> Vec<Sysctl> {
        let one = |(name, value): (Spanned<String>, Value)| {
            let value = match value {
                Value::Number(number) => number.to_string(),
                Value::Text(text) => text,
            };
            Sysctl { host, at: self.spot(&name), name: name.into_inner(), value }
        };
        table.into_iter().map(one).collect()
    }

    fn rate(&self, rate: Option<&Spanned<u64>>, queue: Option<&Spanned<usize>>) -> Result<Option<Rate>, ScenarioError> {
        let Some(rate) = rate else {
            let what = Text::new(
                "nothing queues for a wire without a rate: rate = 1000 sets one, in kilobits a second",
                "没有速率限制的线路上不会排队：可用 rate = 1000 设定速率（千比特每秒）",
            );
            return queue.map_or(Ok(None), |queue| Err(self.wrong(queue, what)));
        };
        if *rate.get_ref() == 0 {
            return Err(self.wrong(rate, Text::new("a wire that carries nothing", "速率为零的线路不传送任何数据")));
        }
        let bits_per_second = rate.get_ref().saturating_mul(1000);
        Ok(Some(Rate { bits_per_second, queue: queue.map_or(QUEUE, |queue| *queue.get_ref()) }))
    }

    fn encoding(&self, name: &Spanned<String>) -> Result<Encoding, ScenarioError> {
        Encoding::named(name.get_ref()).ok_or_else(|| {
            let known = Encoding::NAMES.join(", ");
            self.wrong(
                name,
                Text::new(format!("no such encoding; there are {known}"), format!("没有这种编码；可用的有 {known}")),
            )
        })
    }

    fn fault(&self, fault: &Spanned<String>) -> Result<Fault, ScenarioError> {
        let read = Fault::parse(fault.get_ref()).map_err(|error| self.wrong(fault, error.text()))?;
        match read.action {
            Action::Delay(by) if by >= self.limit => Err(self.wrong(fault, limits::nothing_arrives(by, self.limit))),
            _ => Ok(read),
        }
    }

    fn program(&self, name: String, program: &RawProgram) -> Result<Program, ScenarioError> {
        let place = match program.host.as_ref().map_or(name.as_str(), |host| host.get_ref()) {
            "client" => Place::Host(Peer::A),
            "server" => Place::Host(Peer::B),
            "wire" => Place::Wire,
            _ => {
                let what = Text::new(
                    format!("where does '{name}' run? host = \"client\", \"server\" or \"wire\""),
                    format!("'{name}' 在哪里运行？host = \"client\"、\"server\" 或 \"wire\""),
                );
                return Err(match &program.host {
                    Some(host) => self.wrong(host, what),
                    None => self.wrong(&program.calls, what),
                });
            }
        };
        let first = self.first_line(&program.calls);
        let mut lines = script::parse(program.calls.get_ref(), place).map_err(|error| {
            let at = Spot::in_line(self.text, first + error.line, error.column, error.len);
            ScenarioError::new(at, error.what).suggest(error.suggestion)
        })?;
        // Whoever reads of a line looks for it in the file.
        lines.iter_mut().for_each(|line| line.number += first - 1);
        if let Some((line, what)) = limits::waits_too_long(&lines, self.limit) {
            let number = line.number;
            let len = self.text.lines().nth(number - 1).unwrap_or_default().chars().count();
            return Err(ScenarioError::new(Spot::in_line(self.text, number, 0, len), what));
        }
        Ok(Program { name, place, lines })
    }

    /// Whoever waits for a mark that nobody sets waits for ever.
    fn marks(&self, programs: &[Program]) -> Result<(), ScenarioError> {
        let all = || programs.iter().flat_map(|program| &program.lines);
        let set: Vec<&str> = all()
            .filter_map(|line| match &line.what {
                What::Mark(mark) => Some(mark.as_str()),
                _ => None,
            })
            // A name server sets one of its program's name.
            .chain(programs.iter().filter(|program| serves_names(program)).map(|program| program.name.as_str()))
            .collect();
        let waits = all().find_map(|line| match &line.what {
            What::Wait(Wait::Mark(mark)) if !set.contains(&mark.as_str()) => Some((line.number, mark)),
            _ => None,
        });
        let Some((number, mark)) = waits else { return Ok(()) };
        let line = self.text.lines().nth(number - 1).unwrap_or_default();
        let column = line.rfind(mark.as_str()).map_or(0, |at| line.get(..at).unwrap_or_default().chars().count());
        let what = Text::new(
            format!("no program sets the mark '{mark}': one must say 'mark {mark}'"),
            format!("没有程序设置标记 '{mark}'：须有一个程序写 'mark {mark}'"),
        );
        let at = Spot::in_line(self.text, number, column, mark.chars().count());
        Err(ScenarioError::new(at, what).suggest(likest_of(mark, set.into_iter())))
    }

    fn sequence(&self, at: &Spanned<String>) -> Result<Sequence, ScenarioError> {
        let first = self.first_line(at);
        Sequence::parse(at.get_ref()).map_err(|error| {
            let line = first + error.line - 1;
            let at = Spot::in_line(self.text, line, error.column - 1, error.len);
            ScenarioError::new(at, error.what).suggest(error.suggestion)
        })
    }

    /// The line of the file on which a text of several lines begins. (TOML leaves out a newline right behind `"""`.)
    fn first_line(&self, at: &Spanned<String>) -> usize {
        let span = at.span();
        let written = self.text.get(span.clone()).unwrap_or_default();
        let skips = ["\"\"\"\n", "\"\"\"\r\n", "'''\n", "'''\r\n"].iter().any(|start| written.starts_with(start));
        self.text.get(..span.start).unwrap_or_default().matches('\n').count() + 1 + usize::from(skips)
    }
}

fn serves_names(program: &Program) -> bool {
    program.lines.iter().any(|line| matches!(line.what, What::Names { .. }))
}
