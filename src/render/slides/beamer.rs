//! A LaTeX Beamer deck, for XeLaTeX or LuaLaTeX; its pictures are the PNGs that `--frames` draws, in the same folder.

use super::{frame_name, shown, spoken};
use crate::ladder::Ladder;
use crate::render::Style;
use crate::timeline::Lang;
use std::io;

/// Writes the deck.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let (_, story) = shown(ladder, style);
    writeln!(out, "% xelatex, or lualatex; the pictures are those of synfin --frames, in this folder")?;
    writeln!(out, "\\documentclass[aspectratio=169]{{beamer}}")?;
    match style.lang {
        Lang::Zh => writeln!(out, "\\usepackage[fontset=fandol]{{ctex}}")?,
        Lang::En => writeln!(out, "\\usepackage{{fontspec}}")?,
    }
    writeln!(out, "\\usepackage{{newunicodechar}}")?;
    for (letter, plain) in
        [('→', "$\\rightarrow$"), ('×', "$\\times$"), ('·', "$\\cdot$"), ('…', "\\ldots{}"), ('µ', "$\\mu$")]
    {
        writeln!(out, "\\newunicodechar{{{letter}}}{{{plain}}}")?;
    }
    writeln!(out, "\\setbeamertemplate{{navigation symbols}}{{}}")?;
    writeln!(out, "\\title{{{}}}", escape(&story.title))?;
    writeln!(out, "\\subtitle{{{}}}", escape(&story.verdict))?;
    writeln!(out, "\\date{{{}}}", escape(&story.source))?;
    writeln!(out, "\\begin{{document}}\n\\frame{{\\titlepage}}")?;
    for place in 0..story.steps.len().max(1) {
        let picture = frame_name(place + 1, story.steps.len(), "png");
        writeln!(out, "\\begin{{frame}}[plain]")?;
        writeln!(
            out,
            "  \\makebox[\\textwidth]{{\\includegraphics[width=\\paperwidth,height=\\paperheight,keepaspectratio]{{{picture}}}}}"
        )?;
        writeln!(out, "\\end{{frame}}")?;
        for line in spoken(&story, place).iter().filter(|line| !line.is_empty()) {
            writeln!(out, "\\note{{{}}}", escape(line))?;
        }
    }
    writeln!(out, "\\setbeamertemplate{{frametitle continuation}}{{}}")?;
    writeln!(
        out,
        "\\begin{{frame}}[allowframebreaks]{{{}}}\n\\begin{{itemize}}",
        style.lang.pick("In the end", "小结")
    )?;
    for (name, sentence) in &story.facts {
        let colon = style.lang.pick(": ", "：");
        writeln!(out, "  \\item \\textbf{{{}}}{colon}{}", escape(name), escape(sentence))?;
    }
    writeln!(out, "\\end{{itemize}}\n\\end{{frame}}\n\\end{{document}}")
}

/// Text that LaTeX sets as it is.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut last = ' ';
    for c in text.chars() {
        // A kern of nothing keeps apart what fonts for TeX make one sign of; braces alone do not, in XeTeX and LuaTeX.
        if matches!(
            (last, c),
            ('-', '-') | ('\'', '\'') | ('`' | '?' | '!', '`') | (',', ',') | ('<', '<') | ('>', '>')
        ) {
            out.push_str("{\\kern0pt}");
        }
        last = c;
        match c {
            '\r' | '\n' => out.push(' '),
            '\\' => out.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => {
                out.push('\\');
                out.push(c);
            }
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            // No ligatures, and no quotes that turn.
            '"' => out.push_str("\\textquotedbl{}"),
            '`' => out.push_str("\\textasciigrave{}"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_text() {
        assert_eq!(escape("--> ''"), "-{\\kern0pt}-\\textgreater{} '{\\kern0pt}'");
        assert_eq!(escape("?`"), "?{\\kern0pt}\\textasciigrave{}");
        assert_eq!(escape("a_b 5% \\input{x}"), "a\\_b 5\\% \\textbackslash{}input\\{x\\}");
    }
}
