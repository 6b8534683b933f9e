//! The story in the steps that a lesson or a slide shows one by one.

use crate::timeline::{CloseKind, Connection, Detail, Event, OpenKind, Phase, SegmentEvent, Step, Text, TimerAction};
use std::collections::HashMap;

/// The steps of all connections whose events are kept.
pub(super) fn steps(connections: &[Connection], events: &[Event]) -> Vec<Step> {
    let mut by_connection: HashMap<u64, Vec<&Event>> = HashMap::new();
    for event in events {
        by_connection.entry(event.connection).or_default().push(event);
    }
    let mut steps = Vec::new();
    for connection in connections {
        if let Some(own) = by_connection.get(&connection.id) {
            Teller { connection, steps: &mut steps, opened: 0, closed: 0 }.tell(own);
        }
    }
    steps
}

struct Teller<'t> {
    connection: &'t Connection,
    steps: &'t mut Vec<Step>,
    /// Segments of the handshake told so far.
    opened: usize,
    /// And of the teardown.
    closed: usize,
}

impl Teller<'_> {
    fn tell(&mut self, events: &[&Event]) {
        // What programs called stands with what came of it: with the next event, else with the last.
        let mut called: Vec<u64> = Vec::new();
        let mut rest = events;
        while let Some((event, after)) = rest.split_first() {
            // All ordinary data is one step; every other event is one of its own.
            if matches!(event.detail, Detail::Call(_)) {
                called.push(event.id);
                rest = after;
                continue;
            }
            // What was said outside of it belongs to the segment that carried it, right before it.
            if matches!(event.detail, Detail::Message(_))
                && event.phase != Phase::Data
                && let Some(carrier) = self.steps.last_mut().filter(|last| last.connection == self.connection.id)
            {
                carrier.events.push(event.id);
                rest = after;
                continue;
            }
            let same = if event.phase == Phase::Data {
                rest.iter().take_while(|event| event.phase == Phase::Data).count()
            } else {
                1
            };
            let (these, later) = rest.split_at(same.max(1));
            let title = match (&event.detail, event.phase) {
                (_, Phase::Data) => Text::new("Data", "数据传输"),
                (Detail::Segment(segment), phase) => self.segment_title(segment, phase),
                (Detail::Timer(timer), _) => timer_title(timer.action),
                (Detail::Lookup(_), _) => Text::new("Name lookup", "域名查询"),
                _ => Text::new("Data", "数据传输"),
            };
            called.extend(these.iter().map(|event| event.id));
            self.push(event.phase, title, note(these), std::mem::take(&mut called));
            rest = if later.len() < rest.len() { later } else { after };
        }
        if let Some(last) = self.steps.last_mut().filter(|last| last.connection == self.connection.id) {
            last.events.append(&mut called);
        }
    }

    fn segment_title(&mut self, segment: &SegmentEvent, phase: Phase) -> Text {
        let flags = segment.flags.join(",");
        let again = segment.repeats.is_some();
        let ordinary = matches!(self.connection.open.kind, OpenKind::ThreeWay | OpenKind::FastOpen);
        let four = self.connection.close.kind == CloseKind::FourSegment;
        match phase {
            Phase::Open if again => Text::new(format!("{flags} again"), format!("{flags} 重传")),
            Phase::Open if ordinary => {
                self.opened += 1;
                ordinal("handshake", "握手", self.opened, &flags)
            }
            Phase::Close if again => Text::new(format!("{flags} again"), format!("{flags} 重传")),
            Phase::Close if four => {
                self.closed += 1;
                ordinal("teardown", "挥手", self.closed, &flags)
            }
            _ => Text::new(flags.clone(), flags),
        }
    }

    fn push(&mut self, phase: Phase, title: Text, note: Text, events: Vec<u64>) {
        let n = self.steps.len() as u64 + 1;
        self.steps.push(Step { n, connection: self.connection.id, phase, title, note, events });
    }
}

/// `First handshake: SYN`, `第一次握手：SYN`.
fn ordinal(en: &str, zh: &str, n: usize, flags: &str) -> Text {
    let (first, number) = match n {
        1 => ("First", "一"),
        2 => ("Second", "二"),
        3 => ("Third", "三"),
        4 => ("Fourth", "四"),
        _ => return Text::new(flags, flags),
    };
    Text::new(format!("{first} {en}: {flags}"), format!("第{number}次{zh}：{flags}"))
}

fn timer_title(action: TimerAction) -> Text {
    let (en, zh) = match action {
        TimerAction::Begins => ("TIME-WAIT begins", "TIME-WAIT 开始"),
        TimerAction::Rearmed => ("TIME-WAIT starts anew", "TIME-WAIT 重新开始"),
        TimerAction::Expired => ("TIME-WAIT ends after 2MSL", "2MSL 之后 TIME-WAIT 结束"),
        TimerAction::Reused => ("TIME-WAIT gives way to a new SYN", "TIME-WAIT 让位给新的 SYN"),
        TimerAction::Reset => ("TIME-WAIT is ended by a RST", "TIME-WAIT 被 RST 终结"),
        TimerAction::CaptureEnded => ("The capture ends in TIME-WAIT", "捕获在 TIME-WAIT 期间结束"),
    };
    Text::new(en, zh)
}

/// The first things that the rules say of these events.
fn note(events: &[&Event]) -> Text {
    if let [Event { detail: Detail::Lookup(lookup), .. }] = events {
        return lookup.text.clone();
    }
    let texts: Vec<&Text> = events.iter().flat_map(|event| &event.notes).map(|note| &note.text).take(3).collect();
    let join = |words: Vec<&str>, with| words.join(with);
    Text::new(
        join(texts.iter().map(|text| text.en.as_str()).collect(), "; "),
        join(texts.iter().map(|text| text.zh.as_str()).collect(), "；"),
    )
}
