//! A scenario that was played, held against what it expects.

use super::super::config::Config;
use super::unmet;
use crate::expect::{self, Sequence};
use crate::lab::performance::player::Missed;
use crate::lab::scenario::Scenario;
use crate::render::check::{self as drawing, Checked};
use crate::render::safe;
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
        Judged { name: name.into(), missed, unmet, checked, disagreements: disagreements.collect() }
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
