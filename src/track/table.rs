//! Where connections are kept: their places, and what their addresses and ports lead to.

use super::Connection;
use super::aside::{Lone, Plains};
use super::ghost::Ghost;
use super::index::Index;
use super::key::{Key, Oriented, Seeds};
use super::ring::Ring;
use crate::tcp::{Segment, Timestamp};

/// Which connection, and where it is kept as long as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handle {
    pub(crate) id: u64,
    pub(crate) place: u32,
}

/// Lone SYNs remembered at once, 72 octets each: 9 MiB, as much as a cache holds.
pub const MOST_LONE_SYNS: u32 = 128 * 1024;

/// Retired connections whose addresses and ports are still known: 4 MiB.
pub const MOST_GHOSTS: u32 = 64 * 1024;

/// What an address pair leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Connection(u32),
    Lone(u32),
    Ghost(u32),
    Plain(u32),
}

/// A lone SYN or ghost that goes after so many others is looked for already.
const SOON: u32 = 4;

/// The upper two bits of a place in the index tell what is there.
const KIND: u32 = 30;

impl Found {
    fn pack(self) -> u32 {
        match self {
            Found::Connection(place) => place,
            Found::Lone(place) => 1 << KIND | place,
            Found::Plain(place) => 2 << KIND | place,
            // (These have an index of their own.)
            Found::Ghost(place) => place,
        }
    }

    #[inline]
    fn unpack(packed: u32) -> Found {
        let place = packed & ((1 << KIND) - 1);
        match packed >> KIND {
            0 => Found::Connection(place),
            1 => Found::Lone(place),
            _ => Found::Plain(place),
        }
    }
}

/// Every connection that is remembered.
pub(super) struct Table {
    index: Index,
    /// Apart, so that what every segment looks into stays small.
    ghost_index: Index,
    seeds: Seeds,
    /// A place whose id is 0 is free.
    connections: Vec<Connection>,
    free: Vec<u32>,
    lone: Ring<Lone>,
    ghosts: Ring<Ghost>,
    pub(super) plains: Plains,
    /// Connections opened so far; the id of the last one.
    opened: u64,
}

impl Table {
    pub(super) fn new() -> Table {
        Table {
            index: Index::default(),
            ghost_index: Index::default(),
            seeds: Seeds::default(),
            connections: Vec::new(),
            free: Vec::new(),
            lone: Ring::new(MOST_LONE_SYNS),
            ghosts: Ring::new(MOST_GHOSTS),
            plains: Plains::default(),
            opened: 0,
        }
    }

    pub(super) fn hash(&self, key: &Key) -> u32 {
        self.seeds.hash(self.seeds.ends(key), key)
    }

    /// The hash, and that of the addresses and ports alone.
    #[inline]
    pub(super) fn hashes(&self, key: &Key) -> (u32, u64) {
        let ends = self.seeds.ends(key);
        (self.seeds.hash(ends, key), ends)
    }

    /// Fetches where the search for a segment's hash begins.
    #[inline]
    pub(super) fn prefetch(&self, hash: u32) {
        self.index.prefetch(hash);
    }

    /// Then what stands there leads to.
    #[inline]
    pub(super) fn prefetch_more(&self, hash: u32) {
        match self.index.likely(hash).map(Found::unpack) {
            Some(Found::Plain(place)) => self.plains.prefetch(place),
            Some(Found::Connection(place)) => {
                if let Some(connection) = self.connections.get(place as usize) {
                    connection.prefetch();
                }
            }
            Some(_) => {}
            // It may be new; then those before it are asked for.
            None => self.ghost_index.prefetch(hash),
        }
    }

    /// What these addresses and ports lead to.
    #[inline]
    pub(super) fn find(&self, hash: u32, key: &Key) -> Option<Found> {
        let found = self.index.find(hash, |packed| match Found::unpack(packed) {
            Found::Connection(place) => self.connections.get(place as usize).is_some_and(|known| known.key == *key),
            Found::Lone(place) => self.lone.get(place).is_some_and(|lone| lone.is_of(key)),
            Found::Plain(place) => self.plains.get(place).is_some_and(|plain| plain.key == *key),
            Found::Ghost(_) => false,
        });
        found.map(Found::unpack).or_else(|| self.find_ghost(hash, key))
    }

    fn find_ghost(&self, hash: u32, key: &Key) -> Option<Found> {
        let is_of = |place| self.ghosts.get(place).is_some_and(|ghost| ghost.key == *key);
        self.ghost_index.find(hash, is_of).map(Found::Ghost)
    }

