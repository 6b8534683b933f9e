//! A segment in the words of a sequence.

use super::line::{KINDS, Kind, MARKS, Mark};
use super::shot::{Sender, Sent, Shot};
use crate::timeline::Text;

/// As a line of a sequence: `client data 10 again`.
pub(super) fn line(shot: &Shot<'_>) -> String {
    match shot {
        Shot::Segment(sent) => {
            let octets = if sent.segment.len > 0 { Some(sent.segment.len) } else { None };
            let mut line = plain(sent);
            match (sent.kind, octets) {
                (Kind::Data, Some(octets)) => line += &format!(" {octets}"),
                (Kind::Syn | Kind::SynAck | Kind::Fin | Kind::Rst, Some(octets)) => line += &format!(" data {octets}"),
                _ => {}
            }
            line + &marks(sent)
        }
        Shot::Run { data, .. } => run(*data),
    }
}

/// Sender and kind.
pub(super) fn plain(sent: &Sent<'_>) -> String {
    let kind = KINDS.iter().find(|(_, kind)| *kind == sent.kind).map_or("any", |(word, _)| word);
    format!("{} {kind}", who(sent.sender))
}

/// A folded stretch.
pub(super) fn run(data: [bool; 2]) -> String {
    match data {
        [true, true] => "client data * | server data *".into(),
        [true, false] => "client data +".into(),
        [false, true] => "server data +".into(),
        [false, false] => "client ACK * | server ACK *".into(),
    }
}

pub(super) fn who(sender: Sender) -> &'static str {
    match sender {
        Sender::Client => "client",
        Sender::Server => "server",
    }
}

/// The marks that tell a segment from an ordinary one, each behind a space.
pub(super) fn marks(sent: &Sent<'_>) -> String {
    let told = [Mark::Lost, Mark::Again, Mark::Corrupt, Mark::Twice, Mark::Late, Mark::Injected];
    let words = MARKS.iter().filter(|(_, mark)| told.contains(mark) && sent.bears(*mark));
    words.map(|(word, _)| format!(" {word}")).collect()
}

/// What the timeline says of it, in a sentence.
pub(super) fn sentence(shot: &Shot<'_>) -> Text {
    match shot {
        Shot::Segment(sent) => {
            let flags = if sent.segment.flags.is_empty() { "-".into() } else { sent.segment.flags.join(",") };
            let numbers = match sent.segment.ack {
                Some(ack) => format!("{flags} seq={} ack={ack} len={}", sent.segment.seq, sent.segment.len),
                None => format!("{flags} seq={} len={}", sent.segment.seq, sent.segment.len),
            };
            // What matters most first.
            let note = sent.event.notes.iter().max_by_key(|note| note.severity);
            match note {
                Some(note) => Text::new(format!("{numbers}: {}", note.text.en), format!("{numbers}：{}", note.text.zh)),
                None => Text::new(numbers.clone(), numbers),
            }
        }
        Shot::Run { run, .. } => Text::new(
            format!("{} segments of ordinary data, frames {} to {}", run.count, run.first_frame, run.last_frame),
            format!("{} 个普通数据报文段，第 {} 至 {} 帧", run.count, run.first_frame, run.last_frame),
        ),
    }
}
