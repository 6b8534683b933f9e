//! Names that are no single word, as somebody may have given them, found in a text in one pass; and what capitals are to all names.

use std::collections::HashMap;

/// A tree of small letters.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// From a node, by a letter, to the next; the root is 0.
    next: HashMap<(usize, char), usize>,
    /// What stands for the phrase that ends at a node; `None`: the phrase stays.
    ends: HashMap<usize, Option<String>>,
    nodes: usize,
}

impl Phrases {
    /// From now on `other` stands for the phrase; the first word on it counts.
    pub(super) fn insert(&mut self, phrase: &str, other: Option<String>) {
        let mut node = 0;
        for letter in phrase.chars().flat_map(small) {
            let nodes = &mut self.nodes;
            node = *self.next.entry((node, letter)).or_insert_with(|| {
                *nodes += 1;
                *nodes
            });
        }
        self.ends.entry(node).or_insert(other);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The longest phrase that the text begins with and that ends where a word does: its octets and what stands for it.
    pub(super) fn longest(&self, text: &str) -> Option<(usize, Option<&str>)> {
        let (mut node, mut found) = (0, None);
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let Some(next) = small(letter).try_fold(node, |node, letter| self.next.get(&(node, letter)).copied())
            else {
                break;
            };
            node = next;
            let goes_on = letter.is_ascii_alphanumeric()
                && letters.peek().is_some_and(|(_, next)| next.is_ascii_alphanumeric() || *next == '-');
            if let Some(other) = self.ends.get(&node).filter(|_| !goes_on) {
                found = Some((at + letter.len_utf8(), other.as_deref()));
            }
        }
        found
    }
}

/// A letter without regard to capitals, of any script; one by one, so that a text and its parts become the same.
pub(super) fn small(letter: char) -> impl Iterator<Item = char> {
    // A capital sigma has two small ones.
    letter.to_lowercase().map(|letter| if letter == 'ς' { 'σ' } else { letter })
}
