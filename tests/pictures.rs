//! Pictures of every recorded capture: well-formed, the same each time and from the JSON alone, with nothing outside their edges;
//! and what a packet holds never becomes markup.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::hostile;
use synfin::ladder::{Ladder, View};
use synfin::plot::Kind;
use synfin::render::picture::{Canvas, Size, Spacing, Theme};
use synfin::render::png::{self, Fonts};
use synfin::render::svg::Frames;
use synfin::render::{self, Charset, Format, Style};
use synfin::timeline::{Lang, Timeline};

fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The timeline of a capture, as the program makes it; without the version, which changes.
fn timeline(path: &Path) -> Timeline {
    timeline_with(&[], path)
}

fn timeline_with(options: &[&str], path: &Path) -> Timeline {
    let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
    let output = program.args(["replay", "--format", "json"]).args(options).arg(path).output().unwrap();
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    let mut timeline: Timeline = serde_json::from_slice(&output.stdout).unwrap();
    timeline.generator.version = "…".into();
    timeline
}

fn captures() -> Vec<PathBuf> {
    let folders = ["captures", "captures/lab"].map(|folder| std::fs::read_dir(home(folder)).unwrap());
    let mut paths: Vec<PathBuf> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix != "md"));
    paths.sort();
    assert!(paths.len() > 50);
    paths
}

fn svg(timeline: &Timeline, connection: Option<u64>, style: &Style) -> String {
    let mut out = Vec::new();
    let view = View { connection, ..View::default() };
    render::write(timeline, &view, Format::Svg, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every look that a picture may have.
fn styles() -> Vec<Style> {
    let mut styles = Vec::new();
    for (lang, theme) in
        [(Lang::En, Theme::Light), (Lang::Zh, Theme::Dark), (Lang::En, Theme::Print), (Lang::Zh, Theme::ColourBlind)]
    {
        for (spacing, size) in [(Spacing::Even, None), (Spacing::Time, Some(Size { width: 1920, height: 1080 }))] {
            let canvas = Canvas { spacing, theme: Some(theme), size };
            styles.push(Style { canvas, ..Style::new(lang, Charset::Unicode, 100) });
        }
    }
    styles
}

fn number(node: roxmltree::Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("no {name} in {:?}", node.tag_name())).parse().unwrap()
}

/// Panics where the picture is no XML, draws with anything but the plain elements, or reaches over its edges.
fn check(picture: &str, what: &str) {
    let document = roxmltree::Document::parse(picture).unwrap_or_else(|error| panic!("{what}: {error}"));
    let root = document.root_element();
    let edges: Vec<f64> = root.attribute("viewBox").unwrap().split(' ').map(|side| side.parse().unwrap()).collect();
    let inside = |x: f64, y: f64| {
        (edges[0] - 0.5..=edges[0] + edges[2] + 0.5).contains(&x) && (-0.5..=edges[3] + 0.5).contains(&y)
    };
    let plain =
        HashSet::from(["svg", "title", "desc", "g", "rect", "line", "polyline", "polygon", "circle", "text", "tspan"]);
    let mut ids = HashSet::new();
    for node in document.descendants().filter(|node| node.is_element()) {
        let name = node.tag_name().name();
        assert!(plain.contains(name), "{what}: <{name}>");
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on") && attribute.name() != "href", "{what}: {attribute:?}");
        }
        if let Some(id) = node.attribute("id") {
            assert!(ids.insert(id.to_string()), "{what}: {id} twice");
        }
        let corners = match name {
            "rect" if node.has_attribute("x") => {
                let (x, y) = (number(node, "x"), number(node, "y"));
                vec![(x, y), (x + number(node, "width"), y + number(node, "height"))]
            }
            "line" => vec![(number(node, "x1"), number(node, "y1")), (number(node, "x2"), number(node, "y2"))],
            "text" => vec![(number(node, "x"), number(node, "y"))],
            "circle" => vec![(number(node, "cx"), number(node, "cy"))],
            _ => Vec::new(),
        };
        for (x, y) in corners {
            assert!(inside(x, y), "{what}: {x},{y} is outside of {edges:?}");
        }
    }
}

