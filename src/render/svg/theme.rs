//! The colours of each theme.

use crate::render::picture::{Paint, Theme};
use crate::timeline::Phase;

/// One theme's colours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette(Theme);

impl Palette {
    pub(super) fn of(theme: Theme) -> Palette {
        Palette(theme)
    }

    /// `#rrggbb`.
    pub(super) fn hex(self, paint: Paint) -> &'static str {
        // Light, dark, print, colour-blind.
        let [light, dark, print, colour_blind] = match paint {
            Paint::Paper => ["#ffffff", "#0d1117", "#ffffff", "#ffffff"],
            Paint::Text => ["#1b1f24", "#e6edf3", "#000000", "#000000"],
            Paint::Dim => ["#57606a", "#9aa5b1", "#404040", "#505050"],
            Paint::Client => ["#0a5ea8", "#6cb6ff", "#000000", "#00609c"],
            Paint::Server => ["#93218a", "#e29bff", "#000000", "#8a4a00"],
            Paint::State => ["#166b31", "#57d364", "#000000", "#006b4d"],
            Paint::StateBox => ["#e6f6ea", "#12261a", "#ffffff", "#e3f4ee"],
            Paint::Wait => ["#8a5a00", "#e3b341", "#000000", "#6f5a00"],
            Paint::WaitBox => ["#fff3d1", "#2b2211", "#e8e8e8", "#fbf3c4"],
            Paint::Error => ["#b3261e", "#ff7b72", "#000000", "#96316f"],
            Paint::Warning => ["#8a4b00", "#f0a35a", "#000000", "#7a4d00"],
            Paint::Note => ["#3d4752", "#c4ccd4", "#000000", "#333333"],
            Paint::Lesson => ["#0a5ea8", "#6cb6ff", "#404040", "#00609c"],
            Paint::Rule => ["#d0d7de", "#30363d", "#909090", "#c8c8c8"],
            Paint::Band(Phase::Lookup) => ["#f3f0fc", "#181626", "#ffffff", "#f4f2f8"],
            Paint::Band(Phase::Open) => ["#eef5fd", "#101a27", "#ffffff", "#eef5fa"],
            Paint::Band(Phase::Data) => ["#ffffff", "#0d1117", "#ffffff", "#ffffff"],
            Paint::Band(Phase::Close) => ["#fdf2ee", "#221512", "#ffffff", "#faf3ea"],
            Paint::Band(Phase::TimeWait) => ["#fffaea", "#1e190d", "#ffffff", "#fcf9e4"],
        };
        match self.0 {
            Theme::Light => light,
            Theme::Dark => dark,
            Theme::Print => print,
            Theme::ColourBlind => colour_blind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value =
                f64::from(u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16).unwrap_or_default()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn words_can_be_read_on_every_ground() {
        let grounds = [Phase::Lookup, Phase::Open, Phase::Data, Phase::Close, Phase::TimeWait].map(Paint::Band);
        for theme in [Theme::Light, Theme::Dark, Theme::Print, Theme::ColourBlind] {
            let palette = Palette::of(theme);
            let contrast = |words, ground| {
                let (a, b) = (luminance(palette.hex(words)), luminance(palette.hex(ground)));
                (a.max(b) + 0.05) / (a.min(b) + 0.05)
            };
            for words in Paint::OF_WORDS {
                for ground in grounds.into_iter().chain([Paint::Paper]) {
                    assert!(
                        contrast(words, ground) >= 4.5,
                        "{theme:?}: {words:?} on {ground:?}: {}",
                        contrast(words, ground)
                    );
                }
            }
            assert!(contrast(Paint::State, Paint::StateBox) >= 4.5 && contrast(Paint::Wait, Paint::WaitBox) >= 4.5);
        }
    }
}
