//! What programs say that speak no protocol known here: text, turn by turn, in an encoding that was named or is guessed.

use super::message::{Draft, MessageWord, Unread, Whose};
use super::stream::Next;
use super::talk::Shared;
use crate::tcp::Timestamp;
use crate::timeline::{Content, RawData, TextMessage};
use encoding_rs::GBK;
use std::borrow::Cow;
use std::fmt::Write;

/// Octets kept of one turn; of what comes then, only the length.
const MOST_KEPT: usize = 4096;
/// Whoever says nothing for so long and then goes on begins another turn.
const PAUSE_NS: i64 = 100_000_000;
/// Octets shown of what is no text.
const SHOWN_RAW: usize = 32;

/// Before the name of an encoding.
const REMARK: &str = "the programs say text in ";

/// In what the text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8 where the octets are that, else GBK where they are that, else Latin-1.
    #[default]
    Auto,
    Utf8,
    /// As GB 18030, which holds all of it.
    Gbk,
    /// ISO 8859-1.
    Latin1,
}

impl Encoding {
    /// What [`Encoding::named`] knows.
    pub const NAMES: [&'static str; 4] = ["auto", "utf-8", "gbk", "latin1"];

    /// The encoding of this name.
    pub fn named(name: &str) -> Option<Encoding> {
        let all = [Encoding::Auto, Encoding::Utf8, Encoding::Gbk, Encoding::Latin1];
        Encoding::NAMES.into_iter().zip(all).find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, own)| own)
    }

    /// As [`Encoding::named`] knows it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Auto => "auto",
            Encoding::Utf8 => "utf-8",
            Encoding::Gbk => "gbk",
            Encoding::Latin1 => "latin1",
        }
    }

    /// What a recording says of itself whose programs say text in it.
    pub fn remark(self) -> String {
        format!("{REMARK}{}", self.name())
    }

    /// The encoding of which this is said.
    pub fn remarked(remark: &str) -> Option<Encoding> {
        remark.strip_prefix(REMARK).and_then(Encoding::named)
    }

    /// A text in octets, where it has a place for each character.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Auto | Encoding::Utf8 => Some(text.as_bytes().to_vec()),
            Encoding::Gbk => {
                let (octets, _, is_lossy) = GBK.encode(text);
                (!is_lossy).then(|| octets.into_owned())
            }
            Encoding::Latin1 => text.chars().map(|own| u8::try_from(own).ok()).collect(),
        }
    }
}

/// One direction of such a connection.
#[derive(Debug, Default)]
pub(super) struct Turns {
    turn: Draft,
    kept: Vec<u8>,
    /// More came than is kept.
    is_cut: bool,
    /// When its last octet so far was captured.
    last: Timestamp,
    /// What turned out to be its encoding before.
    known: Option<Encoding>,
    /// The beginning of a character that the other side broke in upon.
    begun: Vec<u8>,
}

impl Turns {
    /// Reads on; says whether a turn begins here.
    pub(super) fn read(
        &mut self,
        next: Next<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) -> bool {
        let Unread { offset, octets, carrier } = match Unread::of(next) {
            Ok(unread) => unread,
            Err((offset, len)) => {
                // Between what stood before a gap and what stands after it no character can be whole.
                self.turn.miss_at(offset, len);
                self.end(whose, shared, out);
                return false;
            }
        };
        if carrier.at.since(self.last) > PAUSE_NS && !self.splits_character(shared.manner.text.unwrap_or_default()) {
            self.end(whose, shared, out);
        }
        let begins = self.turn.is_empty();
        if begins {
            self.kept.append(&mut self.begun);
        }
        self.turn.take(offset, octets.len() as u64, carrier);
        let room = MOST_KEPT - self.kept.len().min(MOST_KEPT);
        self.kept.extend(octets.iter().take(room));
        self.is_cut |= room < octets.len();
        self.last = carrier.at;
        begins
    }

    /// The other side speaks: a character that is not whole goes on in the next turn.
    pub(super) fn pause(&mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let wanted = shared.manner.text.unwrap_or_default();
        let open = self.kept.len() - dangling(&self.kept, self.encoding(wanted));
        let before = self.kept.get(..open).unwrap_or_default();
        // Where nothing is known of the encoding, what stands before it must bear it out.
        let is_sure = self.encoding(wanted) != Encoding::Auto || !before.is_ascii();
        if is_sure && open < self.kept.len() && !self.is_cut {
            self.begun = self.kept.split_off(open);
        }
        self.tell(whose, shared, out);
    }

    /// Nothing comes any more, or what comes next was not captured.
    pub(super) fn end(&mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        if self.turn.is_empty() {
            self.begun.clear();
        }
        self.tell(whose, shared, out);
    }