#[test]
fn every_capture_is_drawn_the_same_from_its_json() {
    for path in captures() {
        let timeline = timeline(&path);
        let json = serde_json::to_string(&timeline).unwrap();
        let again: Timeline = serde_json::from_str(&json).unwrap();
        for connection in timeline.connections.iter().map(|connection| connection.id).take(3) {
            // Every look for the first, one for the others.
            for style in styles().into_iter().take(if connection == 1 { 8 } else { 1 }) {
                let what = format!("{} {connection} {style:?}", path.display());
                let picture = svg(&timeline, Some(connection), &style);
                check(&picture, &what);
                assert_eq!(picture, svg(&again, Some(connection), &style), "{what}");
                let ladder = Ladder::of(&timeline, connection).unwrap();
                for step in 1..=ladder.steps.len() {
                    assert!(picture.contains(&format!("<g id=\"step-{step}\">")), "{what}: step {step}");
                }
            }
        }
    }
}

#[test]
fn a_size_that_is_asked_for_is_kept() {
    let timeline = timeline(&home("captures/lab/fast-retransmit.pcapng"));
    for (width, height) in [(1920, 1080), (640, 480), (400, 1600)] {
        let canvas = Canvas { size: Some(Size { width, height }), ..Canvas::SLIDE };
        let picture = svg(&timeline, None, &Style { canvas, ..Style::new(Lang::En, Charset::Unicode, 100) });
        assert!(picture.contains(&format!(" width=\"{width}\" height=\"{height}\" ")));
        check(&picture, "sized");
    }
}

/// A size that is wider than the rows need leaves as much on the left as on the right.
#[test]
fn a_wide_picture_stands_in_the_middle() {
    let timeline = timeline(&home("captures/lab/fast-retransmit.pcapng"));
    let canvas = Canvas { size: Some(Size { width: 3000, height: 500 }), ..Canvas::SLIDE };
    let picture = svg(&timeline, None, &Style { canvas, ..Style::new(Lang::En, Charset::Unicode, 100) });
    check(&picture, "wide");
    let document = roxmltree::Document::parse(&picture).unwrap();
    let edges = document.root_element().attribute("viewBox").unwrap();
    let edges: Vec<f64> = edges.split(' ').map(|side| side.parse().unwrap()).collect();
    let grounds = document.descendants().filter(|node| {
        let group = node.parent().and_then(|group| group.attribute("id"));
        node.has_tag_name(("http://www.w3.org/2000/svg", "rect")) && group.is_some_and(|id| id.starts_with("ground"))
    });
    let ground = grounds.into_iter().next().unwrap();
    let (left, width) = (number(ground, "x"), number(ground, "width"));
    let (before, behind) = (left - edges[0], edges[0] + edges[2] - left - width);
    assert!(before > 200.0 && (before - behind).abs() < 2.0, "{before} and {behind}");
}

/// Two long addresses above, and where they come from beside or below them, never across.
#[test]
fn a_long_title_runs_into_nothing() {
    let mut timeline = timeline(&home("captures/ipv6.pcap"));
    for endpoint in &mut timeline.endpoints {
        endpoint.ip = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff".parse().unwrap();
        endpoint.name = None;
    }
    timeline.source.name = "a capture with a name that is long.pcapng".into();
    for size in [None, Some(Size { width: 640, height: 480 })] {
        let canvas = Canvas { size, ..Canvas::SLIDE };
        let picture = svg(&timeline, None, &Style { canvas, ..Style::new(Lang::En, Charset::Unicode, 100) });
        check(&picture, "long");
        let document = roxmltree::Document::parse(&picture).unwrap();
        let head = document.descendants().find(|node| node.attribute("id") == Some("head")).unwrap();
        let texts: Vec<_> = head.children().filter(|node| node.tag_name().name() == "text").collect();
        let origin = texts.iter().find(|text| text.text().unwrap().contains("a capture with")).unwrap();
        let title: Vec<_> = texts.iter().filter(|text| number(**text, "font-size") >= 18.0).collect();
        assert!(!title.is_empty());
        for line in title {
            let wide = line.text().unwrap().chars().count() as f64 * number(*line, "font-size") * 0.56;
            assert!(
                number(*line, "x") + wide
                    < 1290.0
                        * document
                            .root_element()
                            .attribute("viewBox")
                            .map_or(1.0, |edges| { edges.split(' ').nth(2).unwrap().parse::<f64>().unwrap() / 1280.0 }),
                "{:?} runs out of the picture",
                line.text()
            );
            assert!(number(*line, "y") < number(*origin, "y"), "{:?} beside {:?}", line.text(), origin.text());
        }
    }
}

