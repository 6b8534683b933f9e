//! How long things may take: what could never end in time is refused before anything is played.

use super::script::{Line, Wait, What};
use super::{ScenarioError, Spot};
use crate::lab::fault;
use crate::timeline::Text;
use std::time::Duration;
use toml::Spanned;

/// How long a scenario may take that does not say it.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest that a file may ask for: everything that TCP waits for without a keep-alive is shorter.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long the scenario may take.
pub(super) fn limit(text: &str, at: Option<&Spanned<String>>) -> Result<Duration, ScenarioError> {
    let Some(at) = at else { return Ok(LIMIT) };
    let limit = time(text, at)?;
    if (Duration::from_millis(1)..=LONGEST).contains(&limit) {
        return Ok(limit);
    }
    let longest = words(LONGEST);
    let what = Text::new(
        format!("a scenario may take from 1 ms to {longest}"),
        format!("一个场景的时限可以是 1 ms 到 {longest}"),
    );
    Err(ScenarioError::new(spot(text, at), what))
}

/// A time of the file.
pub(super) fn time(text: &str, at: &Spanned<String>) -> Result<Duration, ScenarioError> {
    let what = || Text::new("no time such as 20ms or 2s", "不是 20ms 或 2s 这样的时间");
    fault::time(at.get_ref()).ok_or_else(|| ScenarioError::new(spot(text, at), what()))
}

/// What is wrong with a delay that no segment comes through in time.
pub(super) fn nothing_arrives(delay: Duration, limit: Duration) -> Text {
    let (delay, limit) = (words(delay), words(limit));
    Text::new(
        format!("a delay of {delay} is not over within the scenario's limit of {limit} (limit = \"…\" sets another)"),
        format!("{delay} 的时延超出场景 {limit} 的时限（可用 limit = \"…\" 另设）"),
    )
}

/// The line at which a program has waited longer than the scenario may take.
pub(super) fn waits_too_long(lines: &[Line], limit: Duration) -> Option<(&Line, Text)> {
    let mut waited = Duration::ZERO;
    lines.iter().find_map(|line| {
        let What::Wait(Wait::Time(time)) = line.what else { return None };
        waited = waited.saturating_add(time);
        (waited >= limit).then(|| {
            let (waited, limit) = (words(waited), words(limit));
            let what = Text::new(
                format!(
                    "with this the program waits for {waited}: the scenario's limit is {limit} (limit = \"…\" sets another)"
                ),
                format!("到此程序共等待 {waited}：场景的时限是 {limit}（可用 limit = \"…\" 另设）"),
            );
            (line, what)
        })
    })
}

fn words(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{} ms", seconds * 1000.0),
        seconds => format!("{seconds} s"),
    }
}

fn spot(text: &str, at: &Spanned<String>) -> Spot {
    let span = at.span();
    Spot::at(text, span.start, span.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::lab::scenario::Scenario;

    fn file(more: &str, calls: &str) -> String {
        format!("title = \"x\"\nexpect = \"client SYN\"\n{more}\n[program.client]\ncalls = \"\"\"\n{calls}\n\"\"\"\n")
    }

    fn wrong(more: &str, calls: &str) -> (usize, String) {
        let error = Scenario::parse(&file(more, calls)).unwrap_err();
        (error.at.line, error.what.en)
    }

    #[test]
    fn what_cannot_end_in_time_is_told_with_its_line_and_the_limit() {
        let (line, what) = wrong("", "connect 9\nwait 15s\nwait 5s");
        assert!(line == 8 && what.contains("20 s: the scenario's limit is 20 s"), "{line} {what}");
        let (line, what) = wrong("limit = \"2s\"", "connect 9\nwait 3s");
        assert!(line == 7 && what.contains("limit is 2 s"), "{line} {what}");
        let (line, what) = wrong("delay = \"9999999s\"", "connect 9");
        assert!(line == 3 && what.contains("limit of 20 s"), "{line} {what}");
        let (line, what) = wrong("faults = [\n\"delay every FIN by 20s\"]", "connect 9");
        assert!(line == 4 && what.contains("limit of 20 s"), "{line} {what}");
        let (line, what) = wrong("limit = \"9999999s\"", "connect 9");
        assert!(line == 3 && what.contains("3600 s"), "{line} {what}");
        assert!(Scenario::parse(&file("limit = \"21s\"\ndelay = \"19s\"", "connect 9\nwait 15s\nwait 5s")).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused_at_its_line() {
        let (line, what) = wrong("queue = 5", "connect 9");
        assert!(line == 3 && what.contains("rate"), "{line} {what}");
        let (line, what) = wrong("", "connect 9\n  wait for the-end\nclose");
        assert!(line == 7 && what.contains("'the-end'"), "{line} {what}");
        assert!(Scenario::parse(&file("rate = 9\nqueue = 5", "connect 9\nmark m\nwait for m")).is_ok());
        let error = Scenario::parse(&file("", "connect 9\nmark closed\nwait for close")).unwrap_err();
        assert_eq!((error.suggestion.as_deref(), error.at.column), (Some("closed"), 10));
    }

    #[test]
    fn a_file_without_calls_is_refused() {
        let error = Scenario::parse("title = \"x\"\nexpect = \"client SYN\"\n").unwrap_err();
        assert!(error.what.en.starts_with("no program makes a call"), "{error}");
        assert!(wrong("", "wait 1s\nmark m").1.starts_with("no program makes a call"));
    }
}
