//! A line of a sequence into words and signs, each with its place.

/// A word or a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub word: &'t str,
    /// In characters from the beginning of the line.
    pub at: usize,
    pub len: usize,
}

impl Token<'_> {
    /// In capitals or not; a sign also as a Chinese keyboard has it.
    pub(super) fn is(&self, word: &str) -> bool {
        self.word.eq_ignore_ascii_case(word)
            || matches!((self.word, word), ("：", ":") | ("？", "?") | ("｜", "|") | ("＋", "+") | ("…" | "……", "..."))
    }
}

/// The words and signs before a `#`.
pub(super) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut begun: Option<(usize, usize)> = None;
    let mut push = |begun: &mut Option<(usize, usize)>, octet: usize, at: usize| {
        if let Some((from, place)) = begun.take()
            && let Some(word) = line.get(from..octet)
        {
            tokens.push(Token { word, at: place, len: at - place });
        }
    };
    for (at, (octet, c)) in line.char_indices().enumerate() {
        if matches!(c, '#' | '＃') {
            push(&mut begun, octet, at);
            return tokens;
        }
        let is_sign = matches!(c, ':' | '?' | '*' | '+' | '|' | '：' | '？' | '｜' | '＋');
        if c.is_whitespace() {
            push(&mut begun, octet, at);
        } else if is_sign {
            push(&mut begun, octet, at);
            push(&mut Some((octet, at)), octet + c.len_utf8(), at + 1);
        } else {
            begun.get_or_insert((octet, at));
        }
    }
    push(&mut begun, line.len(), line.chars().count());
    tokens
}
