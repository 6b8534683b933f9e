//! Connections in the order of their fields, no more kept than are wanted.

use super::field::{self, Field};
use super::{WhereError, value};
use crate::timeline::Text;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::net::IpAddr;

/// A field to sort by.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    field: &'static Field,
    descending: bool,
}

/// Reads `KEY,-KEY`; a minus sorts downwards.
///
/// # Errors
/// A field that is not known, with its place.
pub fn keys(text: &str) -> Result<Vec<Key>, WhereError> {
    let mut keys = Vec::new();
    let mut at = 0;
    for part in text.split(',') {
        let name = part.trim();
        let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
        let Some(field) = field::field(name) else {
            let what = Text::new(format!("there is no field '{name}'"), format!("没有字段 '{name}'"));
            let error = WhereError::new(text, at, part.chars().count().max(1), what);
            return Err(error.suggest(field::likest(name)));
        };
        keys.push(Key { field, descending });
        at += part.chars().count() + 1;
    }
    Ok(keys)
}

/// What a connection is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rank(Vec<(Mark, bool)>);

/// The value of one field. What is absent comes last, whichever way it goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Number(i128),
    Address(IpAddr),
    Text(String),
    Absent,
}

impl Rank {
    pub(super) fn of(keys: &[Key], object: &Value) -> Rank {
        Rank(keys.iter().map(|key| (mark(key.field, object), key.descending)).collect())
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Rank) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        pairs
            .map(|((one, descending), (other, _))| match (one, other) {
                (Mark::Absent, _) | (_, Mark::Absent) => one.cmp(other),
                _ if *descending => other.cmp(one),
                _ => one.cmp(other),
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Rank) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn mark(field: &Field, object: &Value) -> Mark {
    let mut mark = Mark::Absent;
    value::at(object, &field.name.split('.').collect::<Vec<_>>(), &mut |value| {
        if mark != Mark::Absent {
            return;
        }
        mark = match value {
            Value::Number(number) => number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from))
                .map_or(Mark::Absent, Mark::Number),
            Value::Bool(truth) => Mark::Number(i128::from(*truth)),
            Value::String(text) => text.parse().map_or_else(|_| Mark::Text(text.clone()), Mark::Address),
            _ => Mark::Absent,
        };
    });
    mark
}

/// Keeps the first so many in order; those of one rank in the order of their ids. They may come in any order.
pub struct Keeper<T> {
    limit: usize,
    /// The last in order on top.
    heap: BinaryHeap<Kept<T>>,
}

struct Kept<T> {
    rank: Rank,
    id: u64,
    item: T,
}

impl<T> Keeper<T> {
    /// `None` keeps all.
    pub fn new(limit: Option<usize>) -> Keeper<T> {
        Keeper { limit: limit.unwrap_or(usize::MAX), heap: BinaryHeap::new() }
    }

    /// Takes an item if it is among the first so far; `make` is called only then. Gives the one that makes room for it.
    pub fn offer(&mut self, rank: &Rank, id: u64, make: impl FnOnce() -> T) -> Option<T> {
        let mut last = None;
        if self.heap.len() >= self.limit {
            if self.heap.peek().is_none_or(|last| (rank, id) >= (&last.rank, last.id)) {
                return None;
            }
            last = self.heap.pop();
        }
        self.heap.push(Kept { rank: rank.clone(), id, item: make() });
        last.map(|last| last.item)
    }

    /// How many are kept now: never more than the limit.
    pub fn kept(&self) -> usize {
        self.heap.len()
    }

    /// What is kept, in order.
    pub fn finish(self) -> Vec<T> {
        self.heap.into_sorted_vec().into_iter().map(|kept| kept.item).collect()
    }
}

impl<T> Ord for Kept<T> {
    fn cmp(&self, other: &Kept<T>) -> Ordering {
        self.rank.cmp(&other.rank).then(self.id.cmp(&other.id))
    }
}

impl<T> PartialOrd for Kept<T> {
    fn partial_cmp(&self, other: &Kept<T>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Kept<T>) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Kept<T> {}
