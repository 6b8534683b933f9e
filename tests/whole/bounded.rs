//! No more connections are kept than are shown or still open, and what is shown is what a timeline of all would show.

use crate::cases;
use crate::support::packet::{ACK, FIN, Packet, SYN};
use crate::support::talk::{self, Shot, Talk};
use proptest::prelude::*;
use synfin::analyze::{Analyzer, Ending, Over, Take, Wishes};
use synfin::assemble::Watch;
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Lines, MOST_WAITING, Style};
use synfin::select::{Harvest, Sieve, keys, parse};
use synfin::source::Timestamp;
use synfin::tcp::MslProfile;
use synfin::timeline::{EndCause, Lang, SourceKind, Timeline};
use synfin::track::{Keep, LINGER};

/// What `replay` does with connections.
struct Taker {
    harvest: Harvest,
    lines: Vec<Lines<Vec<u8>>>,
    most: usize,
}

impl Take for Taker {
    fn take(&mut self, over: &Over<'_>) {
        let passed = self.harvest.offer(over, true);
        let told = passed.as_ref().map(|(rank, entry)| (rank, entry.as_ref().unwrap()));
        for lines in &mut self.lines {
            lines.offer(over.id(), told);
            self.most = self.most.max(lines.kept());
        }
    }
}

fn taker(sieve: &Sieve, rows: usize) -> Taker {
    let harvest = Harvest::new(sieve.clone(), Some(Some(rows)), MslProfile::Linux, Vec::new());
    let formats = [Format::Csv, Format::Ndjson];
    let lines = formats.map(|format| match sieve.sort.is_empty() && sieve.limit.is_none() {
        true => Lines::new(format, Vec::new()),
        false => Lines::sorted(format, Vec::new(), sieve.limit),
    });
    Taker { harvest, lines: lines.into(), most: 0 }
}

fn wishes() -> Wishes {
    Wishes { watch: Watch::Sole, keep: Keep { first: 0, one: None, is_watched: false }, ..Wishes::default() }
}

/// `n` connections of five packets, a few at a time.
fn many(n: u32) -> Talk {
    let (client, server) = (|n: u32| format!("10.{}.{}.{}:40000", n >> 16, (n >> 8) & 255, n & 255), "192.168.0.1:80");
    let mut shots = Vec::new();
    for n in 0..n {
        let (us, here) = (i64::from(n) * 1_000, client(n));
        let mut send = |after: i64, packet: Packet| shots.push(Shot { time: us + after, packet });
        send(0, Packet::new(&here, server).seq(99).flags(SYN));
        send(1_100, Packet::new(server, &here).seq(299).ack(100).flags(SYN | ACK));
        send(2_200, Packet::new(&here, server).seq(100).ack(300).flags(FIN | ACK));
        send(3_300, Packet::new(server, &here).seq(300).ack(101).flags(FIN | ACK));
        send(4_400, Packet::new(&here, server).seq(101).ack(301));
    }
    shots.sort_by_key(|shot| shot.time);
    let end = shots.last().unwrap().time;
    Talk { shots, end }
}

#[test]
fn what_is_kept_does_not_grow_with_the_capture() {
    let n = (2 * LINGER + MOST_WAITING) as u32;
    let sorted = Sieve { sort: keys("-start").unwrap(), limit: Some(7), filter: Some(parse("close=fin").unwrap()) };
    for (sieve, most_lines) in [(Sieve::default(), MOST_WAITING), (sorted, 7)] {
        let mut taker = taker(&sieve, 7);
        let mut analyzer = Analyzer::new(wishes());
        let mut frames = 0_u32;
        many(n).frames(|frame| {
            analyzer.push_to(frame, Some(&mut taker));
            frames += 1;
            if frames.is_multiple_of(1_000) {
                let kept = analyzer.connections().len();
                assert!(kept <= LINGER + 10, "{kept} connections after {frames} frames");
                assert!(taker.harvest.kept() <= 7);
            }
        });
        let timeline = analyzer.finish_to(SourceKind::File, "many", Ending::default(), Some(&mut taker));
        assert!(timeline.connections.is_empty());
        assert!(taker.most <= most_lines, "{} lines waited", taker.most);
        assert_eq!(taker.harvest.finish(timeline).overview.unwrap().connections, u64::from(n));
        let csv = String::from_utf8(taker.lines.remove(0).finish().unwrap()).unwrap();
        let ids: Vec<u32> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
        match sieve.limit {
            None => assert_eq!(ids, (1..=n).collect::<Vec<_>>()),
            Some(_) => assert_eq!(ids, (n - 6..=n).rev().collect::<Vec<_>>()),
        }
    }
}

