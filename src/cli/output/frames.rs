//! One picture per step, the form that every slide program takes: `step-01.svg` and `step-01.png`, each with all before it.

use super::{ANYONE, Part};
use crate::cli::config::Config;
use crate::cli::exit::{Exit, Failure};
use crate::ladder::{Ladder, View};
use crate::render::png::{self, Fonts};
use crate::render::slides::{self, frame_name};
use crate::render::svg::Frames;
use crate::timeline::amount::some;
use crate::timeline::{Lang, Text, Timeline};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes the frames of one connection, the first unless the view names one. All that is SVG is written before any PNG is drawn.
///
/// # Errors
/// A file that cannot be written; a PNG that cannot be drawn, with what would help.
pub(super) fn write(folder: &Path, timeline: &Timeline, view: &View, config: &Config) -> Result<()> {
    let cannot = || format!("{} '{}'", config.lang.pick("cannot write", "无法写入"), folder.display());
    let id = view.connection.or(timeline.connections.first().map(|first| first.id));
    let Some(ladder) = id.and_then(|id| Ladder::by(timeline, id, view)) else {
        let message = Text::new("no TCP connection to draw: no frames", "没有可绘制的 TCP 连接：未生成逐步图片");
        return Err(Failure::new(Exit::Failed, message).into());
    };
    if let Some(words) = slides::left_out(&ladder, config.lang) {
        warn(&words, config)?;
    }
    let frames = Frames::of(&slides::few(&ladder), &config.file_style());
    let name = |step: usize, suffix: &str| folder.join(frame_name(step, frames.len(), suffix));
    let picture = |step: usize| -> Result<Vec<u8>> {
        let mut picture = Vec::new();
        frames.write(step, &mut picture)?;
        Ok(picture)
    };
    for step in 1..=frames.len() {
        save(&name(step, "svg"), &picture(step)?, config.lang).with_context(cannot)?;
    }
    let fonts = Fonts::of_system();
    for step in 1..=frames.len() {
        // Drawn again: all of them at once would take much memory.
        let picture = String::from_utf8(picture(step)?).context("SVG is UTF-8")?;
        let drawn = png::draw(&picture, &fonts).map_err(|error| undrawn(&error))?;
        save(&name(step, "png"), &drawn, config.lang).with_context(cannot)?;
    }
    let older = older(folder, frames.len()).with_context(cannot)?;
    if let [first, ..] = older.as_slice() {
        let (count, folder) = (older.len(), folder.display());
        let words = match config.lang {
            Lang::En => format!(
                "{} of another run in '{folder}', as {first}: no part of these pictures",
                some(count as u64, "file")
            ),
            Lang::Zh => format!("'{folder}' 中有 {count} 个文件（如 {first}）来自另一次运行，不属于这组图片"),
        };
        warn(&words, config)?;
    }
    Ok(())
}

/// Files in the folder that are called as frames are and were not written now, in order. They may be somebody's work: they stay.
fn older(folder: &Path, frames: usize) -> Result<Vec<String>> {
    let mut older = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        let written = |suffix| {
            let step = name.strip_prefix("step-")?.strip_suffix(suffix)?.strip_suffix('.')?;
            let is_number = step.len() >= 2 && step.bytes().all(|c| c.is_ascii_digit());
            let step = step.parse::<usize>().ok().filter(|_| is_number)?;
            Some((1..=frames).contains(&step) && frame_name(step, frames, suffix) == name)
        };
        if written("svg").or(written("png")) == Some(false) {
            older.push(name.to_string());
        }
    }
    older.sort_unstable();
    Ok(older)
}

fn warn(words: &str, config: &Config) -> Result<()> {
    let label = config.lang.pick("warning: ", "警告：");
    writeln!(io::stderr().lock(), "{label}{words}")?;
    Ok(())
}

/// Makes the folder where it is not there yet, for the user behind sudo.
///
/// # Errors
/// What the system says.
pub(super) fn make(folder: &Path, config: &Config) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let cannot = || format!("{} '{}'", config.lang.pick("cannot make the folder", "无法建立文件夹"), folder.display());
    fs::create_dir(folder).with_context(cannot)?;
    #[cfg(unix)]
    crate::source::privilege::give_to_user(&File::open(folder).with_context(cannot)?);
    Ok(())
}

