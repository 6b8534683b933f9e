//! Graphs over recorded captures: every segment is in them, round trips are Wireshark's, pictures are sound, and nothing steers a reader.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::hostile;
use synfin::ladder::View;
use synfin::plot::{Kind, Marks, Meaning, Plot};
use synfin::render::{self, Charset, Format, Style};
use synfin::timeline::{Fate, Lang, SegmentEvent, Timeline};

const KINDS: [Kind; 4] = [Kind::Sequence, Kind::RoundTrip, Kind::Window, Kind::States];

fn captures() -> Vec<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let folders = [home.clone(), home.join("lab")].map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix.to_string_lossy().starts_with("pcap")));
    paths.sort();
    assert!(paths.len() > 50);
    paths
}

fn run(args: &[&str], path: &Path) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
    program.arg(args[0]).arg(path).args(&args[1..]).args(["--lang", "en", "--charset", "unicode"]).output().unwrap()
}

fn timeline(path: &Path) -> Timeline {
    let out = run(&["replay", "--full", "--format", "json"], path);
    assert!(out.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn segments(timeline: &Timeline, id: u64) -> Vec<&SegmentEvent> {
    timeline.events.iter().filter(|event| event.connection == id).filter_map(|event| event.segment()).collect()
}

fn count(plot: &Plot, meanings: &[Meaning]) -> usize {
    let series = plot.panels.iter().flat_map(|panel| &panel.series);
    let of = |marks: &Marks| match marks {
        Marks::Steps(marks) | Marks::Points(marks) => marks.len(),
        Marks::Spans(marks) => marks.len(),
        Marks::Lines(marks) => marks.len(),
    };
    series.filter(|series| meanings.contains(&series.meaning)).map(|series| of(&series.marks)).sum()
}

#[test]
fn every_segment_with_data_has_its_bar_and_every_loss_its_cross() {
    let (mut bars, mut losses) = (0, 0);
    for path in captures() {
        let timeline = timeline(&path);
        for connection in &timeline.connections {
            let Some(plot) = Plot::of(&timeline, Some(connection.id), Kind::Sequence) else { continue };
            let segments = segments(&timeline, connection.id);
            let with_data = segments.iter().filter(|segment| segment.len > 0).count();
            let what = format!("{} {}", path.display(), connection.id);
            assert_eq!(count(&plot, &[Meaning::Sent, Meaning::Again]), with_data, "{what}");
            // Where one side alone sent data, the other one has no panel.
            let sends =
                |id: &str| with_data == 0 || segments.iter().any(|segment| segment.len > 0 && segment.from == id);
            let lost = segments.iter().filter(|segment| segment.fate == Fate::Lost && sends(&segment.from)).count();
            assert_eq!(count(&plot, &[Meaning::Lost]), lost, "{what}");
            losses += lost;
            bars += with_data;
        }
    }
    assert!(bars > 200 && losses > 10, "{bars} {losses}");
}

/// Where a segment was captured once and nothing was sent again, both measure the same.
#[test]
fn round_trips_are_those_of_wireshark() {
    let mut compared = 0;
    for name in ["download.pcap", "ipv6.pcap", "server-closes-first.pcap", "half-close.pcap", "two-hosts-client.pcap"] {
        let timeline = timeline(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(name));
        let id = timeline.connections[0].id;
        let plot = Plot::of(&timeline, Some(id), Kind::RoundTrip).unwrap();
        let told: Vec<(i64, i64)> = timeline
            .events
            .iter()
            .filter(|event| event.connection == id)
            .filter_map(|event| Some((event.t_ns, event.segment()?.wireshark.as_ref()?.ack_rtt_ns?)))
            .collect();
        for series in plot.panels.iter().flat_map(|panel| &panel.series) {
            let (Meaning::RoundTrip | Meaning::Handshake, Marks::Points(points)) = (series.meaning, &series.marks)
            else {
                continue;
            };
            for (t_ns, took) in points {
                let same = told.iter().find(|(at, _)| at == t_ns).unwrap_or_else(|| panic!("{name}: {t_ns}"));
                assert_eq!(*took as i64, same.1, "{name} at {t_ns}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 20, "{compared}");
}

/// No sample is longer than the longest that the tracker took: what was sent again says nothing, nor what waited for it.
#[test]
fn round_trips_are_no_longer_than_those_of_the_totals() {
    let mut compared = 0;
    for name in ["fast-retransmit", "sack-recovery", "congestion", "reordering"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("captures/lab/{name}.pcapng"));
        let timeline = timeline(&path);
        for connection in &timeline.connections {
            let Some(plot) = Plot::of(&timeline, Some(connection.id), Kind::RoundTrip) else { continue };
            for panel in &plot.panels {
                let totals = if panel.is_clients { connection.totals.client } else { connection.totals.server };
                // Of who sends no data the tracker takes the handshake alone, and the graph the FIN too.
                let Some(rtt) = totals.rtt.filter(|_| totals.bytes > 0) else { continue };
                for series in panel.series.iter().filter(|series| series.meaning == Meaning::RoundTrip) {
                    let Marks::Points(points) = &series.marks else { panic!("no points") };
                    for (t_ns, took) in points {
                        // The tracker takes the times of one capture, the graph those of both ends.
                        assert!(
                            *took as i64 <= rtt.max_ns + 1_000_000,
                            "{} {} at {t_ns}: {took}",
                            path.display(),
                            connection.id
                        );
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn what_waits_is_counted_while_it_waits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/lab/http-short-connections.pcapng");
    let timeline = timeline(&path);
    let plot = Plot::of(&timeline, None, Kind::States).unwrap();
    let waits = plot.panels[0].series.iter().find(|series| series.meaning == Meaning::TimeWait).unwrap();
    let Marks::Steps(steps) = &waits.marks else { panic!("no steps") };
    let begun: usize = timeline.connections.iter().map(|connection| connection.time_wait.len()).sum();
    assert!(begun >= 2 && steps.windows(2).all(|pair| pair[0].0 < pair[1].0), "{steps:?}");
    let most = steps.iter().map(|(_, count)| *count as usize).max().unwrap();
    assert_eq!(most as u64, timeline.overview.as_ref().unwrap().time_wait.as_ref().unwrap().peak);
}

#[test]
fn pictures_are_well_formed_the_same_from_json_and_within_their_edges() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["congestion", "slow-reader", "syn-lost", "fast-retransmit", "duplicates", "http-keep-alive"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("captures/lab/{name}.pcapng"));
        let json = folder.path().join("t.json");
        let whole = run(&["replay", "--full", "--format", "json"], &path);
        std::fs::write(&json, &whole.stdout).unwrap();
        for graph in ["sequence", "rtt", "window", "states"] {
            for format in ["svg", "text"] {
                let args = ["replay", "--graph", graph, "--connection", "1", "--format", format];
                let drawn = run(&args, &path);
                assert!(drawn.status.success(), "{name} {graph}: {}", String::from_utf8_lossy(&drawn.stderr));
                let again = run(&[&["render"], &args[1..]].concat(), &json);
                assert!(drawn.stdout == again.stdout, "{name} {graph} {format}");
                if format == "text" {
                    let text = String::from_utf8(drawn.stdout).unwrap();
                    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
                    continue;
                }
                let text = String::from_utf8(drawn.stdout).unwrap();
                let document = roxmltree::Document::parse(&text).unwrap();
                for node in document.descendants() {
                    for (name, most) in
                        [("x", 1280.0), ("x1", 1280.0), ("x2", 1280.0), ("y", 720.0), ("y1", 720.0), ("y2", 720.0)]
                    {
                        let place: Option<f64> = node.attribute(name).map(|place| place.parse().unwrap());
                        assert!(place.is_none_or(|place| (0.0..=most).contains(&place)), "{graph}: {name} {place:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_a_packet_holds_is_text() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/lab/congestion.pcapng");
    let mut timeline = timeline(&path);
    hostile::fill(&mut timeline);
    for event in &mut timeline.events {
        if let synfin::timeline::Detail::Segment(segment) = &mut event.detail {
            (segment.seq, segment.ack) = (i64::MAX, Some(i64::MIN));
            segment.wnd_bytes = Some(u64::MAX);
            segment.options.sack = vec![[i64::MIN, i64::MAX]];
        }
    }
    for (kind, lang) in KINDS.into_iter().flat_map(|kind| [(kind, Lang::En), (kind, Lang::Zh)]) {
        for format in [Format::Svg, Format::Text] {
            let view = View { graph: Some(kind), title: Some(hostile::WORDS.into()), ..View::default() };
            let mut out = Vec::new();
            let drawn = render::write(&timeline, &view, format, &Style::new(lang, Charset::Unicode, 100), &mut out);
            // Numbers that no packet can hold leave no round trip.
            assert!(drawn.is_ok() || kind == Kind::RoundTrip, "{kind:?}: {drawn:?}");
            let out = String::from_utf8(out).unwrap();
            assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{kind:?}");
            if format == Format::Svg && !out.is_empty() {
                let document = roxmltree::Document::parse(&out).unwrap();
                assert!(document.descendants().all(|node| !matches!(node.tag_name().name(), "script" | "img")));
            }
        }
    }
}

#[test]
fn where_nothing_is_to_be_drawn_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("t.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/refused.pcap");
    let mut empty = timeline(&path);
    (empty.events, empty.steps) = (Vec::new(), Vec::new());
    std::fs::write(&json, serde_json::to_vec(&empty).unwrap()).unwrap();
    let out = run(&["render", "--graph", "rtt"], &json);
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("nothing to draw over time"), "{out:?}");
}
