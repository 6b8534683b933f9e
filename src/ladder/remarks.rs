//! What is said of an event in its row: the rules' notes and people's comments, each thing once.

use super::Remark;
use crate::lab::deed::Deed;
use crate::timeline::{Event, PacketComment, Severity, Text};

/// Of the notes and comments of an event those that its row shows. Who made the loss knows more than who infers it: where
/// the wire itself says that it dropped a segment or made one up, what both captures show of that is not said again.
pub(super) fn of(event: &Event) -> Vec<Remark> {
    let deeds: Vec<Deed<'_>> = event.comments.iter().flat_map(|comment| Deed::all(&comment.text)).collect();
    let is_said = |id: &str| match id {
        "lost-on-the-way" => deeds.iter().any(Deed::loses),
        "sent-by-neither" => deeds.iter().any(|deed| matches!(deed, Deed::MadeUp(_))),
        _ => false,
    };
    let mut notes: Vec<_> = event.notes.iter().filter(|note| !is_said(&note.id)).collect();
    // What became of the segment stands right below its arrow.
    notes.sort_by_key(|note| !LOSSES.contains(&note.id.as_str()));
    let notes = notes.into_iter().map(|note| {
        let (severity, text, rfc) = (note.severity, note.text.clone(), note.rfc.clone());
        Remark { severity, text, rfc }
    });
    let (wires, peoples): (Vec<&PacketComment>, Vec<_>) =
        event.comments.iter().partition(|comment| comment.words.is_some());
    wires.into_iter().map(comment).chain(notes).chain(peoples.into_iter().map(comment)).collect()
}

/// Notes that say how a segment was lost.
const LOSSES: [&str; 2] = ["lost-on-the-way", "checksum-invalid"];

/// Whether its remarks say what became of a segment that was lost.
pub(super) fn tell_loss(event: &Event) -> bool {
    event.notes.iter().any(|note| LOSSES.contains(&note.id.as_str()))
        || event.comments.iter().flat_map(|comment| Deed::all(&comment.text)).any(|deed| deed.loses())
}

/// What somebody wrote on a packet.
fn comment(comment: &PacketComment) -> Remark {
    let PacketComment { frame, text, words } = comment;
    let text = match words {
        Some(words) => words.clone(),
        None => Text::new(format!("comment on frame {frame}: {text}"), format!("第 {frame} 帧的注释：{text}")),
    };
    Remark { severity: Severity::Note, text, rfc: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Detail, Note, Phase};

    fn told(notes: &[&str], comments: &[&str]) -> (Vec<String>, bool) {
        let note = |id: &&str| Note {
            id: (*id).into(),
            severity: Severity::Note,
            related: Vec::new(),
            text: Text::new(*id, *id),
            rfc: String::new(),
        };
        let comment = |text: &&str| PacketComment { frame: 7, text: (*text).into(), words: Deed::words(text) };
        let event = Event {
            id: 1,
            connection: 1,
            t_ns: 0,
            phase: Phase::Data,
            detail: Detail::Unknown,
            states: Vec::new(),
            notes: notes.iter().map(note).collect(),
            comments: comments.iter().map(comment).collect(),
        };
        (of(&event).into_iter().map(|remark| remark.text.zh).collect(), tell_loss(&event))
    }

    #[test]
    fn a_loss_is_told_once() {
        let by_wire = told(&["ack-of-fin", "lost-on-the-way"], &["the wire dropped it: drop the last ACK"]);
        assert_eq!(by_wire, (vec!["线路按要求丢弃了最后一个 ACK".into(), "ack-of-fin".into()], true));
        let inferred = told(&["ack-of-fin", "lost-on-the-way"], &["why?"]);
        assert_eq!(inferred, (vec!["lost-on-the-way".into(), "ack-of-fin".into(), "第 7 帧的注释：why?".into()], true));
        assert_eq!(told(&["ack-of-fin"], &[]), (vec!["ack-of-fin".into()], false));
        let (made, _) = told(&["sent-by-neither"], &["the wire made it up: inject from client RST"]);
        assert_eq!(made, ["线路伪造了它：inject from client RST"]);
        let (delayed, loses) = told(&["lost-on-the-way"], &["the wire changed its way: delay every FIN by 1s"]);
        assert_eq!((delayed.len(), loses), (2, true));
    }
}
