//! Time that goes backwards in a capture. The order of the file stays the order of the story; that it happened is told once.

use super::Timestamp;
use crate::timeline::Text;

/// How often and how far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Backwards {
    last: Option<Timestamp>,
    times: u64,
    largest_ns: u64,
    /// Number of the frame with the largest step.
    frame: u64,
}

impl Backwards {
    /// Takes in the next frame's time.
    #[inline]
    pub fn see(&mut self, frame: u64, time: Timestamp) {
        if let Some(last) = self.last.replace(time)
            && time < last
        {
            let step = last.0.abs_diff(time.0);
            self.times += 1;
            if step > self.largest_ns {
                (self.largest_ns, self.frame) = (step, frame);
            }
        }
    }

    /// What there is to tell, if anything is.
    pub fn text(&self) -> Option<Text> {
        let Backwards { times, largest_ns, frame, .. } = *self;
        if times == 0 {
            return None;
        }
        let by = match largest_ns {
            0..1_000_000_000 => format!("{}.{:06} ms", largest_ns / 1_000_000, largest_ns % 1_000_000),
            1_000_000_000..86_400_000_000_000 => format!("{} s", largest_ns / 1_000_000_000),
            _ => format!("{} days", largest_ns / 86_400_000_000_000),
        };
        let (en, zh) = match times {
            1 => ("once".to_string(), "1 次".to_string()),
            n => (format!("{n} times"), format!("{n} 次")),
        };
        Some(Text::new(
            format!("time goes backwards {en}, by {by} at most (frame {frame}); packets are taken in the file's order"),
            format!("时间戳倒退 {zh}，最多 {by}（第 {frame} 帧）；按文件中的顺序分析"),
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn counts_and_the_largest_step() {
        let mut backwards = Backwards::default();
        for (at, time) in [5, 5, 9, 8, 3_000_000, 1_999_999, 2_000_000].into_iter().enumerate() {
            backwards.see(at as u64 + 1, Timestamp(time));
        }
        let text = backwards.text().unwrap();
        assert!(
            text.en.contains("2 times") && text.en.contains("1.000001 ms") && text.en.contains("frame 6"),
            "{}",
            text.en
        );
        assert!(text.zh.contains("2 次"));
        backwards.see(8, Timestamp(-86_400_000_000_000 * 7_735));
        assert!(backwards.text().unwrap().en.contains("by 7735 days at most"), "nobody reads that in milliseconds");
        assert!(Backwards::default().text().is_none());
    }
}
