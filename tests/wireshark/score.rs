//! How far two judgements of the same packets agree.

use crate::corpus::Row;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use synfin::wireshark::Words;

#[derive(Default)]
pub(crate) struct Score {
    frames: u64,
    exact: u64,
    flagged: u64,
    flagged_exact: u64,
    missing: u64,
    extra: u64,
    streams: (u64, u64),
    /// Agreeing and compared, by field.
    fields: BTreeMap<&'static str, (u64, u64)>,
    /// Both, ours alone, tshark's alone, by flag.
    flags: BTreeMap<String, [u64; 3]>,
}

impl Score {
    pub(crate) fn of(rows: &[Row<'_>], ours: &HashMap<u64, Value>) -> Score {
        let mut score = Score::default();
        let (mut there, mut back) = (HashMap::<String, HashSet<u64>>::new(), HashMap::<u64, HashSet<String>>::new());
        let mut pairs = Vec::new();
        let mut known = HashSet::new();
        for row in rows {
            let frame: u64 = row["frame"].parse().unwrap();
            known.insert(frame);
            // More than one TCP header in the frame, or only a quoted one: tshark mixes them.
            if !["", "0", "1"].contains(&row["layers"]) || !row["icmp_error"].is_empty() {
                continue;
            }
            let theirs: BTreeSet<&str> = row["analysis"].split(',').filter(|word| !word.is_empty()).collect();
            let packet = ours.get(&frame);
            let words = packet.and_then(|packet| packet["flags"].as_array()).into_iter().flatten();
            let words: BTreeSet<&str> = words.map(|word| word.as_str().unwrap()).collect();
            score.count(packet.is_some(), &theirs, &words);
            let Some(packet) = packet else { continue };
            if let (Some(stream), false) = (packet["stream"].as_u64(), row["stream"].is_empty()) {
                there.entry(row["stream"].into()).or_default().insert(stream);
                back.entry(stream).or_default().insert(row["stream"].into());
                pairs.push((row["stream"].to_string(), stream));
            }
            for field in ["completeness", "tcp_len", "dup_ack_num"] {
                let theirs = row[field].parse::<u64>().ok();
                score.field(field, theirs.is_some(), theirs == packet[field].as_u64());
            }
            for field in ["initial_rtt", "ack_rtt"] {
                let (theirs, ours) = (row[field].parse::<f64>().ok(), packet[field].as_f64());
                let same = theirs.zip(ours).is_some_and(|(theirs, ours)| (theirs - ours).abs() <= 2e-6);
                score.field(field, theirs.is_some() || ours.is_some(), same);
            }
        }
        score.extra = ours.keys().filter(|frame| !known.contains(frame)).count() as u64;
        let same = pairs.iter().filter(|(theirs, ours)| there[theirs].len() == 1 && back[ours].len() == 1).count();
        score.streams = (same as u64, pairs.len() as u64);
        score
    }

    fn count(&mut self, is_there: bool, theirs: &BTreeSet<&str>, ours: &BTreeSet<&str>) {
        self.frames += 1;
        self.missing += u64::from(!is_there);
        let same = is_there && theirs == ours;
        self.exact += u64::from(same);
        if !theirs.is_empty() || !ours.is_empty() {
            self.flagged += 1;
            self.flagged_exact += u64::from(same);
        }
        for word in theirs.union(ours) {
            let counts = self.flags.entry(word.to_string()).or_default();
            counts[match (theirs.contains(word), ours.contains(word)) {
                (true, true) => 0,
                (false, _) => 1,
                (true, false) => 2,
            }] += 1;
        }
    }

    fn field(&mut self, name: &'static str, compared: bool, same: bool) {
        if compared {
            let (agree, all) = self.fields.entry(name).or_default();
            *agree += u64::from(same);
            *all += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Score) {
        self.frames += other.frames;
        self.exact += other.exact;
        self.flagged += other.flagged;
        self.flagged_exact += other.flagged_exact;
        self.missing += other.missing;
        self.extra += other.extra;
        self.streams.0 += other.streams.0;
        self.streams.1 += other.streams.1;
        for (name, (agree, all)) in &other.fields {
            let sum = self.fields.entry(name).or_default();
            sum.0 += agree;
            sum.1 += all;
        }
        for (flag, counts) in &other.flags {
            let sum = self.flags.entry(flag.clone()).or_default();
            for (sum, count) in sum.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }

    pub(crate) fn is_perfect(&self) -> bool {
        let fields = self.fields.values().all(|(agree, all)| agree == all);
        self.exact == self.frames && self.extra == 0 && fields && self.streams.0 == self.streams.1
    }

    pub(crate) fn exact_among_flagged(&self) -> f64 {
        ratio(self.flagged_exact, self.flagged)
    }

    pub(crate) fn streams_up_to_renaming(&self) -> f64 {
        ratio(self.streams.0, self.streams.1)
    }

    pub(crate) fn completeness(&self) -> f64 {
        self.fields.get("completeness").map_or(0.0, |(agree, all)| ratio(*agree, *all))
    }

    /// Of every flag; one that came up nowhere counts as right.
    pub(crate) fn f1(&self) -> impl Iterator<Item = (&'static str, f64)> {
        Words::all_names().map(|name| {
            let [both, ours, theirs] = self.flags.get(name).copied().unwrap_or_default();
            (name, if both + ours + theirs == 0 { 1.0 } else { ratio(2 * both, 2 * both + ours + theirs) })
        })
    }

    pub(crate) fn table(&self) -> String {
        let mut text = format!("{self}\n{:<26}{:>8}{:>8}{:>8}{:>10}\n", "flag", "tshark", "ours", "both", "F1");
        for (flag, f1) in self.f1() {
            let [both, ours, theirs] = self.flags.get(flag).copied().unwrap_or_default();
            text += &format!("{flag:<26}{:>8}{:>8}{both:>8}{:>9.2}%\n", both + theirs, both + ours, 100.0 * f1);
        }
        text
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Score { frames, exact, flagged, flagged_exact, missing, extra, streams: (same, all), .. } = self;
        write!(f, "{exact} of {frames} frames exact, {flagged_exact} of {flagged} flagged by either, ")?;
        write!(f, "{missing} missing, {extra} extra, streams {same} of {all}")?;
        for (name, (agree, all)) in &self.fields {
            write!(f, ", {name} {agree} of {all}")?;
        }
        Ok(())
    }
}
