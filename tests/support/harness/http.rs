//! Octets as what two programs say to each other: pieces of it in any order, cut, doubled or missing, and read as messages.

use super::cursor::Cursor;
use std::collections::HashSet;
use synfin::app::{Carrier, Heard, Manner, MessageWord, Piece, Reader};
use synfin::tcp::{Peer, Timestamp};
use synfin::timeline::{Body, Content, PartKind};

const CONNECTION: u64 = 1;

/// The first octet says how it is told, the next two how much of the rest the client says; the server says the remainder.
pub fn run(bytes: &[u8]) {
    let mut cursor = Cursor(bytes);
    let (how, split) = (cursor.u8(), usize::from(cursor.u8()) << 8 | usize::from(cursor.u8()));
    let (asked, answered) = cursor.0.split_at(split.min(cursor.0.len()));
    let manner =
        Manner { shows_secrets: how & 1 != 0, text: None, body: if how & 2 == 0 { Manner::SAMPLE } else { 16 } };
    let whole = read(asked, answered, manner, usize::MAX);
    check(&whole, [asked, answered], manner);
    // However it is cut into segments, the same is said: until something is broken off, behind which a message is looked for
    // where a segment begins.
    let size = 1 + usize::from(how >> 2) % 40;
    let cut = read(asked, answered, manner, size);
    check(&cut, [asked, answered], manner);
    // A method in small letters is known by its line alone, which its first segment must hold whole.
    let is_small = |octets: &[u8]| {
        let octets = octets.trim_ascii_start();
        let name = octets.iter().take_while(|octet| octet.is_ascii_uppercase()).count();
        octets.get(name).is_some_and(|octet| *octet != b' ' && !octets.starts_with(b"HTTP/"))
    };
    // What a message answers lies in what the other side said.
    let count = |words: &[MessageWord], peer| words.iter().filter(|word| word.peer == peer).count();
    let is_alike = [Peer::A, Peer::B].into_iter().all(|peer| count(&cut, peer) == count(&whole, peer));
    let sides = [(Peer::A, asked), (Peer::B, answered)];
    for (peer, _) in sides.into_iter().take_while(|(_, octets)| !is_small(octets)) {
        let [(cut, breaks), (whole, _)] = [&cut, &whole].map(|words| essence(words, peer, is_alike));
        let common = cut.len().min(whole.len());
        assert_eq!(cut[..common], whole[..common], "in pieces of {size}");
        // A single octet may pass for the beginning of what more of them do not; and an answer looks for its request.
        if breaks || cut.len() != whole.len() {
            break;
        }
    }
    // With pieces that are missing, come twice or too late, what is said may be another, but it holds together.
    check(&disturbed(asked, answered, manner, size), [asked, answered], manner);
}

fn read(asked: &[u8], answered: &[u8], manner: Manner, size: usize) -> Vec<MessageWord> {
    let mut reader = Reader::new(manner);
    let mut ordinal = 0;
    // All is asked before anything is answered: so an answer finds its request whatever the pieces are.
    for (peer, octets) in [(Peer::A, asked), (Peer::B, answered)] {
        let mut offset = 0;
        for piece in octets.chunks(size.max(1)) {
            hear(&mut reader, peer, offset, piece, piece.len() as u32, ordinal, None);
            offset += piece.len() as u64;
            ordinal += 1;
        }
    }
    reader.finish().0
}

