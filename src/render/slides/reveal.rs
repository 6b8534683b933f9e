//! A reveal.js deck with its pictures in it. It needs reveal.js beside it: `npm install reveal.js` in the same folder.

use super::{facts, shown, spoken};
use crate::ladder::Ladder;
use crate::render::Style;
use crate::render::svg::{Frames, escape};
use data_encoding::BASE64;
use std::io;

/// Writes the deck.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let ((ladder, story), lang) = (shown(ladder, style), style.lang);
    let library = "node_modules/reveal.js/dist";
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
         <!-- {} -->\n<link rel=\"stylesheet\" href=\"{library}/reset.css\">\n\
         <link rel=\"stylesheet\" href=\"{library}/reveal.css\">\n\
         <link rel=\"stylesheet\" href=\"{library}/theme/white.css\">\n\
         <style>.reveal section img {{ margin: 0; max-width: 100%; max-height: 90vh; }} .reveal h1 {{ font-size: 1.6em; }} \
         .reveal h1, .reveal h2 {{ text-transform: none; overflow-wrap: anywhere; }} .reveal p, .reveal li {{ font-size: .7em; text-align: left; }}</style>\n\
         </head>\n<body>\n<div class=\"reveal\"><div class=\"slides\">",
        lang.pick("en", "zh-CN"),
        escape(&story.title),
        lang.pick(
            "It needs reveal.js: run npm install reveal.js in this folder",
            "需要 reveal.js：请在此文件夹中运行 npm install reveal.js"
        ),
    )?;
    writeln!(
        out,
        "<section>\n<h1>{}</h1>\n<p>{}</p>\n<p>{}</p>\n</section>",
        escape(&story.title),
        escape(&story.verdict),
        escape(&story.source)
    )?;
    let frames = Frames::of(&ladder, style);
    for place in 0..frames.len() {
        let mut picture = Vec::new();
        frames.write(place + 1, &mut picture)?;
        let title = story.steps.get(place).map_or("", |step| step.title.as_str());
        writeln!(
            out,
            "<section data-state=\"step-{}\">\n<img alt=\"{}\" src=\"data:image/svg+xml;base64,{}\">",
            place + 1,
            escape(title),
            BASE64.encode(&picture)
        )?;
        writeln!(out, "<aside class=\"notes\">")?;
        for line in [title].into_iter().chain(spoken(&story, place)) {
            writeln!(out, "<p>{}</p>", escape(line))?;
        }
        writeln!(out, "</aside>\n</section>")?;
    }
    for facts in facts(&story, 88, 16) {
        writeln!(out, "<section>\n<h2>{}</h2>\n<ul>", lang.pick("In the end", "小结"))?;
        for (name, sentence) in facts {
            writeln!(out, "<li><b>{}</b>{}{}</li>", escape(name), lang.pick(": ", "："), escape(sentence))?;
        }
        writeln!(out, "</ul>\n</section>")?;
    }
    // Each picture holds all of the one before: it must not slide in from the side.
    writeln!(
        out,
        "</div></div>\n<script src=\"{library}/reveal.js\"></script>\n\
         <script src=\"{library}/plugin/notes.js\"></script>\n\
         <script>Reveal.initialize({{ hash: true, width: 1280, height: 760, margin: 0.02, transition: 'none', \
         plugins: typeof RevealNotes === 'undefined' ? [] : [RevealNotes] }});</script>\n</body>\n</html>"
    )
}
