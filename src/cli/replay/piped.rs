//! A recording of the lab's that comes through a pipe: it is told as its file would be, so it is read twice, and held meanwhile.

use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::recorded::{self, Lesson};
use super::{FrameFilter, opened, read};
use crate::analyze::Wishes;
use crate::source::CaptureReader;
use crate::timeline::{Text, Timeline};
use anyhow::{Context, Result};
use std::io::{self, BufRead, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// Octets held at most. A recording of the lab's is far shorter.
const MOST: usize = 256 << 20;

/// All of standard input, if it is the only input and begins as a recording of the lab's does; else nothing is taken from it.
pub(super) fn lesson(files: &[PathBuf], config: &Config) -> Result<Option<(Lesson, Vec<u8>)>> {
    let [file] = files else { return Ok(None) };
    if file.as_os_str() != "-" {
        return Ok(None);
    }
    let mut input = io::stdin().lock();
    let Some(lesson) = input.fill_buf().ok().and_then(begins) else { return Ok(None) };
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST).unwrap_or(u64::MAX).saturating_add(1);
    input.take(most).read_to_end(&mut bytes).context(config.lang.pick("cannot read the capture", "无法读取捕获"))?;
    if bytes.len() > MOST {
        let message = Text::new(
            "this recording is longer than 256 MiB: give its file instead of a pipe",
            "该录制超过 256 MiB：请直接给出文件，而不是通过管道",
        );
        return Err(Failure::new(Exit::Failed, message).into());
    }
    Ok(Some((lesson, bytes)))
}

/// What a recording of the lab's that begins with these octets, packed or not, says of itself: its section stands before all
/// else. What cannot be read is told by who reads it next.
fn begins(first: &[u8]) -> Option<Lesson> {
    Lesson::begins(&mut CaptureReader::from_reader(Cursor::new(first.to_vec())).ok()?)
}

/// The timeline of what the lab has recorded, under this name; says whether it was damaged.
pub(super) fn read_held(
    bytes: Vec<u8>,
    name: &str,
    wishes: Wishes,
    filter: &mut FrameFilter,
    config: &Config,
) -> Result<(Timeline, bool)> {
    /// Read twice, and held once.
    #[derive(Clone)]
    struct Held(Arc<Vec<u8>>);
    impl AsRef<[u8]> for Held {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    let held = Held(Arc::new(bytes));
    // It folds as a replay of the file does.
    let wishes = Wishes { whole: recorded::WHOLE, ..wishes };
    let reader = || opened(CaptureReader::from_reader(Cursor::new(held.clone())), config);
    match recorded::sides(&mut reader()?) {
        Some(sides) => recorded::read(reader()?, name, &sides, wishes, filter),
        None => read(std::iter::once((name.to_string(), reader())), wishes, filter, None),
    }
}
