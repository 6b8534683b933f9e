//! Scenarios by name or from a file, and what is told of a text that cannot be read.

use super::exit::{Exit, Failure};
use crate::lab::scenario::{self, Scenario, ScenarioError, Spot};
use crate::timeline::Text;
use anyhow::Result;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Octets read of a scenario file; one that is longer than a scenario may be is told so.
const LONGEST: u64 = 2 << 20;

/// The built-in scenario of this name, or one from a file.
pub(super) fn find(name: &str) -> Result<Scenario> {
    let parse = |text: &str| Scenario::parse(text).map_err(|error| wrong(name, error).into());
    if let Some(known) = scenario::named(name) {
        return parse(known.text);
    }
    let mut text = String::new();
    match File::open(Path::new(name)).and_then(|file| file.take(LONGEST).read_to_string(&mut text)) {
        Ok(_) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !name.contains(['/', '.']) => {
            let message = Text::new(format!("no scenario is called '{name}'"), format!("没有名为 '{name}' 的场景"));
            let mut failure = Failure::new(Exit::Usage, message);
            if let Some(likely) = scenario::likest(name) {
                failure = failure.help(Text::new(format!("did you mean {likely}?"), format!("是否指 {likely}？")));
            }
            let lists = Text::new("synfin lab list shows the names", "synfin lab list 列出所有名称");
            Err(failure.help(lists).into())
        }
        Err(error) => {
            let message = Text::new(format!("cannot read '{name}': {error}"), format!("无法读取 '{name}'：{error}"));
            Err(Failure::new(Exit::Usage, message).into())
        }
    }
}

fn wrong(name: &str, error: ScenarioError) -> Failure {
    let ScenarioError { at: Spot { line, column, len, text }, what, suggestion } = error;
    unreadable(name, &Wrong { line, column, len, text: &text, what: &what, suggestion: suggestion.as_deref() })
}

/// A kernel parameter that the file asks for and this kernel does not take.
#[cfg(all(feature = "capture", target_os = "linux"))]
pub(super) fn refused(name: &str, sysctl: &scenario::Sysctl, error: &io::Error) -> Failure {
    let scenario::Sysctl { name: parameter, value, at, .. } = sysctl;
    let what = match error.kind() {
        io::ErrorKind::NotFound => Text::new(
            format!("this kernel has no parameter '{parameter}' that a network of its own could set"),
            format!("这个内核没有可由独立网络设置的参数 '{parameter}'"),
        ),
        // Of our own check: see `Host::set`.
        io::ErrorKind::InvalidInput if error.raw_os_error().is_none() => Text::new(
            format!("'{parameter}' is no parameter of a network, such as net.ipv4.tcp_syn_retries"),
            format!("'{parameter}' 不是 net.ipv4.tcp_syn_retries 这样的网络参数"),
        ),
        _ => Text::new(
            format!("the kernel refuses '{value}' for {parameter}: {error}"),
            format!("内核不接受 {parameter} 的值 '{value}'：{error}"),
        ),
    };
    let Spot { line, column, len, text } = at;
    unreadable(name, &Wrong { line: *line, column: *column, len: *len, text, what: &what, suggestion: None })
}

/// What is wrong with a text, and where.
pub(super) struct Wrong<'w> {
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted from 1, in characters.
    pub(super) column: usize,
    pub(super) len: usize,
    /// The line as it stands.
    pub(super) text: &'w str,
    pub(super) what: &'w Text,
    pub(super) suggestion: Option<&'w str>,
}

pub(super) fn unreadable(name: &str, wrong: &Wrong<'_>) -> Failure {
    let Wrong { line, column, len, text, what, suggestion } = *wrong;
    // Around the place, where the line is long.
    let at = column - 1;
    let from = at.saturating_sub(60);
    let shown: String = text.chars().skip(from).take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let message = Text::new(
        format!("{name}, line {line}, column {column}: {}", what.en.trim()),
        format!("{name} 第 {line} 行第 {column} 列：{}", what.zh.trim()),
    );
    let failure = Failure::new(Exit::Usage, message).place(shown, at - from, len.min(160));
    match suggestion {
        Some(word) => failure.help(Text::new(format!("did you mean {word}?"), format!("是否指 {word}？"))),
        None => failure,
    }
}