fn save(path: &Path, bytes: &[u8], lang: Lang) -> Result<()> {
    let part = Part::create(path, ANYONE, lang)?;
    part.file().write_all(bytes)?;
    part.finish()
}

/// Why no PNG was drawn, and what helps.
pub(super) fn undrawn(error: &png::Error) -> Failure {
    let (zh, help) = match error {
        png::Error::NoFont => (
            "本机没有可用的字体".to_string(),
            Text::new(
                "install one, as with: sudo apt-get install fonts-dejavu-core; SVG needs none",
                "请安装字体，例如：sudo apt-get install fonts-dejavu-core；SVG 不需要字体",
            ),
        ),
        png::Error::NoGlyph(letters) => (format!("本机没有字体包含这些字符：{letters}"), font_for(letters)),
        png::Error::TooLarge(width, height) => (
            format!("{width}x{height} 像素的图片太大"),
            Text::new("choose a smaller one with --size", "请用 --size 选择较小的尺寸"),
        ),
        other => (format!("无法绘制 PNG：{other}"), Text::new("write SVG instead", "请改用 SVG")),
    };
    Failure::new(Exit::Failed, Text::new(error.to_string(), zh)).help(help)
}

/// What has the first of these letters.
fn font_for(letters: &str) -> Text {
    let script = letters
        .chars()
        .next()
        .and_then(|letter| SCRIPTS.iter().find(|(first, last, ..)| (*first..=*last).contains(&letter)));
    let (en, zh, package) =
        script.map_or(("these", "这些字符", "fonts-noto-core"), |(.., en, zh, package)| (*en, *zh, *package));
    let [also_en, also_zh] =
        if package == CHINESE { [", and so does --lang en", "，也可用 --lang en"] } else { ["", ""] };
    Text::new(
        format!("for {en}: sudo apt-get install {package}; SVG needs none{also_en}"),
        format!("{zh}字体：sudo apt-get install {package}；SVG 不需要字体{also_zh}"),
    )
}

const CHINESE: &str = "fonts-wqy-microhei";

/// Blocks of Unicode by script: the first that fits, with what Debian has for it.
const SCRIPTS: [(char, char, &str, &str, &str); 12] = [
    ('\u{370}', '\u{52f}', "Greek and Cyrillic", "希腊文和西里尔文", "fonts-dejavu-core"),
    ('\u{590}', '\u{5ff}', "Hebrew", "希伯来文", "fonts-noto-core"),
    ('\u{600}', '\u{8ff}', "Arabic and Syriac", "阿拉伯文和叙利亚文", "fonts-noto-core"),
    ('\u{900}', '\u{dff}', "the scripts of India", "印度诸文字", "fonts-noto-core"),
    ('\u{e00}', '\u{e7f}', "Thai", "泰文", "fonts-noto-core"),
    ('\u{1100}', '\u{11ff}', "Korean", "韩文", "fonts-noto-cjk"),
    ('\u{2190}', '\u{2bff}', "arrows and signs", "箭头和符号", "fonts-symbola"),
    ('\u{3040}', '\u{30ff}', "Japanese", "日文", "fonts-noto-cjk"),
    ('\u{ac00}', '\u{d7ff}', "Korean", "韩文", "fonts-noto-cjk"),
    ('\u{2e80}', '\u{ffef}', "Chinese", "中文", CHINESE),
    ('\u{1f000}', '\u{1fbff}', "emoji", "表情符号", "fonts-symbola"),
    ('\u{20000}', '\u{3ffff}', "rare Chinese characters", "中文生僻字", "fonts-noto-cjk"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_advice_is_for_the_letters_that_are_missing() {
        for (letters, word) in
            [("客户", "Chinese"), ("Жя", "Cyrillic"), ("あ", "Japanese"), ("\u{1f600}", "emoji"), ("ᚠ", "these")]
        {
            assert!(font_for(letters).en.contains(word), "{letters}: {:?}", font_for(letters));
        }
        assert!(font_for("客").en.contains("--lang en") && !font_for("あ").en.contains("--lang en"));
    }

    #[test]
    fn only_files_that_are_called_as_frames_are_told() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "step-01.svg",
            "step-01.png",
            "step-03.svg",
            "step-003.png",
            "step-1.svg",
            "step-ab.svg",
            "my step-09.svg",
            "step-09.svg.bak",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(older(folder.path(), 2).unwrap(), ["step-003.png", "step-03.svg"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
    }
}
