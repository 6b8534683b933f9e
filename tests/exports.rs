//! Decks, diagrams and reports: golden files of each, and what packets hold stays text in all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::path::Path;
use std::process::Command;
use support::exported::{export, timeline};
use support::hostile;
use synfin::render::Format;
use synfin::timeline::{Detail, Lang, Timeline};

const TEXTS: [Format; 6] =
    [Format::Mermaid, Format::Plantuml, Format::Markdown, Format::Marp, Format::Slidev, Format::Beamer];

#[test]
fn golden_files() {
    for (capture, lang) in [("lab/syn-lost.pcapng", Lang::En), ("download.pcap", Lang::Zh)] {
        let timeline = timeline(capture);
        let name = Path::new(capture).file_stem().unwrap().to_str().unwrap().to_owned();
        for format in TEXTS {
            insta::assert_snapshot!(format!("{name}-{}", format.suffix()), export(&timeline, format, lang));
        }
    }
}

/// A lookup is no part of the handshake.
#[test]
fn a_report_names_each_phase() {
    let timeline = timeline("lab/localhost.pcapng");
    assert!(export(&timeline, Format::Markdown, Lang::En).contains("(LOOKUP)"));
    assert!(export(&timeline, Format::Markdown, Lang::Zh).contains("（查询）"));
}

/// A deck that holds its pictures: one section for the title, one for each step, and what came of it.
#[test]
fn a_reveal_deck_has_a_section_for_each_step() {
    let timeline = timeline("lab/three-way.pcapng");
    let deck = export(&timeline, Format::Reveal, Lang::En);
    let ends = deck.matches("<h2>In the end</h2>").count();
    assert!(ends >= 1);
    assert_eq!(deck.matches("<section").count(), 1 + timeline.steps.len() + ends);
    assert_eq!(deck.matches("data:image/svg+xml;base64,").count(), timeline.steps.len());
    assert_eq!(deck.matches("<aside class=\"notes\">").count(), timeline.steps.len());
    assert_eq!(deck, export(&timeline, Format::Reveal, Lang::En));
}

/// With a page the timeline has the headers' octets, and they are those of the fields; without one it has none.
#[test]
fn a_page_has_the_octets_of_each_header() {
    let folder = tempfile::tempdir().unwrap();
    let (json, page) = (folder.path().join("x.json"), folder.path().join("x.html"));
    for capture in ["download.pcap", "ipv6.pcap", "lab/simultaneous-close.pcapng", "lab/fast-open.pcapng"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(capture);
        let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
        let output = program.arg("replay").arg(&path).arg("-o").arg(&json).arg("-o").arg(&page).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Timeline = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        let mut segments = 0;
        for event in &told.events {
            let Detail::Segment(segment) = &event.detail else { continue };
            let octets = segment.octets.as_ref().unwrap_or_else(|| panic!("{capture}: frame {}", segment.frame));
            let octets = data_encoding::HEXLOWER.decode(octets.as_bytes()).unwrap();
            let own = |at: usize| u32::from_be_bytes(octets[at..at + 4].try_into().unwrap());
            assert_eq!((own(4), usize::from(octets[12] >> 4) * 4), (segment.seq_raw, octets.len()), "{capture}");
            assert_eq!(octets[13] & 2 != 0, segment.flags.iter().any(|flag| flag == "SYN"));
            segments += 1;
        }
        assert!(segments >= 5, "{capture}");
        let drawn =
            Command::new(env!("CARGO_BIN_EXE_synfin")).arg("render").arg(&json).args(["--format", "html"]).output();
        assert!(drawn.unwrap().stdout == std::fs::read(&page).unwrap(), "{capture}: drawn from its JSON it differs");
        let plain = timeline(capture);
        assert!(!serde_json::to_string(&plain).unwrap().contains("octets\":\""));
    }
}

#[test]
fn what_packets_hold_steers_nothing() {
    let plain = timeline("lab/web-server.pcapng");
    let mut evil = plain.clone();
    hostile::fill(&mut evil);
    let count = |text: &str, what: &str| text.matches(what).count();
    for lang in [Lang::En, Lang::Zh] {
        for format in TEXTS.into_iter().chain([Format::Reveal, Format::Html, Format::Svg]) {
            let (with, without) = (export(&evil, format, lang), export(&plain, format, lang));
            for control in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{0}'] {
                assert!(!with.contains(control), "{format:?}: {control:?}");
            }
            // What ends or begins something in this format comes as often as without the evil words.
            let syntax: &[&str] = match format {
                Format::Mermaid => &["%%", "<script", "\nend"],
                Format::Plantuml => &["@enduml", "@startuml", "!include", "%date", "<script", "[["],
                Format::Markdown => &["<script", "x](", "<img"],
                Format::Marp | Format::Slidev => &["-->", "<!--", "<script", "{{"],
                Format::Beamer => &["\\input", "\\end{document}", "\\write"],
                _ => &["<script", "</script", "<!--", "<img"],
            };
            for piece in syntax {
                assert_eq!(count(&with, piece), count(&without, piece), "{format:?} {lang:?}: {piece}");
            }
            // Long words may take one more slide in the end, but no slide is not ours.
            if matches!(format, Format::Marp | Format::Slidev) {
                let slides = |deck: &str| count(deck, "\n---\n") - count(deck, "\n---\n\n## ");
                assert_eq!(slides(&with), slides(&without), "{format:?} {lang:?}");
                assert_eq!(
                    count(&with, "\n---\n\n## "),
                    count(&with, &format!("\n---\n\n## {}\n\n- ", lang.pick("In the end", "小结")))
                );
            }
        }
    }
}
