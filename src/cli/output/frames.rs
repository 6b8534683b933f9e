//! One picture per step, the form that every slide program takes: `step-01.svg` and `step-01.png`, each with all before it.

use super::{ANYONE, Part};
use crate::cli::config::Config;
use crate::cli::exit::{Exit, Failure};
use crate::ladder::{Ladder, View};
use crate::render::png::{self, Fonts};
use crate::render::slides::frame_name;
use crate::render::svg::Frames;
use crate::timeline::{Lang, Text, Timeline};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::Write;
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
    let frames = Frames::of(&ladder, &config.file_style());
    let name = |step: usize, suffix: &str| folder.join(frame_name(step, frames.len(), suffix));
    let mut pictures = Vec::with_capacity(frames.len());
    for step in 1..=frames.len() {
        let mut picture = Vec::new();
        frames.write(step, &mut picture)?;
        save(&name(step, "svg"), &picture, config.lang).with_context(cannot)?;
        pictures.push(picture);
    }
    let fonts = Fonts::of_system();
    for (index, picture) in pictures.iter().enumerate() {
        let picture = std::str::from_utf8(picture).context("SVG is UTF-8")?;
        let drawn = png::draw(picture, &fonts).map_err(|error| undrawn(&error))?;
        save(&name(index + 1, "png"), &drawn, config.lang).with_context(cannot)?;
    }
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
        png::Error::NoGlyph(letters) => (
            format!("本机没有字体包含这些字符：{letters}"),
            Text::new(
                "for Chinese: sudo apt-get install fonts-wqy-microhei; SVG needs none, and so does --lang en",
                "中文字体：sudo apt-get install fonts-wqy-microhei；SVG 不需要字体，也可用 --lang en",
            ),
        ),
        png::Error::TooLarge(width, height) => (
            format!("{width}x{height} 像素的图片太大"),
            Text::new("choose a smaller one with --size", "请用 --size 选择较小的尺寸"),
        ),
        other => (format!("无法绘制 PNG：{other}"), Text::new("write SVG instead", "请改用 SVG")),
    };
    Failure::new(Exit::Failed, Text::new(error.to_string(), zh)).help(help)
}