/// The same connection with so many events and steps in its middle.
fn long(count: u64) -> Timeline {
    let mut timeline = timeline(&home("captures/download.pcap"));
    let at = timeline.events.iter().position(|event| event.phase == synfin::timeline::Phase::Data).unwrap();
    let (event, step) = (timeline.events[at].clone(), timeline.steps[2].clone());
    let own = step.n;
    for number in 0..count {
        let mut event = event.clone();
        event.id = 100_000 + number;
        timeline.events.insert(at + 1 + number as usize, event);
        let mut step = step.clone();
        step.events = vec![100_000 + number];
        timeline.steps.insert(3 + number as usize, step);
    }
    for (place, step) in timeline.steps.iter_mut().enumerate().skip(3) {
        step.n = own + place as u64 - 2;
    }
    timeline
}

/// What nobody could look at is not drawn, and it is said.
#[test]
fn very_many_rows_are_cut_in_the_middle() {
    let timeline = long(20_000);
    let began = std::time::Instant::now();
    let style = Style::new(Lang::En, Charset::Unicode, 100);
    let picture = svg(&timeline, None, &style);
    check(&picture, "long");
    assert!(picture.len() < 1 << 20, "{}", picture.len());
    assert!(picture.contains(" events not shown, "));
    // The beginning and the end are whole.
    assert!(picture.contains("SYN-SENT") && picture.contains("TIME-WAIT"));
    let deck = {
        let mut out = Vec::new();
        render::write(&timeline, &View::default(), Format::Reveal, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(deck.matches("<section").count(), 202);
    assert!(deck.contains("steps have no picture; --steps A-B chooses"));
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

/// Each row belongs to the step that it did when every row was looked for on its own.
#[test]
fn headings_belong_to_what_they_announce() {
    let ladder = Ladder::of(&long(50_000), 1).unwrap();
    let began = std::time::Instant::now();
    let order = ladder.steps_of_rows();
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    assert!(order.is_sorted() && order.last() == Some(&(ladder.steps.len() - 1)));
    let heading = ladder
        .rows
        .iter()
        .position(|row| matches!(row.content, synfin::ladder::Content::Phase(synfin::timeline::Phase::Close)));
    let heading = heading.unwrap();
    assert_eq!(order[heading], order[heading + 1]);
    assert!(order[heading] > order[heading - 1]);
}

/// Notes that find no room are counted.
#[test]
fn notes_that_are_not_shown_are_counted() {
    let mut timeline = timeline(&home("captures/download.pcap"));
    let note = timeline.events[0].notes[0].clone();
    timeline.events[0].notes = vec![note; 20];
    for (format, en, zh) in
        [(Format::Svg, "and 14 more notes", "另有 14 条注释"), (Format::Html, "and 8 more notes", "另有 8 条注释")]
    {
        for (lang, words) in [(Lang::En, en), (Lang::Zh, zh)] {
            let mut out = Vec::new();
            render::write(&timeline, &View::default(), format, &Style::new(lang, Charset::Unicode, 100), &mut out)
                .unwrap();
            assert!(String::from_utf8(out).unwrap().contains(words), "{format:?} {words}");
        }
    }
}

/// An arrow slants only where both times are known, from its sender's lifeline to the other one.
#[test]
fn arrows_run_between_the_lifelines() {
    let style = Style::new(Lang::En, Charset::Unicode, 100);
    for (file, slants) in [("captures/download.pcap", false), ("captures/lab/three-way.pcapng", true)] {
        let picture = svg(&timeline(&home(file)), None, &style);
        let document = roxmltree::Document::parse(&picture).unwrap();
        let lifelines: HashSet<String> = document
            .descendants()
            .filter(|node| node.is_element())
            .filter(|node| {
                node.parent().and_then(|group| group.attribute("id")).is_some_and(|id| id.starts_with("lifelines"))
            })
            .map(|line| line.attribute("x1").unwrap().to_string())
            .collect();
        assert_eq!(lifelines.len(), 2, "{lifelines:?}");
        let steps =
            document.descendants().filter(|node| node.attribute("id").is_some_and(|id| id.starts_with("step-")));
        let lines = steps
            .flat_map(|step| step.children())
            .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "line")));
        let shafts: Vec<_> = lines.filter(|line| lifelines.contains(line.attribute("x1").unwrap())).collect();
        assert!(shafts.len() >= 6, "{file}");
        for shaft in shafts {
            let falls = number(shaft, "y2") - number(shaft, "y1");
            assert_eq!(falls > 20.0, slants, "{file}: {falls}");
        }
    }
}

