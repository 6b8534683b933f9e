//! Text measured, cleaned, clipped and wrapped by the columns that it takes on a terminal.

use super::{Charset, Style, safe};
use crate::timeline::Lang;
use unicode_width::UnicodeWidthChar;

/// Columns of a text: the sum over its characters, as terminals count.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The text fit for a terminal in this style: nothing that steers it, at most `limit` characters, and no character
/// that the charset rules out where a plain one says the same.
pub(super) fn clean(text: &str, limit: usize, style: &Style) -> String {
    let cut = text.char_indices().nth(limit).map(|(at, _)| at);
    let shown = cut.and_then(|at| text.get(..at)).unwrap_or(text);
    let mut out = String::with_capacity(shown.len());
    for c in safe(shown).chars().chain(cut.map(|_| '…')) {
        match (style.charset, c) {
            // Variation selectors change the width of what stands before them.
            (_, '\u{fe00}'..='\u{fe0f}') => {}
            (Charset::Unicode, c) => out.push(c),
            (charset, c) => match plain(c) {
                Some(plain) => out.push_str(plain),
                None if charset == Charset::Ascii && c == 'µ' => out.push('u'),
                None if charset == Charset::Ascii && !c.is_ascii() && style.lang == Lang::En => out.push('?'),
                None => out.push(c),
            },
        }
    }
    out
}

/// What an ambiguously wide character becomes.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '→' | '⇒' => "->",
        '←' | '⇐' => "<-",
        '↔' | '⇄' => "<->",
        '…' => "...",
        '—' | '–' | '―' => "-",
        '·' | '•' => "-",
        '×' => "x",
        '÷' => "/",
        '±' => "+-",
        '°' => " deg",
        '§' => "section ",
        '“' | '”' => "\"",
        '‘' | '’' => "'",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        _ => return None,
    })
}

/// At most `columns` of the text; what was cut is shown by a mark of the charset.
pub(super) fn clip(text: &str, columns: usize, charset: Charset) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let mark = if charset == Charset::Unicode { "…" } else { ".." };
    let mark = if width(mark) <= columns { mark } else { "" };
    format!("{}{mark}", head(text, columns - width(mark)))
}

/// At most `columns` from the front.
pub(super) fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > columns {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The text in lines of at most `columns` (two at least). Breaks at spaces and beside wide characters; no line begins
/// with a closing mark or ends with an opening one, as Chinese typesetting asks. A no-break space keeps its neighbours
/// together and comes out plain.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for (spaced, unit) in with_units_of_measure(units(text)) {
        let gap = usize::from(spaced && !line.is_empty());
        if !line.is_empty() && width(&line) + gap + width(&unit) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() && spaced {
            line.push(' ');
        }
        let mut rest = unit.as_str();
        // A word longer than a line is cut where the line ends.
        while width(&line) + width(rest) > columns {
            let part = head(rest, columns - width(&line));
            line.push_str(part);
            rest = rest.get(part.len()..).unwrap_or_default();
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(rest);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines.iter_mut().filter(|line| line.contains('\u{a0}')).for_each(|line| *line = line.replace('\u{a0}', " "));
    lines
}

/// Pieces that stay together, each with whether a space stood before it.
fn units(text: &str) -> Vec<(bool, String)> {
    let mut units: Vec<(bool, String)> = Vec::new();
    let mut spaced = false;
    let mut last: Option<char> = None;
    for c in text.chars() {
        if c == ' ' {
            spaced = true;
            continue;
        }
        let glued = last
            .is_some_and(|last| !spaced && (closes(c) || opens(last) || (char_width(c) < 2 && char_width(last) < 2)));
        match units.last_mut() {
            Some((_, unit)) if glued => unit.push(c),
            _ => units.push((spaced, c.to_string())),
        }
        spaced = false;
        last = Some(c);
    }
    units
}

/// A number and its unit stay on one line: `1.021 s`.
fn with_units_of_measure(units: Vec<(bool, String)>) -> Vec<(bool, String)> {
    const MEASURES: [&str; 16] =
        ["s", "ms", "µs", "us", "ns", "min", "h", "B", "kB", "MB", "GB", "octets", "个", "次", "条", "种"];
    let mut joined: Vec<(bool, String)> = Vec::with_capacity(units.len());
    for (spaced, unit) in units {
        match joined.last_mut() {
            Some((_, number))
                if spaced
                    && number.ends_with(|c: char| c.is_ascii_digit())
                    && number.len() < 16
                    && MEASURES.contains(&unit.trim_end_matches(closes)) =>
            {
                number.push(' ');
                number.push_str(&unit);
            }
            _ => joined.push((spaced, unit)),
        }
    }
    joined
}

fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '」'
            | '』'
            | '》'
            | '】'
            | '”'
            | '’'
            | ','
            | '.'
            | ')'
            | ';'
            | ':'
            | '!'
            | '?'
    )
}

fn opens(c: char) -> bool {
    matches!(c, '（' | '「' | '『' | '《' | '【' | '“' | '‘' | '(')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    const STYLE: Style = Style::new(Lang::En, Charset::Ascii, 80);

    #[test]
    fn chinese_breaks_anywhere_but_before_a_full_stop() {
        assert_eq!(wrap("客户端发送同步。", 14), ["客户端发送同", "步。"]);
        assert_eq!(wrap("收到 SYN 后", 8), ["收到 SYN", "后"]);
        assert_eq!(wrap("waits 1.02 s [RFC\u{a0}9293]", 9), ["waits", "1.02 s", "[RFC 9293", "]"]);
        assert_eq!(wrap("a long-winded word", 6), ["a", "long-w", "inded", "word"]);
    }

    #[test]
    fn ascii_is_ascii() {
        assert_eq!(clean("48 µs → é\x1b[0m", 100, &STYLE), "48 us -> ??[0m");
        assert_eq!(clean("abcdef", 3, &STYLE), "abc...");
        assert_eq!(clip("abcdef", 4, Charset::Ascii), "ab..");
        assert_eq!(clip("中文字", 4, Charset::Unicode), "中…");
    }
}
