//! One page that needs nothing else: opened from a file, with no network, it is stepped through, searched and asked.

mod data;

use super::picture::{Spacing, Theme};
use super::{Style, svg};
use crate::ladder::{Ladder, View};
use crate::timeline::Timeline;
use data::Page;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use std::io;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The page's script in the order in which its files stand in it.
const SCRIPT: &[&str] = &[
    include_str!("words.js"),
    include_str!("terms.js"),
    include_str!("dom.js"),
    include_str!("model.js"),
    include_str!("view.js"),
    include_str!("measure.js"),
    include_str!("time.js"),
    include_str!("place.js"),
    include_str!("block.js"),
    include_str!("quiz.js"),
    include_str!("say.js"),
    include_str!("shapes.js"),
    include_str!("share.js"),
    include_str!("arrows.js"),
    include_str!("marks.js"),
    include_str!("ladder.js"),
    include_str!("tooltip.js"),
    include_str!("machine.js"),
    include_str!("octets.js"),
    include_str!("options.js"),
    include_str!("header.js"),
    include_str!("steps.js"),
    include_str!("notes.js"),
    include_str!("search.js"),
    include_str!("chooser.js"),
    include_str!("table.js"),
    include_str!("controls.js"),
    include_str!("help.js"),
    include_str!("keys.js"),
    include_str!("link.js"),
    include_str!("print.js"),
    include_str!("start.js"),
];

/// A picture of more octets than this would only make the page slow: without JavaScript a sentence stands there alone.
const LARGEST_PICTURE: usize = 512 << 10;

/// Writes the page.
///
/// # Errors
/// What `out` says.
pub fn write(timeline: &Timeline, view: &View, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPT.concat());
    let hash = BASE64.encode(&Sha256::digest(script.as_bytes()));
    let data = serde_json::to_string(&Page::of(timeline, view))?;
    let theme = match style.canvas.theme {
        // The reader's own choice of light or dark.
        None => "auto",
        Some(Theme::Light) => "light",
        Some(Theme::Dark) => "dark",
        Some(Theme::Print) => "print",
        Some(Theme::ColourBlind) => "colour-blind",
    };
    let spacing = match style.canvas.spacing {
        Spacing::Even => "even",
        Spacing::Time => "time",
    };
    let picture = picture(timeline, view, style)?;
    let mut rest = PAGE;
    // In one pass: what is put in is never looked at again.
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, behind)) = behind.split_once("}}") else { break };
        out.write_all(before.as_bytes())?;
        let part = match name {
            "lang" => style.lang.pick("en", "zh-CN"),
            "theme" => theme,
            "spacing" => spacing,
            "hash" => &hash,
            "style" => STYLE,
            "script" => &script,
            "picture" => &picture,
            _ => &island(&data),
        };
        out.write_all(part.as_bytes())?;
        rest = behind;
    }
    out.write_all(rest.as_bytes())
}

/// What stands there without JavaScript: the first connection as a picture.
fn picture(timeline: &Timeline, view: &View, style: &Style) -> io::Result<String> {
    let id = view.connection.or(timeline.connections.first().map(|first| first.id));
    let Some(ladder) = id.and_then(|id| Ladder::by(timeline, id, view)) else { return Ok(String::new()) };
    let mut picture = Vec::new();
    svg::write(&ladder, style, &mut picture)?;
    if picture.len() > LARGEST_PICTURE {
        return Ok(String::new());
    }
    Ok(format!("<img alt=\"\" src=\"data:image/svg+xml;base64,{}\">", BASE64.encode(&picture)))
}

/// JSON within a page: no `<` that could end the element that it stands in, and no line ends that JSON alone allows.
fn island(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_script_of_the_folder_is_in_the_page() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/render/page");
        let scripts = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let scripts = scripts.filter(|path| path.extension().is_some_and(|suffix| suffix == "js"));
        let mut there: Vec<String> = scripts.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let mut listed: Vec<&str> = SCRIPT.to_vec();
        there.sort_unstable();
        listed.sort_unstable();
        assert_eq!(there, listed);
    }

    #[test]
    fn the_page_is_small_and_its_data_ends_nothing() {
        assert!(STYLE.len() + PAGE.len() + SCRIPT.concat().len() < 200 << 10);
        assert_eq!(island("</script>"), "\\u003c/script>");
    }
}
