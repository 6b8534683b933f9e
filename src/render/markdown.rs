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
        writeln!(out, "- **{}**{}{}", escape(name), lang.pick(": ", "："), escape(sentence))?;
    }
    writeln!(out, "\n## {}\n", lang.pick("Steps", "步骤"))?;
    for (place, step) in story.steps.iter().enumerate() {
        let phase = match lang {
            Lang::En => format!(" ({})", step.phase),
            Lang::Zh => format!("（{}）", step.phase),
        };
        writeln!(out, "{}. **{}**{phase}", place + 1, escape(&step.title))?;
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
            '.' if text.get(..at).is_some_and(ends_in_www) => out.push_str("&#46;"),
            // Nor does a line begin a list or a rule.
            '-' | '+' | '=' if at == 0 => out.extend(['\\', c]),
            '.' | ')' if at > 0 && begins_list(at) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn ends_in_www(text: &str) -> bool {
    let start = text.len().saturating_sub(3);
    text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Text that ends no comment, is filled in by nobody, and is no YAML: Marp takes `key: value` in a comment for an order, where
/// only a true space makes it one (YAML 1.2 7.4).
pub(super) fn comment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let begins = out.is_empty();
        out.push(match c {
            '<' => '‹',
            '>' => '›',
            '{' => '｛',
            '}' => '｝',
            '[' if begins => '［',
            '\r' | '\n' => ' ',
            c => c,
        });
        let steers = c == ':' || begins && matches!(c, '-' | '?');
        if steers && letters.peek().is_none_or(|next| next.is_whitespace()) {
            letters.next();
            out.push('\u{a0}');
        }
    }
    out
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
        assert_eq!(escape("See WWW.x.test at a.b"), "See WWW&#46;x.test at a.b");
    }

    #[test]
    fn notes_are_no_orders() {
        assert_eq!(comment("theme: gaia"), "theme:\u{a0}gaia");
        assert_eq!(comment("class:"), "class:\u{a0}");
        assert_eq!(comment("- a"), "-\u{a0}a");
        assert_eq!(comment("[a]"), "［a]");
        assert_eq!(comment("seq=0: 10:30, ::1"), "seq=0:\u{a0}10:30, ::1");
    }
}
