//! The pictures: golden files for each life, and what must hold for any timeline.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::timeline::{Lang, Timeline};

fn draw(timeline: &Timeline, style: Style) -> String {
    let mut out = Vec::new();
    render::write(timeline, &View::default(), Format::Text, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Writes the timelines as JSON into the folder named by SYNFIN_TIMELINES, to look at them with `synfin render`.
#[test]
fn save_for_looking() {
    let Some(folder) = std::env::var_os("SYNFIN_TIMELINES") else { return };
    for (name, timeline) in lives() {
        std::fs::write(
            std::path::Path::new(&folder).join(format!("{name}.json")),
            serde_json::to_vec(&timeline).unwrap(),
        )
        .unwrap();
    }
}

fn lives() -> Vec<(&'static str, Timeline)> {
    vec![
        ("download", support::life::download()),
        ("followed", support::life::followed()),
        ("refused", support::life::refused()),
        ("reset", support::life::reset()),
        ("half-close-ipv6", support::life::half_close_ipv6()),
        ("lost-syn-and-fold", support::life::lost_syn_and_fold()),
        ("many", support::life::many()),
    ]
}

#[test]
fn x() {
    let _ =
        draw(&support::life::download(), Style { lang: Lang::En, charset: Charset::Unicode, width: 80, color: false });
}
