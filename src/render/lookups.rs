//! Lookups of names: those that no connection came of as a list, a line each, and in brief those that one came of.

use super::ink::Ink;
use super::line::Line;
use super::text::Glyphs;
use super::{Style, time, width};
use crate::timeline::amount::{some, times};
use crate::timeline::{Asked, Lang, Lookup, LookupOutcome, OtherLookup, Timeline};
use std::io;

/// Characters shown of one part of a lookup.
const LONGEST: usize = 120;
/// Narrower than this, what came of a lookup stands below it.
const TABLE_FROM: usize = 70;
/// Columns of a name, and of who was asked, at most.
const WIDEST: usize = 36;
/// Addresses told; the others are counted.
const MOST_TOLD: usize = 3;

/// Writes the lookups from which no connection came, at most so many, without a limit all; nothing where there are none.
pub fn write(timeline: &Timeline, limit: Option<usize>, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    if timeline.lookups.is_empty() {
        return Ok(());
    }
    let shown = timeline.lookups.iter().take(limit.map_or(usize::MAX, |limit| limit.max(1)));
    let count = (timeline.lookups.len() as u64).saturating_add(timeline.lookups_left_out);
    let more = count.saturating_sub(shown.len() as u64);
    Line::new(style).write(out)?;
    let title = match style.lang {
        Lang::En => format!("{} of names that no connection came of", some(count, "lookup")),
        Lang::Zh => format!("{count} 次域名查询之后没有相应的连接"),
    };
    text(&title, 0, Ink::Strong, style, out)?;
    let rows: Vec<Row> = shown.map(|other| Row::of(other, style)).collect();
    let widest = |of: fn(&Row) -> &str| rows.iter().map(|row| width::width(of(row))).max().unwrap_or(0);
    let columns = [widest(|row| &row.time), widest(|row| &row.what).min(WIDEST), widest(|row| &row.by).min(WIDEST)];
    for row in &rows {
        row.write(columns, style, out)?;
    }
    if more > 0 {
        let hint = match style.lang {
            Lang::En => format!("and {more} more: --limit 0 shows what is recorded"),
            Lang::Zh => format!("另有 {more} 次：--limit 0 显示所记录的全部"),
        };
        text(&hint, 0, Ink::Dim, style, out)?;
    }
    Ok(())
}

/// `www.lab.test by DNS server 10.0.0.53, 1.2 ms`. `t_ns` is when it was asked.
pub(super) fn brief(lookup: &Lookup, t_ns: i64, style: &Style) -> String {
    let (what, by) = (what(lookup, style), by(lookup, style));
    let took = took(lookup, t_ns).map_or_else(String::new, |took| match style.lang {
        Lang::En => format!(", {took}"),
        Lang::Zh => format!("，用时 {took}"),
    });
    match style.lang {
        Lang::En => format!("{what} by {by}{took}"),
        Lang::Zh => format!("{what}，由 {by} 给出{took}"),
    }
}

/// A lookup in columns, fit for a terminal.
struct Row {
    time: String,
    what: String,
    by: String,
    came: String,
    took: String,
    ink: Ink,
    problems: Vec<String>,
}

impl Row {
    fn of(OtherLookup { t_ns, lookup, .. }: &OtherLookup, style: &Style) -> Row {
        let (came, ink) = came(lookup, style);
        let problems = lookup.problems.iter();
        Row {
            time: time::point(*t_ns, false),
            what: what(lookup, style),
            by: by(lookup, style),
            came,
            took: took(lookup, *t_ns).unwrap_or_default(),
            ink,
            problems: problems.map(|problem| width::clean(problem.get(style.lang), LONGEST, style)).collect(),
        }
    }

    fn write(&self, [time, what, by]: [usize; 3], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
        let mut came = self.came.clone();
        if !self.took.is_empty() {
            came.push_str(style.lang.pick(", ", "，"));
            came.push_str(&self.took);
        }
        let mut line = Line::new(style);
        line.push_before(2 + time, &self.time, Ink::Dim).to(4 + time);
        let below = if style.width < TABLE_FROM {
            line.push(&self.what, Ink::Plain);
            line.write(out)?;
            text(&self.by, 4 + time, Ink::Dim, style, out)?;
            line = Line::new(style);
            4 + time
        } else {
            line.push(&width::clip(&self.what, what, style.charset), Ink::Plain).to(6 + time + what);
            line.push(&width::clip(&self.by, by, style.charset), Ink::Dim);
            8 + time + what + by
        };
        for part in width::wrap(&came, style.width.saturating_sub(below).max(1)) {
            line.to(below).push(&part, self.ink);
            line.write(out)?;
            line = Line::new(style);
        }
        for problem in &self.problems {
            text(&format!("! {problem}"), 4 + time, Ink::Error, style, out)?;
        }
        Ok(())
    }
}

