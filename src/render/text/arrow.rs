//! The arrow itself, between the lifelines.

use super::glyphs::Glyphs;
use crate::ladder::Side;
use crate::render::width::width;

/// How an arrow ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Arrives,
    /// It was sent; nothing shows that it arrived.
    Unproven,
    Lost,
}

/// The columns that an arrow needs beside its label: shaft, two spaces, shaft, head.
pub(super) const BESIDE_LABEL: usize = 5;

/// An arrow over `area` columns with its label near the sender. `area` columns wide, always.
pub(super) fn shaft(from: Side, label: &str, area: usize, end: End, shaft: &str, glyphs: &Glyphs) -> String {
    let label = if label.is_empty() { String::new() } else { format!(" {label} ") };
    let before = 1.min(area);
    let after = area.saturating_sub(before + width(&label));
    let (line, head, blank) = match end {
        End::Arrives => (after.saturating_sub(1), *(!from).of(&glyphs.head), 0),
        End::Unproven => (after.saturating_sub(1), *(!from).of(&glyphs.unproven), 0),
        // A lost segment gets most of the way.
        End::Lost => {
            let line = (after.saturating_sub(1) * 3 / 5).max(usize::from(after > 1));
            (line, glyphs.lost, after.saturating_sub(1 + line))
        }
    };
    let head = if after == 0 { "" } else { head };
    match from {
        Side::Left => format!("{}{label}{}{head}{}", shaft.repeat(before), shaft.repeat(line), " ".repeat(blank)),
        Side::Right => format!("{}{head}{}{label}{}", " ".repeat(blank), shaft.repeat(line), shaft.repeat(before)),
    }
}

/// An arrow that begins between the lifelines: nobody sent it.
pub(super) fn from_nowhere(from: Side, label: &str, area: usize, end: End, glyphs: &Glyphs) -> String {
    let gap = (area / 4).min(area.saturating_sub(BESIDE_LABEL + width(label)));
    let text = shaft(from, label, area - gap, end, glyphs.shaft, glyphs);
    let nothing = " ".repeat(gap);
    match from {
        Side::Left => format!("{nothing}{text}"),
        Side::Right => format!("{text}{nothing}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Charset;

    #[test]
    fn arrows_fill_their_area() {
        let glyphs = Glyphs::of(Charset::Ascii);
        let draw = |from, end| shaft(from, "SYN", 14, end, "-", glyphs);
        assert_eq!(draw(Side::Left, End::Arrives), "- SYN ------->");
        assert_eq!(draw(Side::Right, End::Arrives), "<------- SYN -");
        assert_eq!(draw(Side::Left, End::Lost), "- SYN ----X   ");
        assert_eq!(from_nowhere(Side::Left, "RST", 16, End::Arrives, glyphs), "    - RST ----->");
        assert_eq!(from_nowhere(Side::Right, "RST", 16, End::Arrives, glyphs), "<----- RST -    ");
        for area in 6..40 {
            for (from, end) in [(Side::Left, End::Arrives), (Side::Right, End::Lost)] {
                assert_eq!(shaft(from, "x", area, end, "-", glyphs).len(), area);
            }
        }
    }
}
