//! A PlantUML timing diagram: both state machines over time and the segments between them. Moments stand equally far apart, each
//! with its time below it: a wait of minutes would flatten a handshake of microseconds.

mod fold;
mod score;

use super::plantuml::escape;
use crate::ladder::{Ladder, Side};
use crate::render::{Style, story, summary, width};
use crate::timeline::Lang;
use score::Score;
use std::io;

/// Pixels from moment to moment, by the longest label, as far as the whole fits into a picture that PlantUML draws.
const APART: [usize; 2] = [72, 150];
const WIDEST: usize = 3_700;
/// Pixels that a character of a label takes, and what is beside it.
const CHARACTER: usize = 8;
const BESIDE: usize = 14;

/// Writes the diagram.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let diagram = Score::of(ladder, style);
    writeln!(out, "@startuml")?;
    // PlantUML sets a caption upon the axis: what marks mean stands with the title. The new line is ours.
    let legend =
        diagram.legend(style.lang).map(|legend| format!("\\n<size:11>{}</size>", escape(&legend))).unwrap_or_default();
    writeln!(out, "title {}{legend}", escape(&story::title(ladder, style)))?;
    for side in Side::BOTH {
        let lane = ladder.lanes.get(side);
        let (role, address) = (summary::lane_name(lane, style), width::clean(&lane.address, 60, style));
        // The new line is ours.
        writeln!(out, "robust \"{}\\n{}\" as {}", escape(&role), escape(&address), id(side))?;
    }
    writeln!(out, "concise \"{}\" as T", style.lang.pick("time", "时间"))?;
    writeln!(out, "scale 1 as {} pixels", diagram.apart())?;
    diagram.write(out)?;
    writeln!(out, "@enduml")
}

/// What is drawn.
#[derive(Debug, Default)]
struct Diagram {
    moments: Vec<Moment>,
    spans: Vec<Span>,
}

/// What happens at one place of the axis.
#[derive(Debug, Default)]
struct Moment {
    t_ns: Option<i64>,
    /// What stands on the line of time.
    time: Option<String>,
    /// The states that the peers come to.
    states: [Option<String>; 2],
    messages: Vec<Message>,
    band: Option<Band>,
}

/// Words across both lines, up to a later moment.
#[derive(Debug)]
struct Band {
    color: &'static str,
    words: String,
    until: usize,
}

/// An arrow from one line to the other.
#[derive(Debug)]
struct Message {
    from: Side,
    /// The moment of its arrival, where that is another one.
    arrives: Option<usize>,
    label: String,
}

/// A TIME-WAIT from one moment to another.
#[derive(Debug)]
struct Span {
    side: Side,
    begin: usize,
    end: usize,
    words: String,
}

impl Diagram {
    /// What the marks beside states mean, as far as they are used.
    fn legend(&self, lang: Lang) -> Option<String> {
        let marks =
            [("(", "(STATE) inferred", "(STATE) 推断"), ("[", "[STATE] told by the kernel", "[STATE] 内核告知")];
        let is_used = |mark: &str| {
            self.moments.iter().flat_map(|moment| &moment.states).flatten().any(|state| state.starts_with(mark))
        };
        let used = marks.into_iter().filter(|(mark, ..)| is_used(mark)).map(|(_, en, zh)| lang.pick(en, zh));
        let used: Vec<&str> = used.collect();
        (!used.is_empty()).then(|| used.join(" · "))
    }

    /// Pixels from moment to moment.
    fn apart(&self) -> usize {
        let lines =
            self.moments.iter().flat_map(|moment| &moment.messages).flat_map(|message| message.label.split("\\n"));
        let longest = lines.map(|line| width::width(line) * CHARACTER + BESIDE).max().unwrap_or(0);
        let [least, most] = APART;
        longest.min(WIDEST / self.moments.len().max(1)).clamp(least, most)
    }

    fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        for (here, moment) in self.moments.iter().enumerate() {
            writeln!(out, "@{here}")?;
            match &moment.time {
                Some(time) => writeln!(out, "T is \"{}\"", escape(time))?,
                None => writeln!(out, "T is {{-}}")?,
            }
            for side in Side::BOTH {
                if let Some(state) = side.of(&moment.states) {
                    writeln!(out, "{} is \"{}\"", id(side), escape(state))?;
                }
            }
            for Message { from, arrives, label } in &moment.messages {
                let at = arrives.map(|at| format!("@{at}")).unwrap_or_default();
                writeln!(out, "{} -> {}{at} : {label}", id(*from), id(!*from))?;
            }
        }
        for (here, moment) in self.moments.iter().enumerate() {
            if let Some(Band { color, words, until }) = &moment.band {
                writeln!(out, "highlight {here} to {until} {color} : {}", escape(words))?;
            }
        }
        for Span { side, begin, end, words } in &self.spans {
            writeln!(out, "@{}", id(*side))?;
            writeln!(out, "@{begin} <-> @{end} : {{{}}}", escape(words))?;
        }
        Ok(())
    }
}

fn id(side: Side) -> &'static str {
    match side {
        Side::Left => "C",
        Side::Right => "S",
    }
}