/// The name and the type that was asked for.
fn what(lookup: &Lookup, style: &Style) -> String {
    let name = match lookup.name.as_str() {
        "" => style.lang.pick("(unreadable name)", "（名字无法解读）"),
        name => name,
    };
    let mut what = width::clean(name, LONGEST, style);
    if let Some(kind) = &lookup.record_type {
        what.push(' ');
        what.push_str(&width::clean(kind, LONGEST, style));
    }
    what
}

fn by(lookup: &Lookup, style: &Style) -> String {
    let mut by = width::clean(lookup.asked.text().get(style.lang), LONGEST, style);
    let line = lookup.addresses.iter().find(|address| address.used).and_then(|address| address.line);
    if let (Asked::HostsFile { .. }, Some(line)) = (&lookup.asked, line) {
        by.push_str(&match style.lang {
            Lang::En => format!(", line {line}"),
            Lang::Zh => format!(" 第 {line} 行"),
        });
    }
    by
}

fn took(lookup: &Lookup, t_ns: i64) -> Option<String> {
    lookup.answered_ns.map(|answered| answered.saturating_sub(t_ns)).filter(|took| *took > 0).map(time::span)
}

/// What came of it.
fn came(lookup: &Lookup, style: &Style) -> (String, Ink) {
    let lang = style.lang;
    let rcode = width::clean(lookup.rcode.as_deref().unwrap_or("?"), LONGEST, style);
    let arrow = Glyphs::of(style.charset).right;
    let (mut text, ink) = match lookup.outcome {
        LookupOutcome::Addresses => (format!("{arrow} {}", found(lookup, lang)), Ink::Plain),
        LookupOutcome::NoAddress if !lookup.records.is_empty() => {
            (format!("{arrow} {}", held(lookup, style)), Ink::Plain)
        }
        LookupOutcome::NoAddress if lookup.asks_for_other_than_addresses() => {
            (lang.pick("answered, no address in it", "已应答，其中没有地址").to_string(), Ink::Plain)
        }
        LookupOutcome::NoAddress => (lang.pick("no such record", "没有这种记录").to_string(), Ink::Plain),
        LookupOutcome::NoName if lookup.rcode.is_none() => (lang.pick("not there", "没有").to_string(), Ink::Warning),
        LookupOutcome::NoName => (format!("{}{rcode}", lang.pick("no such name: ", "没有这个名字：")), Ink::Error),
        LookupOutcome::Failed => (format!("{}{rcode}", lang.pick("failed: ", "查询失败：")), Ink::Error),
        LookupOutcome::Truncated => {
            (lang.pick("does not fit, to be asked over TCP", "放不下，须改用 TCP 查询").to_string(), Ink::Warning)
        }
        LookupOutcome::Unanswered => (lang.pick("no answer", "没有应答").to_string(), Ink::Error),
        LookupOutcome::Unreadable => (lang.pick("unreadable answer", "应答无法解读").to_string(), Ink::Error),
    };
    if !lookup.again_ns.is_empty() {
        let count = u32::try_from(lookup.again_ns.len() + 1).unwrap_or(u32::MAX);
        text.push_str(&match lang {
            Lang::En => format!(", asked {}", times(count)),
            Lang::Zh => format!("，共查询 {count} 次"),
        });
    }
    (text, ink)
}

/// The data of records that are no addresses.
fn held(lookup: &Lookup, style: &Style) -> String {
    let told = lookup.records.iter().take(MOST_TOLD).map(|record| width::clean(&record.data, LONGEST, style));
    let mut text = told.collect::<Vec<_>>().join(style.lang.pick(", ", "、"));
    let total = lookup.records.len();
    if total > MOST_TOLD {
        text.push_str(&match style.lang {
            Lang::En => format!(" and {} more", total - MOST_TOLD),
            Lang::Zh => format!(" 等共 {total} 条"),
        });
    }
    text
}

fn found(lookup: &Lookup, lang: Lang) -> String {
    let told: Vec<String> = lookup.addresses.iter().take(MOST_TOLD).map(|address| address.ip.to_string()).collect();
    let mut text = told.join(lang.pick(", ", "、"));
    let total = lookup.address_count();
    if total > MOST_TOLD as u64 {
        text.push_str(&match lang {
            Lang::En => format!(" and {} more", total - MOST_TOLD as u64),
            Lang::Zh => format!(" 等共 {total} 个"),
        });
    }
    text
}

fn text(text: &str, indent: usize, ink: Ink, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    for part in width::wrap(text, style.width.saturating_sub(indent).max(1)) {
        let mut line = Line::new(style);
        line.to(indent).push(&part, ink);
        line.write(out)?;
    }
    Ok(())
}