/// A table tells how TIME-WAITs ended of which the connections were let go of long before.
#[test]
fn what_was_let_go_of_is_told_by_what_came_after() {
    let mut talk = many(LINGER as u32 + 2_000);
    // One is followed by another connection on its addresses and ports.
    talk.end += 1_000_000;
    let again = Packet::new("10.0.0.3:40000", "192.168.0.1:80").seq(70_000).flags(SYN);
    talk.shots.push(Shot { time: talk.end, packet: again });
    for (after_ns, others) in [(0, EndCause::CaptureEnded), (60_000_000_000, EndCause::Expired)] {
        talk.end += after_ns;
        talk.shots.push(Shot { time: talk.end, packet: Packet::new("10.9.0.1:9", "192.168.0.1:80").seq(1).flags(SYN) });
        let sieve = Sieve { filter: Some(parse("close=fin").unwrap()), ..Sieve::default() };
        let mut all = Analyzer::new(Wishes { keep: Keep::ALL, ..wishes() });
        talk.frames(|frame| all.push(frame));
        let all = sieve.select(talk.finish(all));
        let mut taker = taker(&sieve, 7);
        taker.lines.clear();
        let mut analyzer = Analyzer::new(wishes());
        talk.frames(|frame| analyzer.push_to(frame, Some(&mut taker)));
        let ending = Ending { at: Some(Timestamp(talk.end)), ..Ending::default() };
        let timeline = analyzer.finish_to(SourceKind::File, "talk", ending, Some(&mut taker));
        let timeline = taker.harvest.finish(timeline);
        let ends = |timeline: &Timeline| {
            let waits = timeline.connections.iter().take(7).map(|connection| {
                let wait = &connection.time_wait[0];
                (connection.id, wait.end, wait.end_ns, wait.remaining_ns)
            });
            waits.collect::<Vec<_>>()
        };
        let told = ends(&timeline);
        assert_eq!(told, ends(&all));
        for end in [EndCause::Reused, others] {
            assert!(told.iter().any(|(_, told, ..)| *told == end), "{told:?}");
        }
    }
}

fn drawn(timeline: &Timeline, format: Format, limit: usize) -> String {
    let style = Style::new(Lang::En, Charset::Unicode, 120);
    let mut out = Vec::new();
    render::write(timeline, &View { limit: Some(limit), ..View::default() }, format, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Draws both ways and compares.
#[track_caller]
fn check(name: &str, talk: &Talk) {
    let sieves = [
        Sieve::default(),
        Sieve {
            filter: Some(parse("close=fin or open=failed").unwrap()),
            sort: keys("-segments,client.ip").unwrap(),
            limit: Some(2),
        },
    ];
    for sieve in sieves {
        let rows = sieve.limit.unwrap_or(3);
        let mut all = Analyzer::new(Wishes { keep: Keep::ALL, ..wishes() });
        talk.frames(|frame| all.push(frame));
        let all = sieve.select(talk.finish(all));
        let mut taker = taker(&sieve, rows);
        let mut analyzer = Analyzer::new(wishes());
        talk.frames(|frame| analyzer.push_to(frame, Some(&mut taker)));
        let ending = Ending { at: Some(Timestamp(talk.end)), ..Ending::default() };
        let timeline = analyzer.finish_to(SourceKind::File, "talk", ending, Some(&mut taker));
        let Taker { harvest, lines, .. } = taker;
        let timeline = harvest.finish(timeline);
        assert_eq!(drawn(&timeline, Format::Text, rows), drawn(&all, Format::Text, rows), "{name} {sieve:?}");
        for (lines, format) in lines.into_iter().zip([Format::Csv, Format::Ndjson]) {
            let lines = String::from_utf8(lines.finish().unwrap()).unwrap();
            assert_eq!(lines, drawn(&all, format, rows), "{name} {sieve:?}");
        }
    }
}

#[test]
fn what_is_shown_is_the_same_as_of_all() {
    for (name, talk) in Talk::all() {
        check(&name, &talk);
    }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn so_it_is_for_any_conversation(talk in talk::random()) {
        check("random", &talk);
    }
}