    fn tell(&mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let (turn, kept) = (std::mem::take(&mut self.turn), std::mem::take(&mut self.kept));
        if turn.is_empty() {
            return;
        }
        let wanted = shared.manner.text.unwrap_or_default();
        let is_cut = std::mem::take(&mut self.is_cut);
        // What was cut off may end within a character.
        let whole = if is_cut { kept.len() - dangling(&kept, self.encoding(wanted)) } else { kept.len() };
        let content = self.say(kept.get(..whole).unwrap_or_default(), wanted, is_cut, shared);
        let complete = turn.span.missing == 0;
        out(turn.done(whose, shared.number(), None, complete, content));
    }

    /// Octets that are kept until the turn is over.
    pub(super) fn held(&self) -> usize {
        self.kept.len()
    }

    fn encoding(&self, wanted: Encoding) -> Encoding {
        if wanted == Encoding::Auto { self.known.unwrap_or_default() } else { wanted }
    }

    /// Whether the last character so far waits for more.
    fn splits_character(&self, wanted: Encoding) -> bool {
        self.kept.len() < MOST_KEPT && dangling(&self.kept, self.encoding(wanted)) > 0
    }

    fn say(&mut self, octets: &[u8], wanted: Encoding, cut: bool, shared: &mut Shared) -> Content {
        if wanted == Encoding::Auto && is_raw(octets) {
            return Content::Data(RawData { hex: hex(octets.get(..SHOWN_RAW).unwrap_or(octets)) });
        }
        let guessed = wanted == Encoding::Auto && !octets.is_ascii();
        let encoding = match wanted {
            Encoding::Auto if guessed => self.guess(octets, shared.encoding),
            Encoding::Auto => Encoding::Utf8,
            named => named,
        };
        let (text, malformed) = decode(octets, encoding);
        if guessed && encoding != Encoding::Latin1 && !malformed {
            (self.known, shared.encoding) = (Some(encoding), Some(encoding));
        }
        let name = match encoding {
            _ if octets.is_ascii() => "us-ascii",
            Encoding::Auto | Encoding::Utf8 => "utf-8",
            Encoding::Gbk if has_four(octets) => "gb18030",
            Encoding::Gbk => "gbk",
            Encoding::Latin1 => "iso-8859-1",
        };
        Content::Text(TextMessage { encoding: name.into(), guessed, text: text.into_owned(), malformed, cut })
    }

    /// The first encoding in which the octets are whole characters; what fitted before is tried first. `said`: what the other
    /// side's last was, which counts where the octets alone do not tell: both sides mostly use one.
    fn guess(&self, octets: &[u8], said: Option<Encoding>) -> Encoding {
        let is_doubtful = said == Some(Encoding::Gbk) && has_short_only(octets) || is_rather_chinese(octets);
        let ordered = if is_doubtful { [Encoding::Gbk, Encoding::Utf8] } else { [Encoding::Utf8, Encoding::Gbk] };
        let candidates = self.known.into_iter().chain(ordered);
        let mut fitting = candidates.filter(|encoding| !decode(octets, *encoding).1);
        fitting.next().unwrap_or(Encoding::Latin1)
    }
}

/// Whether no character takes more than two octets in UTF-8: such may as well be those of GBK. (Chinese in UTF-8 takes three.)
fn has_short_only(octets: &[u8]) -> bool {
    octets.iter().all(|octet| *octet < 0xe0)
}

/// One or two Cyrillic letters in UTF-8 and nothing else, which are as many of the most common characters in GB 2312 (rows 16 to
/// 55): these are likelier to be a word.
fn is_rather_chinese(octets: &[u8]) -> bool {
    let (pairs, rest) = octets.trim_ascii().as_chunks::<2>();
    let is_both = |pair: &[u8; 2]| matches!(pair, [0xd0 | 0xd1, 0xa1..=0xbf]);
    rest.is_empty() && (1..=2).contains(&pairs.len()) && pairs.iter().all(is_both)
}

/// The text, and whether some octets were none; in place of these stands U+FFFD.
fn decode(octets: &[u8], encoding: Encoding) -> (Cow<'_, str>, bool) {
    match encoding {
        Encoding::Auto | Encoding::Utf8 => (String::from_utf8_lossy(octets), std::str::from_utf8(octets).is_err()),
        Encoding::Gbk => GBK.decode_without_bom_handling(octets),
        Encoding::Latin1 => (encoding_rs::mem::decode_latin1(octets), false),
    }
}

/// Octets at the end that begin a character and do not end it.
fn dangling(octets: &[u8], encoding: Encoding) -> usize {
    match encoding {
        Encoding::Auto => match dangling(octets, Encoding::Utf8) {
            0 if std::str::from_utf8(octets).is_err() => dangling(octets, Encoding::Gbk),
            open => open,
        },
        Encoding::Utf8 => match std::str::from_utf8(octets) {
            Err(error) if error.error_len().is_none() => octets.len() - error.valid_up_to(),
            _ => 0,
        },
        Encoding::Gbk => dangling_gbk(octets),
        Encoding::Latin1 => 0,
    }
}

