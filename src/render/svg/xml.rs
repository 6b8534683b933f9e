//! Text that is safe in an XML document.

use std::borrow::Cow;

/// The text with all that XML takes for markup, or forbids (XML 1.0, 2.2), replaced. Steering characters are made visible before;
/// should one come so far, it ends here.
pub(in crate::render) fn escape(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !matches!(c, '&' | '<' | '>' | '"' | '\'') && is_allowed(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c if is_allowed(c) => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
    Cow::Owned(out)
}

fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(escape("plain 文字"), "plain 文字");
        assert_eq!(escape("</text><script>&'\""), "&lt;/text&gt;&lt;script&gt;&amp;&apos;&quot;");
        assert_eq!(escape("\x1b\u{fffe}"), "\u{fffd}\u{fffd}");
    }
}
