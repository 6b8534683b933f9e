//! The recorded captures and their golden timelines and pictures. After a change that is meant: `cargo insta review`, or
//! `INSTA_UPDATE=always cargo test --test golden` and a look at the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::PathBuf;
use synfin::analyze::{Analyzer, Both, Ending, Side, Wishes};
use synfin::assemble::Watch;
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::source::CaptureReader;
use synfin::tcp::MslProfile;
use synfin::timeline::{Lang, SourceKind, Timeline};

fn timeline(name: &str) -> Timeline {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("captures").join(name);
    let mut reader = CaptureReader::open(&path).unwrap();
    let mut analyzer =
        Analyzer::new(Wishes { watch: Watch::All, full: false, msl: MslProfile::Linux, ..Wishes::default() });
    while let Some(frame) = reader.next() {
        analyzer.push(&frame);
    }
    assert!(reader.damage().is_empty());
    analyzer.finish(SourceKind::File, name, Ending::default())
}

fn text(timeline: &Timeline, lang: Lang, width: usize) -> String {
    let style = Style::new(lang, Charset::Unicode, width);
    let mut out = Vec::new();
    render::write(timeline, &View::default(), Format::Text, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Both ends of one wire, joined.
#[test]
fn two_hosts() {
    let wishes = Wishes { watch: Watch::All, full: false, msl: MslProfile::Linux, ..Wishes::default() };
    let mut both = Both::new(wishes, false);
    for (side, name) in [(Side::Client, TWO_HOSTS[0]), (Side::Server, TWO_HOSTS[1])] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("captures").join(name);
        let mut reader = CaptureReader::open(&path).unwrap();
        while let Some(frame) = reader.next() {
            both.push(side, &frame);
        }
    }
    let mut timeline = both.finish(SourceKind::File, &TWO_HOSTS.join(" "), Ending::default());
    timeline.generator.version = "…".into();
    insta::assert_json_snapshot!("two-hosts-timeline", timeline);
    let pictures = [(Lang::En, 80), (Lang::Zh, 80), (Lang::En, 120)];
    let album: Vec<String> = pictures.into_iter().map(|(lang, width)| text(&timeline, lang, width)).collect();
    insta::assert_snapshot!("two-hosts-ladder", album.join("\n"));
}

const TWO_HOSTS: [&str; 2] = ["two-hosts-client.pcap", "two-hosts-server.pcap"];

macro_rules! captures {
    ($($test:ident $file:literal)*) => {
        $(#[test]
        fn $test() {
            let mut timeline = timeline(concat!($file, ".pcap"));
            timeline.generator.version = "…".into();
            insta::assert_json_snapshot!(concat!($file, "-timeline"), timeline);
            let pictures = [(Lang::En, 80), (Lang::Zh, 80), (Lang::En, 120)];
            let album: Vec<String> = pictures.into_iter().map(|(lang, width)| text(&timeline, lang, width)).collect();
            insta::assert_snapshot!(concat!($file, "-ladder"), album.join("\n"));
        })*

        #[test]
        fn every_capture_is_a_test() {
            let mut listed = vec![$(concat!($file, ".pcap")),*];
            listed.extend(TWO_HOSTS);
            listed.sort_unstable();
            let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/captures")).unwrap();
            let mut there: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            // Those of the lab have tests of their own.
            there.retain(|name| !["README.md", "lab", "pictures"].contains(&name.as_str()));
            there.sort_unstable();
            assert_eq!(there, listed);
            let table = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/captures/README.md")).unwrap();
            for name in listed {
                assert!(table.contains(&format!("`{name}`")), "captures/README.md does not tell of {name}");
            }
        }
    };
}

captures! {
    download "download"
    server_closes_first "server-closes-first"
    half_close "half-close"
    reset "reset"
    refused "refused"
    ipv6 "ipv6"
}

/// The picture in the README is what the command beside it prints.
#[test]
fn the_readme_shows_the_true_picture() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, after) = readme.split_once("synfin replay captures/download.pcap --width 80 -->\n```text\n").unwrap();
    let (shown, _) = after.split_once("```\n<!-- /ladder -->").unwrap();
    assert_eq!(shown, text(&timeline("download.pcap"), Lang::En, 80));
}