#[test]
fn what_packets_hold_is_no_markup() {
    let mut timeline = timeline(&home("captures/lab/web-server.pcapng"));
    hostile::fill(&mut timeline);
    let picture = svg(&timeline, None, &Style::new(Lang::En, Charset::Unicode, 100));
    check(&picture, "evil");
    assert!(picture.contains("&lt;script&gt;") && !picture.contains("<script"));
    assert!(!picture.contains(['\u{1b}', '\u{202e}', '\u{0}']));
}

#[test]
fn a_timeline_without_connections_says_so() {
    let mut timeline = timeline(&home("captures/refused.pcap"));
    (timeline.connections, timeline.events, timeline.steps) = Default::default();
    let picture = svg(&timeline, None, &Style::new(Lang::Zh, Charset::Unicode, 100));
    check(&picture, "nothing");
    assert!(picture.contains("没有可绘制的 TCP 连接"));
}

#[test]
fn frames_of_another_run_are_told_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
        program.args(["--lang", "en", "replay"]).arg(home("captures/refused.pcap")).arg("--frames").arg(folder.path());
        program.output().unwrap()
    };
    let told = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).contains("of another run");
    let first = run();
    assert!(!told(&first), "{}", String::from_utf8_lossy(&first.stderr));
    std::fs::write(folder.path().join("step-77.svg"), "mine").unwrap();
    std::fs::write(folder.path().join("step-seven.svg"), "mine").unwrap();
    let again = run();
    // Without fonts there are no PNGs, and it ends before.
    if again.status.success() {
        assert!(told(&again) && String::from_utf8_lossy(&again.stderr).contains("1 file of another run"));
    } else {
        writeln!(std::io::stderr(), "SKIPPED: no font (scripts/setup test installs fonts)").unwrap();
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("step-77.svg")).unwrap(), "mine");
}

/// Each frame has the size of a slide, all that the one before has, and its own step in view.
#[test]
fn frames_grow_step_by_step() {
    for path in captures().iter().step_by(7) {
        let timeline = timeline(path);
        let Some(first) = timeline.connections.first() else { continue };
        let ladder = Ladder::of(&timeline, first.id).unwrap();
        let frames = Frames::of(&ladder, &Style::new(Lang::En, Charset::Unicode, 100));
        assert_eq!(frames.len(), ladder.steps.len().max(1));
        for step in 1..=frames.len() {
            let mut out = Vec::new();
            frames.write(step, &mut out).unwrap();
            let frame = String::from_utf8(out).unwrap();
            assert!(frame.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1280\" height=\"720\" "));
            let document = roxmltree::Document::parse(&frame).unwrap();
            let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
            let steps = ids.iter().filter(|id| id.starts_with("step-")).count();
            assert_eq!(steps, step, "{}", path.display());
        }
    }
}