fn dangling_gbk(octets: &[u8]) -> usize {
    let mut rest = octets;
    while let Some(len) = len_gb(rest) {
        rest = rest.get(len..).unwrap_or_default();
    }
    rest.len()
}

/// Whether a character takes four octets: GBK has none such, GB 18030 has.
fn has_four(octets: &[u8]) -> bool {
    let mut rest = octets;
    while let Some(len) = len_gb(rest) {
        if len == 4 {
            return true;
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    false
}

/// How many octets the first character of GB 18030 takes: one below 0x80, two octets, or four of which the second and the
/// fourth are digits. `None`: there is none, or it is not whole.
fn len_gb(octets: &[u8]) -> Option<usize> {
    match octets {
        [] => None,
        [0..=0x80 | 0xff, ..] => Some(1),
        [_] | [_, b'0'..=b'9'] | [_, b'0'..=b'9', _] => None,
        [_, b'0'..=b'9', _, _, ..] => Some(4),
        _ => Some(2),
    }
}

/// Whether octets are no text in any of the encodings: controls that text does not have.
fn is_raw(octets: &[u8]) -> bool {
    let is_control = |octet: &u8| matches!(octet, 0..=6 | 14..=26 | 28..=31 | 127);
    octets.contains(&0) || octets.iter().filter(|octet| is_control(octet)).count() * 8 > octets.len()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut hex, octet| {
        // (Writing to a string cannot fail.)
        let _ = write!(hex, "{octet:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::panic)]
    use super::*;
    use crate::app::{Carrier, Heard, Manner, Piece, Reader};
    use crate::tcp::Peer;
    use proptest::prelude::*;

    /// What is said, piece by piece: who, after how many milliseconds, and what.
    fn read(encoding: Encoding, pieces: &[(Peer, i64, &[u8])]) -> Vec<(Peer, Content, u64)> {
        let mut reader = Reader::new(Manner { text: Some(encoding), ..Manner::default() });
        let mut sent = [0_u64; 2];
        for (ordinal, (peer, at_ms, octets)) in pieces.iter().enumerate() {
            let own = if *peer == Peer::A { 0 } else { 1 };
            let ordinal = ordinal as u64;
            let carrier =
                Carrier { ordinal, frame: ordinal + 1, at: Timestamp(at_ms * 1_000_000), arrived: None, first: 0 };
            let piece = Piece { offset: sent[own], octets, len: octets.len() as u32, carrier };
            let heard = Heard {
                connection: 1,
                peer: *peer,
                is_dns: false,
                is_syn: false,
                is_fin: false,
                piece,
                acknowledged: None,
            };
            reader.hear(&heard);
            sent[own] += octets.len() as u64;
        }
        reader.finish().0.into_iter().map(|word| (word.peer, word.content, word.segments)).collect()
    }

    fn text(encoding: &str, guessed: bool, text: &str) -> Content {
        let (encoding, text) = (encoding.into(), text.into());
        Content::Text(TextMessage { encoding, guessed, text, malformed: false, cut: false })
    }

    #[test]
    fn a_chat_in_gbk_comes_out_turn_by_turn() {
        let (hello, answer) = (GBK.encode("你好，服务器").0, GBK.encode("收到").0);
        let (front, rest) = hello.split_at(3); // In the middle of a character.
        let pieces = [(Peer::A, 0, front), (Peer::A, 500, rest), (Peer::B, 501, &*answer), (Peer::A, 502, b"bye")];
        let wanted = [
            (Peer::A, text("gbk", true, "你好，服务器"), 2),
            (Peer::B, text("gbk", true, "收到"), 1),
            (Peer::A, text("us-ascii", false, "bye"), 1),
        ];
        assert_eq!(read(Encoding::Auto, &pieces), wanted);
        let broken_in = [(Peer::A, 0, front), (Peer::B, 1, b"ok"), (Peer::A, 2, rest)];
        let wanted = [("gbk", true, "你"), ("us-ascii", false, "ok"), ("gbk", true, "好，服务器")]
            .map(|(a, b, c)| text(a, b, c));
        let said: Vec<Content> = read(Encoding::Auto, &broken_in).into_iter().map(|(_, content, _)| content).collect();
        assert_eq!(said, wanted);
        assert_eq!(
            read(Encoding::Gbk, &pieces[..1])[0].1,
            Content::Text(TextMessage {
                encoding: "gbk".into(),
                guessed: false,
                text: "你\u{fffd}".into(),
                malformed: true,
                cut: false,
            })
        );
    }

    #[test]
    fn both_sides_are_guessed_together() {
        let encoded = |text: &str| GBK.encode(text).0.into_owned();
        let (ask, thanks, cafe) = (encoded("你好吗"), encoded("谢谢"), "café".as_bytes());
        let texts = |pieces: &[(Peer, i64, &[u8])]| {
            let said = read(Encoding::Auto, pieces).into_iter().map(|(_, content, _)| content);
            said.collect::<Vec<_>>()
        };
        let colored = [b"\x1b[31m", thanks.as_slice(), b"\x07"].concat();
        assert_eq!(
            texts(&[(Peer::A, 0, &ask), (Peer::B, 1, &colored)]),
            [text("gbk", true, "你好吗"), text("gbk", true, "\x1b[31m谢谢\x07")]
        );
        // Nobody said anything before; and what is no such word stays what it is.
        assert_eq!(texts(&[(Peer::B, 0, &thanks)]), [text("gbk", true, "谢谢")]);
        assert_eq!(texts(&[(Peer::B, 0, "привет".as_bytes())]), [text("utf-8", true, "привет")]);
        assert_eq!(texts(&[(Peer::B, 0, cafe)]), [text("utf-8", true, "café")]);
        // Chinese in UTF-8 tells itself, whatever the other side speaks.
        assert_eq!(
            texts(&[(Peer::A, 0, &ask), (Peer::B, 1, "你好".as_bytes())]),
            [text("gbk", true, "你好吗"), text("utf-8", true, "你好")]
        );
    }

    #[test]
    fn characters_that_only_gb18030_has_are_called_by_its_name() {
        let octets = [&*GBK.encode("雪").0, b"\x94\x39\xda\x33"].concat();
        let content = |encoding| read(encoding, &[(Peer::A, 0, &octets)])[0].1.clone();
        assert_eq!(content(Encoding::Auto), text("gb18030", true, "雪💩"));
        assert_eq!(content(Encoding::Gbk), text("gb18030", false, "雪💩"));
    }

    #[test]
    fn a_pause_ends_a_turn_unless_it_splits_a_character() {
        let said = read(Encoding::Auto, &[(Peer::A, 0, b"one"), (Peer::A, 10, b" two"), (Peer::A, 900, b"three")]);
        let texts: Vec<_> = said.into_iter().map(|(_, content, _)| content).collect();
        assert_eq!(texts, [text("us-ascii", false, "one two"), text("us-ascii", false, "three")]);
        let euro = "€".as_bytes();
        let said = read(Encoding::Auto, &[(Peer::B, 0, &euro[..1]), (Peer::B, 900, &euro[1..])]);
        assert_eq!(said, [(Peer::B, text("utf-8", true, "€"), 2)]);
    }

    #[test]
    fn guesses_are_labelled_and_names_are_obeyed() {
        let latin = b"caf\xe9 \xff!";
        let content = |encoding| read(encoding, &[(Peer::A, 0, latin)])[0].1.clone();
        assert_eq!(content(Encoding::Auto), text("iso-8859-1", true, "café ÿ!"));
        assert_eq!(content(Encoding::Latin1), text("iso-8859-1", false, "café ÿ!"));
        let Content::Text(utf8) = content(Encoding::Utf8) else { panic!("no text") };
        assert!(utf8.malformed && utf8.text.contains('\u{fffd}'));
    }

    #[test]
    fn what_is_no_text_is_shown_in_hex() {
        let said = read(Encoding::Auto, &[(Peer::A, 0, b"\x00\x01\x02\xff")]);
        assert_eq!(said[0].1, Content::Data(RawData { hex: "000102ff".into() }));
    }

    #[test]
    fn a_long_turn_is_cut_between_characters() {
        let long = "汉".repeat(MOST_KEPT);
        let said = read(Encoding::Auto, &[(Peer::A, 0, long.as_bytes())]);
        let Content::Text(text) = &said[0].1 else { panic!("no text") };
        assert!(text.cut && !text.malformed && text.text.chars().all(|own| own == '汉'));
    }

    proptest! {
        /// Any octets, cut anywhere: as in one piece.
        #[test]
        fn cuts_change_nothing(
            rest in prop::collection::vec(any::<u8>(), 1..200),
            cuts in prop::collection::vec(0_usize..200, 0..6),
        ) {
            // No other protocol begins with this character.
            let octets = [&[0xb0, 0xa1][..], &rest].concat();
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < octets.len()).chain([0, octets.len()]).collect();
            cuts.sort_unstable();
            cuts.dedup();
            let pieces: Vec<(Peer, i64, &[u8])> =
                cuts.windows(2).map(|pair| (Peer::A, 0, &octets[pair[0]..pair[1]])).collect();
            let [whole, cut] = [read(Encoding::Gbk, &[(Peer::A, 0, &octets)]), read(Encoding::Gbk, &pieces)];
            prop_assert_eq!(&whole[0].1, &cut[0].1);
        }
    }
}
