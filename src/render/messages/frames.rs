//! Which frames carry what: their numbers in few words.

use crate::render::{Charset, Style};
use crate::timeline::{Lang, Part};

/// Frames, or runs of them, that are named.
const MOST: usize = 8;

/// `frame 4`, `frames 4, 6–9`; nothing where none is known.
pub(super) fn named(frames: &[u64], style: &Style) -> Option<String> {
    let runs = runs(frames);
    let dash = if style.charset == Charset::Ascii { "-" } else { "–" };
    let told = runs.iter().take(MOST).map(|(from, to)| match to - from {
        0 => from.to_string(),
        1 => format!("{from}, {to}"),
        _ => format!("{from}{dash}{to}"),
    });
    let more = if style.charset == Charset::Ascii { ".." } else { "…" };
    let has_more = runs.len() > MOST || frames.len() >= Part::MOST_FRAMES;
    let list: Vec<String> = told.chain(has_more.then(|| more.to_string())).collect();
    let list = list.join(", ");
    match (style.lang, frames.len()) {
        (_, 0) => None,
        (Lang::En, 1) => Some(format!("frame {list}")),
        (Lang::En, _) => Some(format!("frames {list}")),
        (Lang::Zh, _) => Some(format!("帧 {list}")),
    }
}

/// The same of a part, where it is not just in the frame that carried what stands before it.
pub(super) fn fresh(frames: &[u64], carried: &mut Option<u64>, style: &Style) -> Option<String> {
    let is_same = frames.iter().all(|frame| Some(*frame) == *carried);
    *carried = frames.last().copied().or(*carried);
    if is_same { None } else { named(frames, style) }
}

/// From and to of those that follow each other.
fn runs(frames: &[u64]) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for frame in frames {
        match runs.last_mut() {
            Some((_, to)) if to.checked_add(1) == Some(*frame) => *to = *frame,
            _ => runs.push((*frame, *frame)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_named_where_they_are_others() {
        let style = |lang| Style::new(lang, Charset::Unicode, 80);
        let (en, zh) = (style(Lang::En), style(Lang::Zh));
        assert_eq!(named(&[4, 5, 7, 8, 9], &en).as_deref(), Some("frames 4, 5, 7–9"));
        assert_eq!(named(&[4], &zh).as_deref(), Some("帧 4"));
        assert_eq!(named(&[], &en), None);
        let many: Vec<u64> = (0..Part::MOST_FRAMES as u64).map(|number| 2 * number + 1).collect();
        assert_eq!(named(&many, &en).as_deref(), Some("frames 1, 3, 5, 7, 9, 11, 13, 15, …"));
        let mut carried = None;
        let told = [&[4][..], &[4], &[4, 5], &[5], &[], &[6]].map(|frames| fresh(frames, &mut carried, &en));
        assert_eq!(told.map(|text| text.unwrap_or_default()), ["frame 4", "", "frames 4, 5", "", "", "frame 6"]);
    }
}
