//! All items of all connections as the events of a timeline: merged, numbered, and each told with the others' numbers.

use super::calls;
use super::fold::Fold;
use super::item::{Item, What};
use super::{Assembler, event, follow, gave_up, listen, lookups, unsent};
use crate::annotate::verdict;
use crate::tcp::{Peer, Timestamp};
use crate::timeline::{self, Detail, Event};
use crate::track::Connection;
use std::collections::{HashMap, HashSet};

impl Assembler {
    pub(super) fn events(
        &mut self,
        connections: &[&Connection],
        calls: &mut Vec<(u64, Item)>,
        start: Timestamp,
    ) -> Vec<Event> {
        let mut items: Vec<(u64, &Item)> =
            self.kept.iter().flat_map(|(id, draft)| draft.items().iter().map(|item| (*id, item))).collect();
        items.sort_by_key(|(_, item)| item.order);
        let mut messages = std::mem::take(&mut self.messages);
        let items = messages.merge(items);
        let items = calls::merge(items, calls, self.fold == Fold::Never);
        self.lookups.sort_by_key(|word| word.at);
        let (lookups, others) = lookups::place(&self.lookups, connections);
        let items = lookups::merge(items, &lookups);
        // Which event shows the segment at a place of a connection.
        let mut shown: HashMap<u64, Vec<(u64, u64)>, foldhash::fast::RandomState> = HashMap::default();
        let mut said: HashMap<(u64, u64), u64, foldhash::fast::RandomState> = HashMap::default();
        for (index, (id, item)) in items.iter().enumerate() {
            if let Some(ordinal) = item.first_ordinal() {
                shown.entry(*id).or_default().push((ordinal, index as u64 + 1));
            }
            if let What::Message(word) = &item.what {
                said.insert((*id, word.number), index as u64 + 1);
            }
        }
        let crossed: HashSet<u64> = connections
            .iter()
            .filter(|connection| {
                let had_closed = || unsent::of(connection, &self.kernel, start).is_some_and(|unsent| unsent.is_first);
                connection.closing.is_simultaneous() || had_closed()
            })
            .map(|connection| connection.id)
            .collect();
        let opened_at_once: HashSet<u64> = connections
            .iter()
            .filter(|connection| verdict::open_kind(connection) == timeline::OpenKind::Simultaneous)
            .map(|connection| connection.id)
            .collect();
        let mut events = Vec::with_capacity(items.len());
        for (index, (id, item)) in items.iter().enumerate() {
            let place = connections.binary_search_by_key(id, |connection| connection.id);
            let Some(connection) = place.ok().and_then(|place| connections.get(place)) else { continue };
            let ids = self.endpoints.of(connection);
            let known = shown.get(id);
            let event_of = |ordinal: u64| {
                let known = known?;
                let after = known.partition_point(|(first, _)| *first <= ordinal);
                known.get(after.checked_sub(1)?).map(|(_, event)| *event)
            };
            let mut event = event::event(item, connection, &ids, start, &self.kernel, &event_of);
            event.id = index as u64 + 1;
            if let (What::Message(word), Detail::Message(message)) = (&item.what, &mut event.detail) {
                message.answers = word.answers.and_then(|number| said.get(&(*id, number)).copied());
            }
            if !opened_at_once.contains(id) {
                event.notes.retain(|note| note.id != "simultaneous-open");
            }
            if crossed.contains(id) {
                // That one side was first was all that could be said at the time.
                event.notes.retain(|note| note.id != "active-close");
            }
            events.push(event);
        }
        self.lookups = others;
        follow::tell(&mut events, self.endpoints.list());
        listen::tell(&mut events);
        if self.kernel.heard_listeners() {
            let at = |id: &str| self.endpoints.address(id);
            listen::hear(&mut events, &|id, before| at(id).is_some_and(|at| self.kernel.listened(at, before)));
        }
        gave_up::tell(&mut events);
        for connection in connections {
            for peer in Peer::BOTH {
                if let Some(abandoned) = self.kernel.abandoned(connection.id, peer) {
                    let ids = self.endpoints.of(connection);
                    gave_up::tell_of(&mut events, connection.id, peer.of(&ids).as_str(), abandoned);
                }
                if let Some(history) = unsent::history(connection, peer, &self.kernel) {
                    let ids = self.endpoints.of(connection);
                    unsent::tell_of(&mut events, connection.id, peer.of(&ids).as_str(), history);
                }
            }
        }
        events
    }
}
