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
    let inside = |x: f64, y: f64| (-0.5..=edges[2] + 0.5).contains(&x) && (-0.5..=edges[3] + 0.5).contains(&y);
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
