//! What applications said: where each message stands among the segments, and as the contract has it.

use super::item::{Item, What};
use crate::app::MessageWord;
use crate::tcp::Timestamp;
use crate::timeline::{Message, Part, Phase};
use std::collections::HashMap;

/// Messages as events to be, by connection and in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Messages(Vec<(u64, Item)>);

/// A message as an event to be, at this time.
pub(super) fn item(time: Timestamp, word: MessageWord) -> Item {
    let (states, notes) = (Vec::new(), Vec::new());
    Item { order: (0, 0), time, phase: Phase::Data, states, notes, what: What::Message(Box::new(word)) }
}

impl Messages {
    pub(super) fn of(words: Vec<MessageWord>) -> Messages {
        Messages(words.into_iter().map(|word| (word.connection, item(word.began(), word))).collect())
    }

    /// All of them by their times, where nothing else is shown.
    fn alone(&self) -> Vec<(u64, &Item)> {
        let mut items: Vec<(u64, &Item)> = self.0.iter().map(|(id, item)| (*id, item)).collect();
        items.sort_by_key(|(_, item)| item.time);
        items
    }

    /// Puts each behind the item that shows the segment with its first octet, in the part of life that this one belongs to; what
    /// no item shows is left out, but for where there are no items at all.
    pub(super) fn merge<'i>(&'i mut self, items: Vec<(u64, &'i Item)>) -> Vec<(u64, &'i Item)> {
        if self.0.is_empty() {
            return items;
        }
        if items.is_empty() {
            return self.alone();
        }
        let mut shown: HashMap<u64, Vec<(u64, usize)>, foldhash::fast::RandomState> = HashMap::default();
        for (place, (id, item)) in items.iter().enumerate() {
            if let Some(ordinal) = item.first_ordinal() {
                shown.entry(*id).or_default().push((ordinal, place));
            }
        }
        let place_of = |id: u64, item: &Item| {
            let What::Message(word) = &item.what else { return None };
            let (own, carrier) = (shown.get(&id)?, word.carriers.first()?);
            let after = own.partition_point(|(first, _)| *first <= carrier.ordinal);
            own.get(after.checked_sub(1)?).map(|(_, place)| *place)
        };
        let placed = self.0.iter_mut().filter_map(|(id, item)| {
            let place = place_of(*id, item)?;
            item.phase = items.get(place).map_or(item.phase, |(_, carrier)| carrier.phase);
            Some((place, (*id, &*item)))
        });
        let mut placed: Vec<(usize, (u64, &Item))> = placed.collect();
        placed.sort_by_key(|(place, _)| *place);
        let mut merged = Vec::with_capacity(items.len() + placed.len());
        let mut placed = placed.into_iter().peekable();
        for (place, item) in items.into_iter().enumerate() {
            merged.push(item);
            while let Some((_, message)) = placed.next_if(|(before, _)| *before == place) {
                merged.push(message);
            }
        }
        merged
    }
}

/// As the contract has it; what it answers is known once all events have ids.
pub(super) fn message(
    word: &MessageWord,
    ids: &[String; 2],
    start: Timestamp,
    event_of: &dyn Fn(u64) -> Option<u64>,
) -> Message {
    let all = word.carriers.iter().chain([&word.last]);
    let mut carried_by: Vec<u64> = all.filter_map(|carrier| event_of(carrier.ordinal)).collect();
    carried_by.dedup();
    // Where a part begins is known to the segment: each carrier tells its first octet of the message.
    let carrier_of = |offset: u64| {
        let after = word.carriers.partition_point(|carrier| carrier.first <= offset);
        // Of very many segments only the first ones are remembered one by one.
        let known = word.carriers.len() as u64 == word.segments || after < word.carriers.len();
        word.carriers.get(after.checked_sub(1)?).filter(|_| known)
    };
    let part = |part: &Part| Part {
        event: carrier_of(part.offset).and_then(|carrier| event_of(carrier.ordinal)),
        frames: frames_of(word, part),
        ..part.clone()
    };
    // (0: nobody counted.)
    let mut frames: Vec<u64> = word.carriers.iter().chain([&word.last]).map(|carrier| carrier.frame).collect();
    frames.retain(|frame| *frame > 0);
    frames.dedup();
    Message {
        from: word.peer.of(ids).clone(),
        to: (!word.peer).of(ids).clone(),
        end_ns: word.last.at.since(start),
        whole_ns: (word.whole.at > word.last.at).then(|| word.whole.at.since(start)),
        received_ns: word.carriers.first().and_then(|carrier| carrier.arrived).map(|at| at.since(start)),
        whole_received_ns: word.whole.arrived.map(|at| at.since(start)),
        offset: word.span.offset,
        len: word.span.len,
        complete: word.complete,
        missing: word.span.missing,
        carried_by,
        segments: word.segments,
        frames,
        answers: None,
        follows: None,
        parts: word.parts.iter().map(part).collect(),
        chunks: word.chunks.iter().map(part).collect(),
        problems: word.problems.clone(),
        content: word.content.clone(),
    }
}

/// The frames that carry a part: those whose first octet lies before its end, from the last one that lies not behind its
/// beginning. Of very many segments only the first ones are remembered one by one.
fn frames_of(word: &MessageWord, part: &Part) -> Vec<u64> {
    let carriers = word.carriers.as_slice();
    let end = part.offset.saturating_add(part.len);
    let after = carriers.partition_point(|carrier| carrier.first <= part.offset);
    let is_known = carriers.len() as u64 == word.segments || after < carriers.len();
    let Some(begin) = after.checked_sub(1).filter(|_| is_known) else { return Vec::new() };
    let own = carriers.iter().skip(begin).take_while(|carrier| carrier.first < end).map(|carrier| carrier.frame);
    let mut frames: Vec<u64> = own.filter(|frame| *frame > 0).take(Part::MOST_FRAMES).collect();
    frames.dedup();
    frames
}
