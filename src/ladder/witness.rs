//! The kernel's word beside what it did of its own accord: a segment sent again, a RST sent or taken in.

use super::{Content, Remark, Row};
use crate::timeline::{
    Connection, Detail, Event, KernelAct, KernelDeed, KernelSample, SegmentEvent, Severity, Text, amount,
};

/// From a deed to its frame on the wire, on a busy machine.
const BESIDE_NS: i64 = 50_000_000;
/// From a segment sent again to the answer in which the kernel tells of it: some questions later.
const ASKED_NS: i64 = 12_000_000;
/// Words looked through for one segment at most.
const MOST: usize = 256;

/// Adds it to the rows of the connection's events.
pub(super) fn speak<'e>(rows: &mut [Row], events: impl Iterator<Item = &'e Event>, connection: &Connection) {
    if connection.kernel_samples.is_empty() && connection.kernel_acts.is_empty() {
        return;
    }
    for event in events {
        let Detail::Segment(segment) = &event.detail else { continue };
        for text in words(event.t_ns, segment, connection) {
            // What is said of an arrow that slants is said where it arrives.
            let is_its = |row: &&mut Row| {
                row.event == Some(event.id) && matches!(row.content, Content::Segment(_) | Content::Arrival(_))
            };
            if let Some(row) = rows.iter_mut().rev().find(is_its) {
                row.notes.push(Remark { severity: Severity::Lesson, text, rfc: String::new() });
            }
        }
    }
}

fn words(sent_ns: i64, segment: &SegmentEvent, connection: &Connection) -> Vec<Text> {
    let acts = |who: &str, deed, at_ns: i64| -> Option<&KernelAct> {
        let all = connection.kernel_acts.as_slice();
        let near = within(all, |act| act.at_ns, at_ns.saturating_sub(BESIDE_NS), at_ns.saturating_add(BESIDE_NS));
        let near = near.filter(|act| act.endpoint == who && act.act == deed);
        near.min_by_key(|act| act.at_ns.saturating_sub(at_ns).saturating_abs())
    };
    if segment.flags.iter().any(|flag| flag == "RST") {
        let sent = acts(&segment.from, KernelDeed::Reset, sent_ns).and_then(why);
        let arrived = segment.received_ns.unwrap_or(sent_ns);
        let taken = acts(&segment.to, KernelDeed::ResetTaken, arrived);
        let taken = taken.map(|_| Text::new("kernel: the RST is taken in", "内核：接受了该 RST"));
        return sent.into_iter().chain(taken).collect();
    }
    if segment.repeats.is_none() {
        return Vec::new();
    }
    let all = connection.kernel_samples.as_slice();
    let after = || {
        let soon = within(all, |sample| sample.at_ns, sent_ns, sent_ns.saturating_add(ASKED_NS));
        soon.filter(|sample| sample.endpoint == segment.from)
    };
    let sample = after().find(|sample| sample.retransmits > 0).or_else(|| after().next());
    let act = || acts(&segment.from, KernelDeed::Retransmission, sent_ns);
    let told = sample.map(again).or_else(|| act().map(|_| Text::new("kernel: sent again", "内核：已重传")));
    told.into_iter().collect()
}

/// What lies between two times in a list by time, so far as anybody would say so much at once.
fn within<T>(all: &[T], at_ns: impl Fn(&T) -> i64, from: i64, to: i64) -> impl Iterator<Item = &T> {
    let first = all.partition_point(|it| at_ns(it) < from);
    all.iter().skip(first).take_while(move |it| at_ns(it) <= to).take(MOST)
}

/// Why it sent RST, in its own words and in plain ones.
fn why(act: &KernelAct) -> Option<Text> {
    let reason = act.reason.as_deref()?;
    Some(match &act.text {
        Some(text) => {
            Text::new(format!("kernel: RST, {reason}: {}", text.en), format!("内核：RST，{reason}：{}", text.zh))
        }
        None => Text::new(format!("kernel: RST, {reason}"), format!("内核：RST，{reason}")),
    })
}

/// How it sends once it has sent again.
fn again(sample: &KernelSample) -> Text {
    let KernelSample { cwnd, ssthresh, retransmits, .. } = sample;
    let rto = amount::span(sample.rto_ns);
    let until = ssthresh.map(|segments| format!(", ssthresh {segments}")).unwrap_or_default();
    let [en, zh] = match retransmits {
        0 => Default::default(),
        times => [format!("retransmission {times}, "), format!("第 {times} 次重传，")],
    };
    Text::new(
        format!("kernel: {en}RTO now {rto}, cwnd {cwnd}{until}"),
        format!("内核：{zh}RTO 现为 {rto}，cwnd {cwnd}{until}"),
    )
}