    #[inline]
    pub(super) fn get(&self, place: u32) -> Option<&Connection> {
        self.connections.get(place as usize)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut Connection> {
        self.connections.get_mut(place as usize)
    }

    /// The connection, as long as it is remembered.
    pub(super) fn at(&self, handle: Handle) -> Option<&Connection> {
        self.get(handle.place).filter(|connection| connection.id == handle.id)
    }

    pub(super) fn opened(&self) -> u64 {
        self.opened
    }

    /// Places in use and free ones.
    pub(super) fn places(&self) -> usize {
        self.connections.len()
    }

    /// Connections that are remembered in full.
    pub(super) fn len(&self) -> usize {
        self.connections.len() - self.free.len()
    }

    /// The id of one more connection.
    pub(super) fn next_id(&mut self) -> u64 {
        self.opened += 1;
        self.opened
    }

    /// Begins a connection, in the place of a retired one where there is one. Its addresses and ports lead to it from now
    /// on, and no longer to `instead_of`.
    pub(super) fn open(
        &mut self,
        hash: u32,
        id: u64,
        incarnation: u32,
        pair: &Oriented,
        now: Timestamp,
        instead_of: Option<Found>,
    ) -> u32 {
        let place = self.free.pop().unwrap_or(self.connections.len() as u32);
        match self.connections.get_mut(place as usize) {
            Some(slot) => slot.begin_anew(id, incarnation, pair, now),
            None => self.connections.push(Connection::new(id, incarnation, pair, now)),
        }
        if let Some(slot) = self.connections.get_mut(place as usize) {
            slot.place = place;
        }
        self.lead(hash, instead_of, Found::Connection(place));
        place
    }

    fn lead(&mut self, hash: u32, from: Option<Found>, to: Found) {
        match from {
            Some(Found::Ghost(place)) => {
                self.ghosts.take(place);
                self.ghost_index.remove(hash, place);
                self.index.insert(hash, to.pack());
            }
            Some(old) => self.index.replace(hash, old.pack(), to.pack()),
            None => self.index.insert(hash, to.pack()),
        }
    }

    /// Frees the place of a connection. A ghost of it stays for a while if its addresses and ports still lead to it.
    pub(super) fn retire(&mut self, place: u32) {
        let Some(connection) = self.connections.get_mut(place as usize) else { return };
        let key = connection.key;
        let ghost = Ghost::of(connection);
        // What was boxed goes now, not when the place is needed.
        connection.senders = Default::default();
        connection.evidence = None;
        connection.flight = Default::default();
        connection.id = 0;
        self.free.push(place);
        self.leave(self.hash(&key), Found::Connection(place), ghost);
    }

    /// Frees the place of a plain connection, of which a ghost stays.
    pub(super) fn retire_plain(&mut self, place: u32) {
        let Some(plain) = self.plains.get(place) else { return };
        let (hash, ghost) = (plain.hash, Ghost::of_plain(plain.key, plain.iss()));
        self.plains.free(place);
        self.leave(hash, Found::Plain(place), ghost);
    }

    /// Fetches what [`Table::retire_plain`] will need.
    #[inline]
    pub(super) fn prefetch_retiring(&self, place: u32) {
        if let Some(plain) = self.plains.get(place) {
            self.index.prefetch(plain.hash);
            self.ghost_index.prefetch(plain.hash);
        }
    }

    /// What led to a connection leads to its ghost.
    fn leave(&mut self, hash: u32, own: Found, ghost: Ghost) {
        if !self.index.remove(hash, own.pack()) {
            // They lead to its successor.
            return;
        }
        let (room, oldest) = self.ghosts.make_room();
        if let Some(oldest) = oldest {
            self.ghost_index.remove(self.hash(&oldest.key), room);
        }
        if let Some(soon) = self.ghosts.get(self.ghosts.place_after(room, SOON)) {
            self.ghost_index.prefetch(self.hash(&soon.key));
        }
        self.ghosts.put(room, ghost);
        self.ghost_index.insert(hash, room);
    }

    /// When there is no room for one more plain connection: the least active, with its hash.
    pub(super) fn plain_in_excess(&mut self) -> Option<(u32, u32)> {
        let place = self.plains.in_excess()?;
        Some((self.plains.get(place)?.hash, place))
    }

    /// Makes a lone SYN and its answer a plain connection, if they are ordinary.
    pub(super) fn begin_plain(&mut self, hash: u32, lone: u32, pair: &Oriented, answer: &Segment<'_>) -> bool {
        let begun = self.lone.get(lone).and_then(|syn| self.plains.begin(syn, hash, pair, answer));
        let Some(place) = begun else { return false };
        self.lone.take(lone);
        self.lead(hash, Some(Found::Lone(lone)), Found::Plain(place));
        true
    }

    pub(super) fn ghost(&self, place: u32) -> Option<&Ghost> {
        self.ghosts.get(place)
    }

    /// Keeps a lone SYN. Gives the one that makes room for it.
    pub(super) fn insert_lone(&mut self, hash: u32, lone: Lone, instead_of: Option<Found>) -> Option<Lone> {
        let (room, oldest) = self.lone.make_room();
        if let Some(oldest) = &oldest {
            self.index.remove(oldest.hash(), Found::Lone(room).pack());
        }
        // Those behind it go soon.
        if let Some(soon) = self.lone.get(self.lone.place_after(room, SOON)) {
            self.index.prefetch(soon.hash());
        }
        self.lone.put(room, lone);
        self.lead(hash, instead_of, Found::Lone(room));
        oldest
    }

    pub(super) fn lone(&self, place: u32) -> Option<&Lone> {
        self.lone.get(place)
    }

    /// Takes out a lone SYN that becomes a connection.
    pub(super) fn take_lone(&mut self, place: u32) -> Option<Lone> {
        self.lone.take(place)
    }

    /// Takes out all lone SYNs, the oldest first.
    pub(super) fn drain_lone(&mut self) -> impl Iterator<Item = Lone> + use<> {
        self.lone.drain()
    }

    /// Connections by id.
    pub(super) fn by_id(&self) -> Vec<&Connection> {
        let mut all: Vec<&Connection> = self.connections.iter().filter(|connection| connection.id > 0).collect();
        all.sort_unstable_by_key(|connection| connection.id);
        all
    }
}
