//! Choosing connections: `--where`, `--sort` and `--limit` over the fields of the timeline's connection object. Pure.

mod aftermath;
mod expr;
mod field;
mod harvest;
mod matching;
mod parse;
mod sort;
mod token;
mod value;

pub use expr::{Expr, Literal, Op, Test};
pub use field::{ALIASES, Field, Kind, field, fields};
pub use harvest::Harvest;
pub use parse::parse;
pub use sort::{Keeper, Key, Rank, keys};
pub use value::{flat, resolved};

use crate::overview;
use crate::timeline::{Connection, Endpoint, Selection, Text, Timeline};
use std::collections::HashSet;

/// What is wrong with a condition, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", what.en)]
pub struct WhereError {
    pub what: Text,
    /// What was read.
    pub text: String,
    /// Where it is wrong, in characters.
    pub at: usize,
    pub len: usize,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl WhereError {
    fn new(text: &str, at: usize, len: usize, what: Text) -> WhereError {
        WhereError { what, text: text.into(), at, len, suggestion: None }
    }

    fn suggest(mut self, name: Option<&str>) -> WhereError {
        self.suggestion = name.map(String::from);
        self
    }
}

/// Which connections, in which order, how many of them.
#[derive(Debug, Clone, Default)]
pub struct Sieve {
    pub filter: Option<Expr>,
    pub sort: Vec<Key>,
    pub limit: Option<usize>,
}

impl Sieve {
    /// Whether it lets everything through as it is.
    pub fn is_open(&self) -> bool {
        self.filter.is_none() && self.sort.is_empty() && self.limit.is_none()
    }

    /// Whether connections must be told before it can judge them.
    fn looks(&self) -> bool {
        self.filter.is_some() || !self.sort.is_empty()
    }

    /// Whether a connection passes, and its rank among those that do.
    pub fn judge(&self, connection: &Connection, client: Option<&Endpoint>, server: Option<&Endpoint>) -> Option<Rank> {
        if !self.looks() {
            return Some(Rank::default());
        }
        let object = resolved(connection, client, server);
        let fits = self.filter.as_ref().is_none_or(|filter| matching::fits(filter, &object));
        fits.then(|| Rank::of(&self.sort, &object))
    }

    /// The connections that pass, with their events, steps and endpoints; the glance is at those that pass `filter`.
    pub fn select(&self, mut timeline: Timeline) -> Timeline {
        if self.is_open() {
            return timeline;
        }
        let end_ns = overview::end_of(&timeline);
        let of = timeline.overview.as_ref().map_or(timeline.connections.len() as u64, |all| all.connections);
        let judged: Vec<Option<Rank>> = timeline
            .with_endpoints()
            .map(|(connection, client, server)| self.judge(connection, client, server))
            .collect();
        let passed = timeline.connections.into_iter().zip(judged);
        let passed: Vec<(Connection, Rank)> =
            passed.filter_map(|(connection, rank)| Some((connection, rank?))).collect();
        timeline.connections = Vec::new();
        let (passed, ranks): (Vec<Connection>, Vec<Rank>) = passed.into_iter().unzip();
        timeline.connections = passed;
        let matched = timeline.connections.len() as u64;
        if self.filter.is_some() {
            timeline.overview = Some(overview::of_timeline(&timeline, end_ns));
        }
        let mut keeper = Keeper::new(self.limit);
        for (connection, rank) in std::mem::take(&mut timeline.connections).into_iter().zip(ranks) {
            keeper.offer(&rank, connection.id, || connection);
        }
        timeline.connections = keeper.finish();
        let kept: HashSet<u64> = timeline.connections.iter().map(|connection| connection.id).collect();
        timeline.events.retain(|event| kept.contains(&event.connection));
        timeline.steps.retain(|step| kept.contains(&step.connection));
        let used: HashSet<&String> =
            timeline.connections.iter().flat_map(|connection| [&connection.client, &connection.server]).collect();
        timeline.other_calls.clear();
        // They are of no connection that could be chosen; a limit is no choice.
        if self.filter.is_some() {
            timeline.lookups.clear();
            timeline.lookups_left_out = 0;
        }
        timeline.endpoints.retain(|endpoint| used.contains(&endpoint.id));
        timeline.selection = Some(Selection { filter: self.filter.as_ref().map(ToString::to_string), matched, of });
        timeline
    }
}

#[cfg(test)]
mod tests;
