//! Which connection a segment belongs to: the one remembered, the next on the same addresses and ports, or a new one.

use super::Tracker;
use super::foresee::Foreseen;
use super::incarnation::{self, Belongs};
use super::key::{Key, Oriented};
use super::retire::Over;
use super::step::Hear;
use super::table::Found;
use super::turn::Turn;
use crate::tcp::{Segment, Timestamp};
use std::net::SocketAddr;

/// Ports below this are servers' (RFC 6335: system ports).
const WELL_KNOWN: u16 = 1024;

impl Tracker {
    /// The connection between two addresses, if it is remembered; a lone SYN becomes one.
    pub(super) fn find(&mut self, src: SocketAddr, dst: SocketAddr, vlan: u32, sink: &mut impl Hear) -> Option<u32> {
        let pair = Key::of(src, dst, if self.merges_vlans { 0 } else { vlan });
        let hash = self.table.hash(&pair.key);
        match self.table.find(hash, &pair.key) {
            Some(Found::Connection(place)) => Some(place),
            Some(Found::Lone(lone)) => self.promote(lone, hash, sink),
            Some(Found::Plain(plain)) => self.promote_plain(plain, hash, sink),
            Some(Found::Ghost(_)) => None,
            None => self.split_at(&pair, src),
        }
    }

    /// The connection that a segment belongs to, opened where there is none. `None`: it is set aside, or too late.
    pub(super) fn place_of(&mut self, segment: &Segment<'_>, foreseen: &Foreseen, sink: &mut impl Hear) -> Option<u32> {
        let Foreseen { mut pair, mut hash, .. } = *foreseen;
        let mut found = self.table.find(hash, &pair.key);
        let mut other_vlan = None;
        if found.is_none()
            && let Some(elsewhere) = self.elsewhere(&pair, segment)
        {
            (pair, hash, found) = (elsewhere.pair, elsewhere.hash, Some(elsewhere.found));
            other_vlan = Some(foreseen.pair.key.vlan());
        }
        let place = match found {
            Some(Found::Connection(place)) => place,
            Some(Found::Plain(plain)) if self.follow_plain(plain, &pair, segment, sink) => return None,
            Some(Found::Plain(plain)) => self.promote_plain(plain, hash, sink)?,
            // (One whose directions have different VLANs is no plain one.)
            Some(Found::Lone(lone)) if other_vlan.is_none() && self.begin_plain(lone, hash, &pair, segment, sink) => {
                return None;
            }
            Some(Found::Lone(lone)) => self.promote(lone, hash, sink)?,
            Some(Found::Ghost(ghost)) => {
                let ghost = self.table.ghost(ghost)?;
                if ghost.owns(segment) {
                    self.let_go.stragglers += 1;
                    return None;
                }
                let incarnation = ghost.next_incarnation(segment);
                return self.begin(hash, &pair, incarnation, segment, found, sink);
            }
            None => return self.begin(hash, &pair, 1, segment, found, sink),
        };
        let old = self.table.get_mut(place)?;
        if let Some(vlan) = other_vlan {
            old.note_other_vlan(segment.src, vlan);
        }
        let belongs = incarnation::decide(old, segment);
        if belongs == Belongs::Here {
            return Some(place);
        }
        let incarnation = old.incarnation.saturating_add(1);
        let mut turn = Turn {
            connection: old,
            changes: &mut self.changes,
            fates: &mut self.fates,
            ordinal: 0,
            time: segment.time,
        };
        let reuse = turn.ask_to_give_way(segment);
        old.gave_way = true;
        let over = (!std::mem::replace(&mut old.lingers, true)).then(|| old.handle());
        let seed = (belongs == Belongs::ToNextWithSyn).then(|| old.clone());
        let opens = self.opening_side(&pair, segment);
        let next = self.open(hash, &opens, incarnation, segment.time, Some(Found::Connection(place)));
        if let Some(fresh) = self.table.get_mut(next) {
            if let Some(vlan) = other_vlan {
                fresh.note_other_vlan(segment.src, vlan);
            }
            if reuse.is_some() {
                fresh.evidence.get_or_insert_default().reuse = reuse;
            }
            if let Some(old) = seed {
                fresh.seed_by_syn(&old, segment);
            }
        }
        if let Some(over) = over {
            self.linger(Over::Whole(over), sink);
        }
        Some(next)
    }

    /// The first segment of a connection.
    fn begin(
        &mut self,
        hash: u32,
        pair: &Oriented,
        incarnation: u32,
        segment: &Segment<'_>,
        found: Option<Found>,
        sink: &mut impl Hear,
    ) -> Option<u32> {
        if incarnation == 1 && self.set_aside(hash, pair, segment, found, sink) {
            return None;
        }
        let opens = self.opening_side(pair, segment);
        let place = self.open(hash, &opens, incarnation, segment.time, found);
        self.make_room(place, sink);
        Some(place)
    }

    /// The pair with the side in front that is taken for the client.
    fn opening_side(&self, pair: &Oriented, segment: &Segment<'_>) -> Oriented {
        // A SYN,ACK that comes first answers a SYN that was not captured or comes late: its receiver opened.
        let answers = segment.flags.syn() && segment.flags.ack();
        // Where nothing shows who opened, a well-known port is likelier the server's.
        let serves = !segment.flags.syn() && segment.src.port() < WELL_KNOWN && segment.dst.port() >= WELL_KNOWN;
        Oriented { is_forward: pair.is_forward != (answers || serves), ..*pair }
    }

    pub(super) fn open(
        &mut self,
        hash: u32,
        pair: &Oriented,
        incarnation: u32,
        now: Timestamp,
        found: Option<Found>,
    ) -> u32 {
        let id = self.table.next_id();
        self.table.open(hash, id, incarnation, pair, now, found)
    }
}
