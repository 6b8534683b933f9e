//! A scenario that was played, held against what it expects.

use super::super::config::Config;
use super::unmet;
use crate::expect::{self, Sequence};
use crate::lab::performance::player::Missed;
use crate::lab::scenario::Scenario;
use crate::render::check::{self as drawing, Checked};
use crate::render::{prose, safe};
use crate::timeline::{Lang, Text, Timeline};
use anyhow::Result;
use std::io::Write;

/// How a scenario came out.
pub(super) struct Judged {
    name: String,
    missed: Vec<Missed>,
    /// Faults that met no segment.
    unmet: Vec<String>,
    checked: Vec<Checked>,
    /// Where a kernel's states are not those of the packets.
    disagreements: Vec<Text>,
    /// Sides of which no kernel told anything.
    untold: Vec<Text>,
}

impl Judged {
    pub(super) fn of(
        name: &str,
        scenario: &Scenario,
        missed: Vec<Missed>,
        unmet: Vec<String>,
        timeline: &Timeline,
    ) -> Judged {
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
        let (disagreements, untold) = (disagreements.collect(), untold(timeline));
        Judged { name: name.into(), missed, unmet, checked, disagreements, untold }
    }

    pub(super) fn fits(&self) -> bool {
        self.missed.is_empty()
            && self.unmet.is_empty()
            && self.disagreements.is_empty()
            && self.checked.iter().all(|checked| checked.fits)
    }

    /// What was expected and did not come, or that all came.
    pub(super) fn write(&self, config: &Config, out: &mut impl Write) -> Result<()> {
        let lang = config.lang;
        let name = safe(&self.name);
        let style = config.stderr_style();
        let mut line = |mark: &str, text: String| -> Result<()> {
            let lines = prose::hanging(&format!("{mark} "), &text, style.width, &style);
            Ok(writeln!(out, "{}", lines.join("\n"))?)
        };
        if self.fits() {
            let sides: Vec<&str> = self.untold.iter().map(|side| side.get(lang)).collect();
            return match (sides.is_empty(), lang) {
                (true, Lang::En) => line("✓", format!("{name}: as expected: segments, calls and both kernels' states")),
                (true, Lang::Zh) => line("✓", format!("{name}：符合预期：报文段、调用以及双方内核的状态")),
                (false, Lang::En) => {
                    let sides = sides.join(", ");
                    line(
                        "✓",
                        format!("{name}: as expected: segments, calls and states; not told by the kernel: {sides}"),
                    )
                }
                (false, Lang::Zh) => {
                    let sides = sides.join("、");
                    line("✓", format!("{name}：符合预期：报文段、调用以及状态；内核没有告知：{sides}"))
                }
            };
        }
        for Missed { program, line: number, text, gave } in &self.missed {
            let (program, text) = (safe(program), safe(text));
            let gave = gave.as_ref().map(|gave| safe(gave.get(lang)));
            let came = match (lang, gave) {
                (Lang::En, Some(gave)) => format!("'{text}' gave {gave}"),
                (Lang::Zh, Some(gave)) => format!("'{text}' 的结果是 {gave}"),
                (Lang::En, None) => format!("'{text}' gave nothing until the scenario was over"),
                (Lang::Zh, None) => format!("'{text}' 直到场景结束也没有返回"),
            };
            line(
                "✗",
                match lang {
                    Lang::En => format!("{name}: {program}, line {number}: {came}"),
                    Lang::Zh => format!("{name}：{program} 第 {number} 行：{came}"),
                },
            )?;
        }
        for fault in &self.unmet {
            line("✗", format!("{name}{}{}", lang.pick(": ", "："), unmet(fault).get(lang)))?;
        }
        for text in &self.disagreements {
            line("✗", format!("{name}{}{}", lang.pick(": ", "："), text.get(lang)))?;
        }
        let wrong: Vec<Checked> = self.checked.iter().filter(|checked| !checked.fits).cloned().collect();
        if !wrong.is_empty() {
            drawing::write(&wrong, &config.stdout_style(), out)?;
        }
        Ok(())
    }
}

/// The sides of which no kernel told anything: `the server`, and of which connection where there are several.
fn untold(timeline: &Timeline) -> Vec<Text> {
    let several = timeline.connections.len() > 1;
    let mut sides = Vec::new();
    for connection in &timeline.connections {
        let is_untold = |id: &String| match &connection.kernel_agreement {
            Some(agreement) => agreement.untold.contains(id),
            None => true,
        };
        for (id, en, zh) in [(&connection.client, "the client", "客户端"), (&connection.server, "the server", "服务器")]
        {
            if is_untold(id) {
                let id = connection.id;
                sides.push(match several {
                    true => Text::new(format!("{en} of connection {id}"), format!("连接 {id} 的{zh}")),
                    false => Text::new(en, zh),
                });
            }
        }
    }
    sides
}