#[test]
fn pixels_have_the_size_and_the_letters() {
    let fonts = Fonts::of_system();
    let timeline = timeline(&home("captures/refused.pcap"));
    for (lang, theme) in [(Lang::En, Theme::Light), (Lang::Zh, Theme::Dark)] {
        let canvas = Canvas { theme: Some(theme), size: Some(Size { width: 960, height: 540 }), ..Canvas::SLIDE };
        let picture = svg(&timeline, None, &Style { canvas, ..Style::new(lang, Charset::Unicode, 100) });
        let pixels = match png::draw(&picture, &fonts) {
            Ok(pixels) => pixels,
            Err(error) => {
                writeln!(std::io::stderr(), "SKIPPED: {error} (scripts/setup test installs fonts)").unwrap();
                return;
            }
        };
        assert!(pixels.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(pixels[16..24], [0, 0, 3, 192, 0, 0, 2, 28]);
        assert_eq!(pixels, png::draw(&picture, &fonts).unwrap());
    }
}

#[test]
fn what_cannot_be_drawn_in_pixels_is_said() {
    let picture = |words: &str| {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><text>{words}</text></svg>")
    };
    assert!(matches!(png::draw(&picture("a"), &Fonts::none()), Err(png::Error::NoFont)));
    // No font has a letter for private use.
    let fonts = Fonts::of_system();
    match png::draw(&picture("a\u{10fffd}"), &fonts) {
        Err(png::Error::NoGlyph(letters)) => assert_eq!(letters, "\u{10fffd}"),
        Err(png::Error::NoFont) => {
            writeln!(std::io::stderr(), "SKIPPED: no font on this machine (scripts/setup test installs fonts)").unwrap()
        }
        other => panic!("{other:?}"),
    }
    // A control character of a packet's is no reason.
    let drawn = png::draw(&picture("a\u{241b}b"), &fonts);
    assert!(matches!(drawn, Ok(_) | Err(png::Error::NoFont)), "{drawn:?}");
    let large = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90000\" height=\"90000\"/>";
    assert!(matches!(png::draw(large, &fonts), Err(png::Error::TooLarge(90_000, 90_000) | png::Error::NoFont)));
}

/// The README's own pictures. After a change that is meant: `UPDATE_GOLDEN=1 cargo test --test pictures`, and a look at them.
#[test]
fn the_pictures_in_the_readme_are_those_that_are_drawn() {
    for (capture, graph, picture) in [
        ("download.pcap", None, "download.svg"),
        ("lab/syn-lost.pcapng", None, "syn-lost.svg"),
        ("lab/congestion.pcapng", Some(Kind::Sequence), "sequence.svg"),
    ] {
        let full: &[&str] = if graph.is_some() { &["--full"] } else { &[] };
        let timeline = timeline_with(full, &home("captures").join(capture));
        let view = View { graph, ..View::default() };
        let mut drawn = Vec::new();
        let style = Style::new(Lang::En, Charset::Unicode, 100);
        render::write(&timeline, &view, Format::Svg, &style, &mut drawn).unwrap();
        let drawn = String::from_utf8(drawn).unwrap();
        let path = home("captures/pictures").join(picture);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == drawn, "{} is not what is drawn now", path.display());
        let readme = std::fs::read_to_string(home("README.md")).unwrap();
        assert!(readme.contains(&format!("captures/pictures/{picture}")), "the README does not show {picture}");
    }
}

/// Golden pictures of a few; the others are checked by their shapes.
#[test]
fn golden_pictures() {
    let light = Style::new(Lang::En, Charset::Unicode, 100);
    let time = Canvas { spacing: Spacing::Time, theme: Some(Theme::Dark), size: None };
    for (file, style) in [
        ("download.pcap", light),
        ("refused.pcap", Style { canvas: Canvas { theme: Some(Theme::Print), ..Canvas::SLIDE }, ..light }),
        ("lab/syn-lost.pcapng", light),
        ("lab/simultaneous-close.pcapng", Style { canvas: time, lang: Lang::Zh, ..light }),
    ] {
        let name = Path::new(file).file_stem().unwrap().to_str().unwrap().to_owned();
        insta::assert_snapshot!(format!("{name}-svg"), svg(&timeline(&home("captures").join(file)), None, &style));
    }
}
