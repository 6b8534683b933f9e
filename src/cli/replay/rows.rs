//! Connections that are written or chosen while the capture is read, so that no more are kept than are shown.

use super::super::args::Replay;
use super::super::config::Config;
use super::super::output::{LinesOut, Outputs};
use crate::analyze::{Over, Take, Wishes};
use crate::assemble::Watch;
use crate::ladder::View;
use crate::render::Format;
use crate::select::{Harvest, Sieve};
use crate::source::CaptureReader;
use crate::timeline::{Relabel, Timeline};
use crate::track::Keep;
use anyhow::Result;

/// Takes each connection when it is over.
pub(super) struct Rows {
    harvest: Harvest,
    lines: Vec<LinesOut>,
    /// Names that the file being read has told so far.
    learned: usize,
}

/// Whether connections can be let go of one by one: not where a timeline holds their events, where one of them is drawn, or
/// where both sides are joined, which holds all of both captures anyway.
pub(super) fn suffice(args: &Replay, outputs: &Outputs) -> bool {
    let chooses = args.choose.filter.is_some() || args.choose.sort.is_some();
    let is_whole = Format::ALL.into_iter().any(|format| format.is_of_all() && outputs.has(format))
        || outputs.has_pictures()
        || outputs.has_messages()
        || args.output.show.graph.is_some()
        || args.output.show.header.is_some()
        || args.connection.is_some()
        || args.client.is_some();
    !is_whole && !args.output.show.anonymize && (chooses || outputs.has_lines())
}

impl Rows {
    /// Opens what lines are written to.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn new(
        args: &Replay,
        sieve: &Sieve,
        view: &View,
        outputs: &Outputs,
        config: &Config,
    ) -> Result<(Rows, Wishes)> {
        let sorts = !sieve.sort.is_empty() || sieve.limit.is_some();
        let lines = outputs.open_lines(sorts.then_some(sieve.limit), config)?;
        let draws = outputs.has(Format::Text);
        let table = draws.then_some(view.limit);
        let harvest = Harvest::new(sieve.clone(), table, args.output.msl, config.names.clone());
        let wishes = Wishes {
            // The only connection is drawn as a ladder.
            watch: if draws { Watch::Sole } else { Watch::One(0) },
            full: args.output.full,
            msl: args.output.msl,
            keep: Keep { first: 0, one: None, is_watched: false },
            merge_vlans: args.merge_vlans,
            ..Wishes::default()
        };
        Ok((Rows { harvest, lines, learned: 0 }, wishes))
    }

    /// Learns the names that the file has told since.
    pub(super) fn learn(&mut self, reader: &CaptureReader) {
        let names = reader.about().map_or(&[][..], |about| &about.names);
        if names.len() != self.learned {
            self.harvest.learn(names);
            self.learned = names.len();
        }
    }

    /// See [`Harvest::unused_names`].
    pub(super) fn unused_names(&self) -> Vec<&Relabel> {
        self.harvest.unused_names()
    }

    /// Another file is read now.
    pub(super) fn next_file(&mut self) {
        self.learned = 0;
    }

    /// Whether lines can no longer be written: nobody reads on.
    pub(super) fn are_broken(&self) -> bool {
        self.lines.iter().any(LinesOut::is_broken)
    }

    /// Ends the lines, and gives the timeline for a table.
    ///
    /// # Errors
    /// What could not be written.
    pub(super) fn finish(self, timeline: Timeline, config: &Config) -> Result<Timeline> {
        for lines in self.lines {
            lines.finish(config)?;
        }
        Ok(self.harvest.finish(timeline))
    }
}

impl Take for Rows {
    fn take(&mut self, over: &Over<'_>) {
        let passed = self.harvest.offer(over, !self.lines.is_empty());
        let told = passed.as_ref().and_then(|(rank, entry)| Some((rank, entry.as_ref()?)));
        for lines in &mut self.lines {
            lines.offer(over.id(), told);
        }
    }
}
