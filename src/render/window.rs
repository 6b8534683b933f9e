//! Lines that come almost in order are put in order, in bounded memory.

use std::collections::VecDeque;
use std::io;

/// Lines that wait for one before them, at most: some 4 MiB of CSV, 20 MiB of NDJSON.
pub const MOST_WAITING: usize = 8 * 1024;

/// The lines from the first that is still to come.
#[derive(Default)]
pub(super) struct Window {
    /// How many places were passed: the id of the one before the first here.
    passed: u64,
    /// By id; `None` is still to come.
    lines: VecDeque<Option<Vec<u8>>>,
}

impl Window {
    /// Takes in the line with this id, which may be empty. Ids count from 1, and each comes once. Writes what is in order then;
    /// what is waited for too long is written when it comes.
    pub(super) fn offer(&mut self, id: u64, line: Vec<u8>, out: &mut impl io::Write) -> io::Result<()> {
        let Some(place) = id.checked_sub(self.passed + 1) else { return out.write_all(&line) };
        // Only as much as must be is given up waiting for.
        let beyond = place.saturating_sub(MOST_WAITING as u64 - 1);
        for _ in 0..beyond.min(self.lines.len() as u64) {
            self.pass(out)?;
        }
        let place = if beyond > 0 {
            self.passed = self.passed.max(id.saturating_sub(MOST_WAITING as u64));
            MOST_WAITING - 1
        } else {
            usize::try_from(place).unwrap_or(usize::MAX).min(MOST_WAITING - 1)
        };
        if self.lines.len() <= place {
            self.lines.resize_with(place + 1, || None);
        }
        if let Some(slot) = self.lines.get_mut(place) {
            *slot = Some(line);
        }
        while let Some(Some(_)) = self.lines.front() {
            self.pass(out)?;
        }
        Ok(())
    }

    /// Lines that wait now.
    pub(super) fn waiting(&self) -> usize {
        self.lines.len()
    }

    /// Writes all that waits.
    pub(super) fn finish(&mut self, out: &mut impl io::Write) -> io::Result<()> {
        while !self.lines.is_empty() {
            self.pass(out)?;
        }
        Ok(())
    }

    /// Writes the first, or gives up waiting for it.
    fn pass(&mut self, out: &mut impl io::Write) -> io::Result<()> {
        self.passed += 1;
        self.lines.pop_front().flatten().map_or(Ok(()), |line| out.write_all(&line))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(ids: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let (mut window, mut out) = (Window::default(), Vec::new());
        for id in ids {
            window.offer(id, format!("{id}\n").into_bytes(), &mut out).unwrap();
            assert!(window.waiting() <= MOST_WAITING);
        }
        window.finish(&mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| line.parse().unwrap()).collect()
    }

    #[test]
    fn lines_stand_in_order() {
        assert_eq!(written([3, 1, 2, 5, 4]), [1, 2, 3, 4, 5]);
        let many = MOST_WAITING as u64;
        assert!(written((1..=many).rev()).is_sorted());
        assert!(written((1..=40_000).map(|n| n ^ 1023).filter(|n| *n > 0)).is_sorted());
    }

    #[test]
    fn nobody_waits_for_ever() {
        let many = MOST_WAITING as u64;
        let told = written((2..=3 * many).chain([1]));
        assert_eq!(told.last(), Some(&1));
        assert_eq!(told.len() as u64, 3 * many);
        assert!(told.split_last().unwrap().1.is_sorted());
        // An id that never comes, and one far beyond all.
        assert_eq!(written([2, 1_000_000, 3, 1]), [2, 3, 1, 1_000_000]);
        assert_eq!(written([1, many + 2, many + 1, 2, 3]), [1, 2, 3, many + 1, many + 2]);
        assert_eq!(written([many + 1, many + 2, 1, 2, 3]), [1, 2, 3, many + 1, many + 2]);
    }
}
