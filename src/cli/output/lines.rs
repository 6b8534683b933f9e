//! A line per connection, to standard output or a file, while the capture is read.

use super::part::Part;
use super::{BUFFER, Config, unwritten};
use crate::assemble::Entry;
use crate::render::{Format, Lines};
use crate::select::Rank;
use anyhow::Result;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

type Out = BufWriter<Box<dyn Write>>;

/// Lines, and where they go.
pub struct LinesOut {
    lines: Lines<Out>,
    /// The file with its path; else it is standard output.
    part: Option<(Part, PathBuf)>,
}

impl LinesOut {
    pub(super) fn stdout(format: Format, sorted: Option<Option<usize>>) -> LinesOut {
        LinesOut { lines: lines(format, Box::new(io::stdout()), sorted), part: None }
    }

    pub(super) fn file(
        path: &Path,
        format: Format,
        sorted: Option<Option<usize>>,
        config: &Config,
    ) -> Result<LinesOut> {
        let opened =
            Part::create(path, super::ANYONE, config.lang).and_then(|part| Ok((part.file().try_clone()?, part)));
        let (file, part) = opened.map_err(|error| unwritten(error, Some(path), config))?;
        Ok(LinesOut { lines: lines(format, Box::new(file), sorted), part: Some((part, path.to_path_buf())) })
    }

    /// Takes a connection in; see [`Lines::offer`].
    pub fn offer(&mut self, id: u64, passed: Option<(&Rank, &Entry)>) {
        self.lines.offer(id, passed);
    }

    /// Whether something could not be written.
    pub fn is_broken(&self) -> bool {
        self.lines.is_broken()
    }

    /// Writes the rest; a file gets its name.
    ///
    /// # Errors
    /// What could not be written, by its name.
    pub fn finish(self, config: &Config) -> Result<()> {
        let LinesOut { lines, part } = self;
        let written = lines.finish().and_then(|mut out| out.flush()).map_err(anyhow::Error::from);
        match part {
            None => written.map_err(|error| unwritten(error, None, config)),
            Some((part, path)) => {
                written.and_then(|()| part.finish()).map_err(|error| unwritten(error, Some(&path), config))
            }
        }
    }
}

fn lines(format: Format, out: Box<dyn Write>, sorted: Option<Option<usize>>) -> Lines<Out> {
    let out = BufWriter::with_capacity(BUFFER, out);
    match sorted {
        None => Lines::new(format, out),
        Some(limit) => Lines::sorted(format, out, limit),
    }
}
