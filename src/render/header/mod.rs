//! The TCP header of one segment, bit by bit, as it was captured (RFC 9293 3.1).

mod fields;
mod options;
pub mod svg;
pub mod text;
pub mod wavedrom;

pub use fields::Header;

use crate::render::text::Glyphs;
use crate::render::{Charset, Style};
use crate::timeline::Timeline;

/// Arrows and the like in the characters that may be drawn with.
pub(super) fn plain(text: &str, style: &Style) -> String {
    match style.charset {
        Charset::Unicode => text.to_string(),
        Charset::Narrow | Charset::Ascii => text.replace('→', Glyphs::of(style.charset).right),
    }
}

/// Why a header cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there is no TCP segment in frame {0}")]
    NoSegment(u64),
    #[error("frame {frame} holds no TCP segment of connection {connection}")]
    Elsewhere { frame: u64, connection: u64 },
    #[error("there is no TCP segment")]
    NoSegments,
    #[error("this timeline does not hold the octets of frame {0}; --anonymize leaves them out")]
    NoOctets(u64),
}

/// The header of the segment in this frame, of one connection where one is asked for; without a frame, of the first segment.
///
/// # Errors
/// No such segment, or a timeline that was written without the octets of headers.
pub fn of(timeline: &Timeline, connection: Option<u64>, frame: Option<u64>) -> Result<Header, Error> {
    let own = timeline.events.iter().filter(|event| connection.is_none_or(|id| event.connection == id));
    let mut segments = own.filter_map(|event| Some((event.connection, event.segment()?)));
    let (connection, segment) = match frame {
        Some(frame) => segments.find(|(_, segment)| segment.frame == frame).ok_or(match connection {
            Some(connection) => Error::Elsewhere { frame, connection },
            None => Error::NoSegment(frame),
        })?,
        None => segments.next().ok_or(Error::NoSegments)?,
    };
    Header::of(connection, segment).ok_or(Error::NoOctets(segment.frame))
}
