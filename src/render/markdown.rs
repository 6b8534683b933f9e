//! A report in Markdown: the connection's facts, its steps, in words.

use super::Style;
use super::story::Story;
use crate::ladder::Ladder;
use crate::timeline::Lang;
use std::io;

/// Writes the report.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let story = Story::of(ladder, style);
    let lang = style.lang;
    writeln!(out, "# {}\n", escape(&story.title))?;
    writeln!(out, "{}\n", escape(&story.verdict))?;
    for (name, sentence) in &story.facts {
        writeln!(out, "- **{}**{} {}", escape(name), lang.pick(":", "："), escape(sentence))?;
    }
    writeln!(out, "\n## {}\n", lang.pick("Steps", "步骤"))?;
    for (place, step) in story.steps.iter().enumerate() {
        writeln!(out, "{}. **{}** ({})", place + 1, escape(&step.title), step.phase)?;
        for remark in &step.remarks {
            writeln!(out, "   - {}", escape(remark))?;
        }
    }
    let from = match lang {
        Lang::En => format!("Drawn by synfin from {}.", story.source),
        Lang::Zh => format!("由 synfin 绘制，来源：{}。", story.source),
    };
    writeln!(out, "\n{}", escape(&from))
}

/// Text that Markdown, and the HTML that comes of it, shows as it is. Braces too: some programs fill them in.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let begins_list = |at: usize| {
        let (head, rest) = text.split_at_checked(at).unwrap_or_default();
        head.chars().all(|c| c.is_ascii_digit()) && rest.chars().nth(1).is_none_or(|next| next == ' ')
    };
    for (at, c) in text.char_indices() {
        match c {
            '\r' | '\n' => out.push(' '),
            '<' | '>' | '&' | '"' | '{' | '}' | '$' | '@' => out.push_str(&format!("&#{};", c as u32)),
            '[' | ']' | '`' | '*' | '_' | '\\' | '#' | '|' | '~' | '!' => out.extend(['\\', c]),
            // What looks like the address of a page is not made a link of.
            ':' if text.contains("://") => out.push_str("&#58;"),
            // Nor does a line begin a list or a rule.
            '-' | '+' | '=' if at == 0 => out.extend(['\\', c]),
            '.' | ')' if at > 0 && begins_list(at) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Text that ends no comment, and is filled in by nobody.
pub(super) fn comment(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '<' => '‹',
            '>' => '›',
            '{' => '｛',
            '}' => '｝',
            '\r' | '\n' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(escape("plain 文字, 1.5 ms"), "plain 文字, 1.5 ms");
        assert_eq!(escape("- [a](http://b) {{x}}"), "\\- \\[a\\](http&#58;//b) &#123;&#123;x&#125;&#125;");
        assert_eq!(escape("<b>"), "&#60;b&#62;");
        assert_eq!(escape("12. x"), "12\\. x");
        assert_eq!(comment("--> {{x}}"), "--› ｛｛x｝｝");
    }
}
