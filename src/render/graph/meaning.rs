//! What each kind of mark is called, and how it looks: in a picture, and in characters.

use crate::plot::Meaning;
use crate::render::Charset;
use crate::render::ink::Ink;
use crate::render::picture::{Dash, Paint, Stroke, stroke};
use crate::timeline::Lang;

/// Its name in a legend.
pub(super) fn name(meaning: Meaning, lang: Lang) -> &'static str {
    match meaning {
        Meaning::Sent => lang.pick("sent", "发送"),
        Meaning::Again => lang.pick("sent again", "重传"),
        Meaning::Lost => lang.pick("lost", "丢失"),
        Meaning::Folded => lang.pick("folded segments", "折叠的报文段"),
        Meaning::Syn => "SYN",
        Meaning::Fin => "FIN",
        Meaning::Rst => "RST",
        Meaning::Acknowledged => lang.pick("acknowledged", "已确认"),
        Meaning::DuplicateAck => lang.pick("duplicate ACK", "重复确认"),
        Meaning::Sack => "SACK",
        Meaning::DuplicateSack => "D-SACK",
        Meaning::Window => lang.pick("receiver's window", "接收窗口"),
        Meaning::ZeroWindow => lang.pick("zero window", "零窗口"),
        Meaning::InFlight => lang.pick("in flight", "在途"),
        Meaning::CongestionWindow => lang.pick("congestion window (kernel)", "拥塞窗口（内核）"),
        Meaning::RoundTrip => lang.pick("round trip", "往返时间"),
        Meaning::Handshake => lang.pick("handshake", "握手"),
        Meaning::Smoothed => "SRTT",
        Meaning::Timeout => "RTO",
        Meaning::Open => lang.pick("open", "已打开"),
        Meaning::Opening => lang.pick("opening", "正在打开"),
        Meaning::TimeWait => "TIME-WAIT",
    }
}

/// How it is drawn in a picture; `own` is the colour of whoever sends.
pub(super) fn look(meaning: Meaning, own: Paint) -> Stroke {
    let with = |dash, paint, width| Stroke { paint, width, dash };
    match meaning {
        Meaning::Sent | Meaning::InFlight | Meaning::RoundTrip | Meaning::Open => stroke(own, 2.0),
        Meaning::Again | Meaning::Lost | Meaning::Rst => stroke(Paint::Error, 2.4),
        Meaning::Folded => with(Dash::Dashed, own, 4.0),
        Meaning::Syn | Meaning::Fin | Meaning::Handshake | Meaning::Smoothed => stroke(Paint::Text, 1.5),
        Meaning::Acknowledged => stroke(Paint::State, 1.6),
        Meaning::DuplicateAck => stroke(Paint::State, 1.2),
        Meaning::Sack => stroke(Paint::Warning, 2.0),
        Meaning::DuplicateSack => with(Dash::Dotted, Paint::Error, 2.0),
        Meaning::Window => with(Dash::Dashed, Paint::Wait, 1.6),
        Meaning::ZeroWindow => stroke(Paint::Error, 1.6),
        Meaning::CongestionWindow => with(Dash::Dotted, Paint::Lesson, 1.8),
        Meaning::Timeout => with(Dash::Dashed, Paint::Wait, 1.4),
        Meaning::Opening => with(Dash::Dotted, Paint::Dim, 1.8),
        Meaning::TimeWait => stroke(Paint::Wait, 3.0),
    }
}

/// Its ink in a terminal.
pub(super) fn ink(meaning: Meaning, own: Ink) -> Ink {
    match meaning {
        Meaning::Sent | Meaning::InFlight | Meaning::RoundTrip | Meaning::Open | Meaning::Folded => own,
        Meaning::Again | Meaning::Lost | Meaning::Rst | Meaning::ZeroWindow | Meaning::DuplicateSack => Ink::Error,
        Meaning::Syn | Meaning::Fin | Meaning::Handshake | Meaning::Smoothed => Ink::Strong,
        Meaning::Acknowledged | Meaning::DuplicateAck => Ink::State,
        Meaning::Sack => Ink::Warning,
        Meaning::Window | Meaning::Timeout | Meaning::TimeWait => Ink::Wait,
        Meaning::CongestionWindow => Ink::Lesson,
        Meaning::Opening => Ink::Dim,
    }
}

/// Its character, and how much it matters where several meet.
pub(super) fn glyph(meaning: Meaning, charset: Charset) -> (char, u8) {
    let (unicode, ascii, rank) = match meaning {
        Meaning::Window => ('╌', '-', 1),
        Meaning::Timeout => ('╌', '-', 1),
        Meaning::CongestionWindow => ('┈', '~', 2),
        Meaning::Acknowledged => ('─', '_', 3),
        Meaning::Opening => ('┈', '~', 3),
        Meaning::Smoothed => ('─', '_', 4),
        Meaning::Open => ('━', '=', 4),
        Meaning::InFlight => ('━', '=', 4),
        Meaning::TimeWait => ('▒', '#', 2),
        Meaning::Folded => ('▞', ':', 4),
        Meaning::Sent => ('┃', '|', 5),
        Meaning::Sack => ('S', 's', 6),
        Meaning::DuplicateSack => ('D', 'd', 6),
        Meaning::DuplicateAck => ('d', '"', 6),
        Meaning::RoundTrip => ('•', '*', 6),
        Meaning::Handshake => ('H', 'H', 7),
        Meaning::Again => ('R', 'R', 8),
        Meaning::ZeroWindow => ('0', '0', 8),
        Meaning::Syn => ('▲', '^', 9),
        Meaning::Fin => ('▼', 'v', 9),
        Meaning::Lost | Meaning::Rst => ('✕', 'X', 10),
    };
    // Fonts for Chinese draw what is no letter two columns wide.
    if charset == Charset::Unicode { (unicode, rank) } else { (ascii, rank) }
}
