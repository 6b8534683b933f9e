//! Where the body of a response ends, and its octets out of what came (RFC 9112 6, 7). Pure.

use super::response::Framing;
use crate::timeline::Text;

/// The longest line of a chunk's size, and the longest trailer, in octets.
const LONGEST_LINE: usize = 8 * 1024;

/// A body that is being read.
#[derive(Debug)]
pub(super) struct Body {
    framing: Framing,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// So many octets follow.
    Octets(u64),
    /// The line with a chunk's size.
    Size,
    /// The line end behind a chunk.
    Behind,
    /// The lines behind the last chunk.
    Trailer,
    End,
}

/// What is wrong with the chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chunks of the body are malformed")]
pub(super) struct BadChunk;

impl BadChunk {
    /// The same in both languages.
    pub(super) fn text(self) -> Text {
        Text::new(self.to_string(), "正文的分块格式有误")
    }
}

impl Body {
    pub(super) fn new(framing: Framing) -> Body {
        let place = match framing {
            Framing::Length(0) | Framing::None => Place::End,
            Framing::Length(length) => Place::Octets(length),
            Framing::Chunked => Place::Size,
            Framing::UntilClose => Place::Octets(u64::MAX),
        };
        Body { framing, place }
    }

    /// Whether all of it has been read; one without framing ends with the connection.
    pub(super) fn is_whole(&self) -> bool {
        self.place == Place::End
    }

    /// Takes from the octets what it understands, and gives those of the body to `out`. How many were taken; none: more must come.
    pub(super) fn read(&mut self, octets: &[u8], out: &mut Vec<u8>) -> Result<usize, BadChunk> {
        let mut at = 0;
        while let Some(rest) = octets.get(at..).filter(|rest| !rest.is_empty()) {
            at += match self.place {
                Place::End => break,
                Place::Octets(left) => {
                    let count = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    out.extend_from_slice(rest.get(..count).unwrap_or_default());
                    self.place = match left - count as u64 {
                        _ if self.framing == Framing::UntilClose => self.place,
                        0 if self.framing == Framing::Chunked => Place::Behind,
                        0 => Place::End,
                        left => Place::Octets(left),
                    };
                    count
                }
                Place::Size => match httparse::parse_chunk_size(rest) {
                    Ok(httparse::Status::Complete((count, size))) => {
                        self.place = if size == 0 { Place::Trailer } else { Place::Octets(size) };
                        count
                    }
                    Ok(httparse::Status::Partial) if rest.len() < LONGEST_LINE => break,
                    _ => return Err(BadChunk),
                },
                Place::Behind if rest.starts_with(b"\r\n") => {
                    self.place = Place::Size;
                    2
                }
                Place::Behind if rest == b"\r" => break,
                Place::Behind => return Err(BadChunk),
                Place::Trailer => match rest.iter().position(|octet| *octet == b'\n') {
                    Some(end) => {
                        if matches!(rest.get(..end), Some(b"" | b"\r")) {
                            self.place = Place::End;
                        }
                        end + 1
                    }
                    None if rest.len() < LONGEST_LINE => break,
                    None => return Err(BadChunk),
                },
            };
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    /// The body, whether it is whole, and what was left, with `step` octets coming at a time.
    fn read(framing: Framing, octets: &[u8], step: usize) -> Result<(Vec<u8>, bool, usize), BadChunk> {
        let (mut body, mut out, mut pending, mut left) = (Body::new(framing), Vec::new(), Vec::new(), 0);
        for piece in octets.chunks(step) {
            pending.extend_from_slice(piece);
            let taken = body.read(&pending, &mut out)?;
            pending.drain(..taken);
            left = pending.len();
        }
        Ok((out, body.is_whole(), left))
    }

    #[test]
    fn bodies_end_where_their_framing_says() {
        let chunked = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: x\r\n\r\nHTTP";
        for step in 1..chunked.len() {
            assert_eq!(read(Framing::Chunked, chunked, step).unwrap(), (b"hello world".to_vec(), true, 4), "{step}");
            assert_eq!(read(Framing::Length(3), b"abcd", step).unwrap(), (b"abc".to_vec(), true, 1));
            assert_eq!(read(Framing::UntilClose, b"abcd", step).unwrap(), (b"abcd".to_vec(), false, 0));
        }
        assert_eq!(read(Framing::Chunked, b"5\r\nhel", 9).unwrap(), (b"hel".to_vec(), false, 0));
    }

    #[test]
    fn malformed_chunks_are_told() {
        let long = [b"1;".as_slice(), &[b'x'; LONGEST_LINE]].concat();
        for wrong in [b"x\r\n".as_slice(), b"ffffffffffffffffff\r\n", b"1\r\nab", b"-1\r\n", &long] {
            assert_eq!(read(Framing::Chunked, wrong, wrong.len()), Err(BadChunk), "{wrong:.20?}");
        }
    }
}
