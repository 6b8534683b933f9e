//! Choosing among connections that come one by one: no more is kept of them than a table will show.

use super::aftermath::Aftermath;
use super::{Keeper, Rank, Sieve};
use crate::analyze::Over;
use crate::assemble::Entry;
use crate::overview::Overview;
use crate::tcp::MslProfile;
use crate::timeline::{Relabel, Selection, Timeline};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// Judges each connection when it is over, and keeps those that are to be shown together.
pub struct Harvest {
    sieve: Sieve,
    table: Option<Keeper<Entry>>,
    aftermath: Aftermath,
    /// The glance at those that pass a condition.
    glance: Option<Overview>,
    names: HashMap<IpAddr, String>,
    relabel: Vec<Relabel>,
    /// By name: nobody was seen whom it fits.
    unused: Vec<bool>,
    matched: u64,
    of: u64,
    until_ns: i64,
    now_ns: i64,
}

impl Harvest {
    /// For a table of `rows` connections at most (`Some(None)`: of all), or for none. `relabel` goes before names that are
    /// learned.
    pub fn new(sieve: Sieve, rows: Option<Option<usize>>, msl: MslProfile, relabel: Vec<Relabel>) -> Harvest {
        let glance = sieve.filter.is_some().then(|| Overview::new(msl));
        let (table, names) = (rows.map(Keeper::new), HashMap::new());
        let unused = vec![true; relabel.len()];
        let aftermath = Aftermath::default();
        Harvest { sieve, table, aftermath, glance, names, relabel, unused, matched: 0, of: 0, until_ns: 0, now_ns: 0 }
    }

    /// Learns names of addresses, for connections that come later. The first name of an address stays.
    pub fn learn(&mut self, names: &[(IpAddr, String)]) {
        for (ip, name) in names {
            self.names.entry(*ip).or_insert_with(|| name.clone());
        }
    }

    /// Takes a connection in. Gives its rank if it passes, and itself where it was told: always where it `is_wanted`.
    pub fn offer(&mut self, over: &Over<'_>, is_wanted: bool) -> Option<(Rank, Option<Entry>)> {
        self.of += 1;
        for (name, unused) in self.relabel.iter().zip(&mut self.unused) {
            *unused = *unused && !over.addresses().iter().any(|address| name.is_for(*address));
        }
        self.now_ns = self.now_ns.max(over.now_ns());
        // What is still to come is reckoned by the end of the capture.
        self.until_ns = self.until_ns.max(over.fact().until_ns(i64::MAX));
        self.aftermath.hear(over.id(), over.addresses(), over.start_ns());
        let entry = (is_wanted || self.sieve.looks()).then(|| self.tell(over));
        let rank = match &entry {
            Some(Entry { connection, client, server }) => self.sieve.judge(connection, Some(client), Some(server))?,
            None => Rank::default(),
        };
        self.matched += 1;
        if let Some(glance) = &mut self.glance {
            glance.note(over.fact());
        }
        if let Some(mut table) = self.table.take() {
            let mut taken = None;
            let gone = table.offer(&rank, over.id(), || {
                let entry = entry.clone().unwrap_or_else(|| self.tell(over));
                taken.insert(entry).clone()
            });
            taken.iter().for_each(|entry| self.aftermath.watch(entry));
            gone.iter().for_each(|entry| self.aftermath.leave(entry));
            self.table = Some(table);
        }
        Some((rank, entry))
    }

    /// Names that fit no endpoint of the capture; none where there was no connection.
    pub fn unused_names(&self) -> Vec<&Relabel> {
        let unused = self.relabel.iter().zip(&self.unused).filter(|(_, unused)| self.of > 0 && **unused);
        unused.map(|(name, _)| name).collect()
    }

    fn tell(&self, over: &Over<'_>) -> Entry {
        let mut entry = over.tell();
        for endpoint in [&mut entry.client, &mut entry.server] {
            if endpoint.name.is_none() {
                endpoint.name = self.names.get(&endpoint.ip).cloned();
            }
        }
        let Entry { connection, client, server } = &mut entry;
        connection.relabel([client, server], &self.relabel);
        entry
    }

    /// How many connections are kept now: never more than the table shall have.
    pub fn kept(&self) -> usize {
        self.table.as_ref().map_or(0, Keeper::kept)
    }

    /// The timeline of the capture with the connections that are to be shown, as [`Sieve::select`] would leave it. The only
    /// connection of a capture stays as it is in `timeline`, with its events.
    pub fn finish(self, mut timeline: Timeline) -> Timeline {
        if self.of <= 1 {
            timeline.relabel(&self.relabel);
            return self.sieve.select(timeline);
        }
        timeline.events.clear();
        timeline.steps.clear();
        timeline.connections.clear();
        timeline.endpoints.clear();
        let mut known = HashSet::new();
        for mut entry in self.table.map(Keeper::finish).unwrap_or_default() {
            self.aftermath.settle(&mut entry, self.now_ns);
            let Entry { connection, client, server } = entry;
            for endpoint in [client, server] {
                if known.insert(endpoint.id.clone()) {
                    timeline.endpoints.push(endpoint);
                }
            }
            timeline.connections.push(connection);
        }
        if let Some(glance) = self.glance {
            timeline.overview = Some(glance.finish(self.until_ns.min(self.now_ns)));
        }
        if !self.sieve.is_open() {
            let filter = self.sieve.filter.as_ref().map(ToString::to_string);
            timeline.selection = Some(Selection { filter, matched: self.matched, of: self.of });
        }
        timeline
    }
}
