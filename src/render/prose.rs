//! Texts of several sentences, wrapped to the columns of a terminal.

use super::{Style, width};

/// Characters shown of one paragraph.
const LIMIT: usize = 10_000;

/// The text's paragraphs in lines of at most `columns`; an empty line stands between two. Where a file breaks its lines says
/// nothing: only an empty line ends a paragraph.
pub fn lines(text: &str, columns: usize, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    let paragraphs = text.trim().split("\n\n").map(joined).filter(|paragraph| !paragraph.is_empty());
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(width::wrap(&width::clean(&paragraph, LIMIT, style), columns));
    }
    lines
}

/// A head and what it is about: further lines stand below the text, not below the head.
pub fn hanging(head: &str, text: &str, columns: usize, style: &Style) -> Vec<String> {
    let head = width::clean(head, LIMIT, style);
    let indent = width::width(&head);
    // No room beside the head: better a line that the terminal breaks than a column of letters.
    let room = columns.saturating_sub(indent).max(MOST_NARROW);
    let wrapped = width::wrap(&width::clean(text, LIMIT, style), room);
    let begin = |place| if place == 0 { head.clone() } else { " ".repeat(indent) };
    wrapped.iter().enumerate().map(|(place, line)| format!("{}{line}", begin(place))).collect()
}

/// The narrowest column of text.
const MOST_NARROW: usize = 20;

/// The lines of a paragraph as one: between two wide characters, and beside a wide mark, nothing stood; elsewhere a space.
fn joined(paragraph: &str) -> String {
    let mut text = String::with_capacity(paragraph.len());
    for line in paragraph.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_wide = |c: Option<char>| c.is_some_and(|c| width::width(c.encode_utf8(&mut [0; 4])) == 2);
        // CJK symbols and punctuation, and the full-width forms of the Latin marks.
        let is_mark =
            |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}'));
        let (last, next) = (text.chars().next_back(), line.chars().next());
        let is_close = is_mark(last) || is_mark(next) || is_wide(last) && is_wide(next);
        if last.is_some() && !is_close {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Charset;
    use crate::timeline::Lang;

    const STYLE: Style = Style::new(Lang::Zh, Charset::Unicode, 80);

    #[test]
    fn lines_of_a_file_are_joined_and_wrapped_by_columns() {
        assert_eq!(lines("one two\nthree four\n\nfive", 13, &STYLE), ["one two three", "four", "", "five"]);
        // A wide character takes two columns, and nothing comes between two of them where the file breaks its line.
        assert_eq!(lines("客户端\n发送同步。\n服务器", 14, &STYLE), ["客户端发送同", "步。服务器"]);
        assert_eq!(lines("重新开始 2MSL\n计时：\nSYN", 40, &STYLE), ["重新开始 2MSL 计时：SYN"]);
        assert_eq!(lines("a\u{1b}[31mb", 20, &STYLE), ["a␛[31mb"]);
    }

    #[test]
    fn further_lines_stand_below_the_text() {
        let told = hanging("  1 s  ", "connect(10.0.0.2:8080) → connected", 32, &STYLE);
        assert_eq!(told, ["  1 s  connect(10.0.0.2:8080) →", "       connected"]);
        assert!(hanging("a head that is long  ", "word", 5, &STYLE).iter().all(|line| line.ends_with("word")));
    }
}
