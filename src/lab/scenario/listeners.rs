//! Who accepts from a listener that nobody makes would wait until the scenario is over: such a line is refused.

use super::script::{Line, Wanted, What};
use super::{Place, Program, ScenarioError, Spot};
use crate::expect::likest_of;
use crate::tcp::Peer;
use crate::timeline::Text;

/// Looks through all programs.
///
/// # Errors
/// The first line that asks for a listener which its host never has.
pub(super) fn check(file: &str, programs: &[Program]) -> Result<(), ScenarioError> {
    let made: Vec<(Peer, &str)> = lines(programs)
        .filter(|(_, line)| matches!(line.what, What::Listen { .. }) && !matches!(line.wanted, Wanted::Error(_)))
        .filter_map(|(program, line)| Some((host(program)?, own(program, line))))
        .collect();
    for (program, line) in lines(programs) {
        let (What::Accept { .. } | What::CloseListener, Some(host)) = (&line.what, host(program)) else { continue };
        let from = match &line.what {
            What::Accept { from } => from.as_deref(),
            _ => line.socket.as_deref(),
        };
        let name = from.unwrap_or(&program.name);
        if made.contains(&(host, name)) {
            continue;
        }
        let here = made.iter().filter(|(peer, _)| *peer == host).map(|(_, name)| *name);
        let what = match from {
            None => no_own(here.clone().next()),
            Some(name) => match programs.iter().find(|other| other.name == name) {
                Some(other) if self::host(other) != Some(host) => elsewhere(name),
                Some(_) => never_listens(name),
                None => nobody(name),
            },
        };
        let text = file.lines().nth(line.number - 1).unwrap_or_default();
        let asked = from.unwrap_or(if line.what == What::CloseListener { "close" } else { "accept" });
        let column = text.find(asked).map_or(0, |at| text.get(..at).unwrap_or_default().chars().count());
        let at = Spot::in_line(file, line.number, column, asked.chars().count());
        return Err(ScenarioError::new(at, what).suggest(from.and_then(|name| likest_of(name, here))));
    }
    Ok(())
}

/// Every line with its program.
fn lines(programs: &[Program]) -> impl Iterator<Item = (&Program, &Line)> {
    programs.iter().flat_map(|program| program.lines.iter().map(move |line| (program, line)))
}

fn host(program: &Program) -> Option<Peer> {
    match program.place {
        Place::Host(peer) => Some(peer),
        Place::Wire => None,
    }
}

/// The name of the socket that a line is about.
fn own<'l>(program: &'l Program, line: &'l Line) -> &'l str {
    line.socket.as_deref().unwrap_or(&program.name)
}

fn no_own(other: Option<&str>) -> Text {
    let from = other.map(|name| format!("accept from {name}")).unwrap_or_else(|| "accept from NAME".into());
    Text::new(
        format!("this program never listens: 'listen PORT' comes first, or '{from}' takes another's listener"),
        format!("该程序从不监听：应先写 'listen 端口'，或用 '{from}' 使用其他程序的监听套接字"),
    )
}

fn nobody(name: &str) -> Text {
    Text::new(
        format!("no program and no socket '{name}' listens: after 'from' stands who says 'listen PORT' on this host"),
        format!("没有名为 '{name}' 的程序或套接字在监听：'from' 后面应是在这台主机上写了 'listen 端口' 的程序"),
    )
}

fn never_listens(name: &str) -> Text {
    Text::new(
        format!("'{name}' never listens: one accepts from who says 'listen PORT', not from who connects"),
        format!("'{name}' 从不监听：'from' 后面应是写了 'listen 端口' 的程序，而不是发起连接的程序"),
    )
}

fn elsewhere(name: &str) -> Text {
    Text::new(
        format!(
            "'{name}' runs on the other host: a program accepts from a listener of its own host, not from who connects"
        ),
        format!("'{name}' 在另一台主机上：程序只能使用本机的监听套接字，'from' 后面不是发起连接的程序"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::lab::scenario::{BUILTIN, Scenario};

    fn told(calls: &str) -> (usize, usize, String, Option<String>) {
        let file = format!(
            "title = \"t\"\nexpect = \"...\"\n[program.server]\ncalls = \"\"\"\n{calls}\n\"\"\"\n[program.helper]\nhost = \"server\"\ncalls = \"wait 1ms\"\n[program.client]\ncalls = \"connect 80\"\n"
        );
        let error = Scenario::parse(&file).unwrap_err();
        assert!(!error.what.zh.is_empty());
        (error.at.line, error.at.column, error.what.en, error.suggestion)
    }

    #[test]
    fn a_listener_that_nobody_makes_is_refused_with_its_line() {
        let (line, column, what, _) = told("listen 80\naccept from client");
        assert_eq!((line, column), (6, 13));
        assert!(what.contains("runs on the other host"), "{what}");
        let (_, _, what, likely) = told("listen 80\n  accept from sever");
        assert!(what.contains("no program and no socket 'sever'"), "{what}");
        assert_eq!(likely.as_deref(), Some("server"));
        assert!(told("listen 80\naccept from helper").2.contains("'helper' never listens"));
        assert_eq!(told("accept").1, 1);
        assert!(told("close listener").2.contains("this program never listens"));
        assert!(told("listen 80 -> EADDRINUSE\naccept").2.contains("this program never listens"));
    }

    /// What a performance says of a line is looked for in the file.
    #[test]
    fn lines_are_counted_in_the_file() {
        let file = "title = \"t\"\nexpect = \"...\"\n[program.server]\ncalls = \"\"\"\nlisten 80\n\naccept\n\"\"\"\n[program.client]\ncalls = \"connect 80\"\n";
        let scenario = Scenario::parse(file).unwrap();
        for line in scenario.lines() {
            assert!(file.lines().nth(line.number - 1).unwrap().contains(&line.text), "{line:?}");
        }
        assert_eq!(scenario.lines().map(|line| line.number).collect::<Vec<_>>(), [5, 7, 10]);
    }

    #[test]
    fn what_somebody_listens_for_can_be_accepted() {
        for calls in ["listen 80\naccept\nclose listener", "door: listen 80\naccept from door\ndoor: close listener"] {
            let file = format!("title = \"t\"\nexpect = \"...\"\n[program.server]\ncalls = \"\"\"\n{calls}\n\"\"\"\n");
            assert!(Scenario::parse(&file).is_ok(), "{calls}");
        }
        for known in BUILTIN {
            assert!(Scenario::parse(known.text).is_ok(), "{}", known.name);
        }
    }
}