fn disturbed(asked: &[u8], answered: &[u8], manner: Manner, size: usize) -> Vec<MessageWord> {
    let mut reader = Reader::new(manner);
    let mut ordinal = 0;
    let mut late: Vec<(Peer, u64, &[u8])> = Vec::new();
    for (peer, octets) in [(Peer::A, asked), (Peer::B, answered)] {
        let mut offset = 0;
        for piece in octets.chunks(size.max(1)) {
            let len = piece.len() as u32;
            match piece.iter().fold(0_u8, |sum, octet| sum.wrapping_add(*octet)) % 8 {
                0 => late.push((peer, offset, piece)),
                1 => hear(&mut reader, peer, offset, &piece[..piece.len() / 2], len, ordinal, None),
                2 => hear(&mut reader, !peer, 0, &[], 0, ordinal, Some(offset)),
                3 => {
                    hear(&mut reader, peer, offset, piece, len, ordinal, None);
                    hear(&mut reader, peer, offset.saturating_sub(3), piece, len, ordinal, None);
                }
                _ => hear(&mut reader, peer, offset, piece, len, ordinal, None),
            }
            offset += piece.len() as u64;
            ordinal += 1;
        }
    }
    for (peer, offset, piece) in late {
        hear(&mut reader, peer, offset, piece, piece.len() as u32, ordinal, None);
        ordinal += 1;
    }
    reader.finish().0
}

fn hear(
    reader: &mut Reader,
    peer: Peer,
    offset: u64,
    octets: &[u8],
    len: u32,
    ordinal: u64,
    acknowledged: Option<u64>,
) {
    let at = Timestamp(ordinal as i64);
    let carrier = Carrier { ordinal, frame: ordinal + 1, at, ..Carrier::default() };
    let piece = Piece { offset, octets, len, carrier };
    reader.hear(&Heard {
        connection: CONNECTION,
        peer,
        is_dns: false,
        is_syn: ordinal == 0,
        is_fin: false,
        piece,
        acknowledged,
    });
}

/// What must hold of all that is told.
fn check(words: &[MessageWord], said: [&[u8]; 2], manner: Manner) {
    let mut numbers = HashSet::new();
    for word in words {
        let most = said[usize::from(word.peer == Peer::B)].len() as u64;
        let end = word.span.offset.checked_add(word.span.len).unwrap();
        assert!(end <= most, "beyond what was said: {word:?}");
        assert!(word.span.missing <= word.span.len, "{word:?}");
        assert!(numbers.insert(word.number), "two messages with one number: {word:?}");
        assert!(word.answers.is_none_or(|asked| asked < word.number || word.peer == Peer::B), "{word:?}");
        let mut at = word.span.offset;
        for part in &word.parts {
            assert!(part.offset >= at && part.offset + part.len <= end, "{part:?} of {word:?}");
            at = part.offset + part.len;
        }
        let body = word.parts.iter().find(|part| part.part == PartKind::Body).map(|body| (body.offset, body.len));
        let mut at = body.map_or(end, |(offset, _)| offset);
        for part in &word.chunks {
            assert_eq!(part.offset, at, "a gap between the chunks of {word:?}");
            at += part.len;
        }
        assert!(body.is_none_or(|(offset, len)| at <= offset + len), "{word:?}");
        assert!(word.carriers.windows(2).all(|two| two[0].first < two[1].first), "{word:?}");
        let body = match &word.content {
            Content::HttpRequest(request) => request.body.as_ref(),
            Content::HttpResponse(response) => response.body.as_ref(),
            _ => None,
        };
        if let Some(Body { len, promised, text, base64, .. }) = body {
            assert!(*len <= word.span.len && (!word.complete || promised.is_none_or(|promised| promised == *len)));
            assert!(text.as_ref().is_none_or(|text| text.len() <= manner.body && text.len() as u64 <= *len));
            assert!(base64.as_ref().is_none_or(|base64| base64.len() <= manner.body.div_ceil(3) * 4));
            assert!(text.is_none() || base64.is_none());
        }
    }
}

/// What one says, up to the first message that is broken off (and whether there is one), without what depends on how it is cut
/// into segments.
fn essence(words: &[MessageWord], of: Peer, with_answers: bool) -> (Vec<String>, bool) {
    let mut told = Vec::new();
    for word in words.iter().filter(|word| word.peer == of) {
        let MessageWord { answers, span, parts, chunks, problems, complete, content, .. } = word;
        let answers = answers.filter(|_| with_answers);
        told.push(format!("{answers:?} {span:?} {parts:?} {chunks:?} {problems:?} {complete} {content:?}"));
        if !complete {
            return (told, true);
        }
    }
    (told, false)
}
