//! Pictures in a browser: their arrows are there, their words are inside of them, and no words stand on others.

use super::{CASES, browser, drive, judge};
use serde_json::json;
use synfin::render::picture::{Canvas, Spacing, Theme};
use synfin::render::{Format, Style};

#[test]
fn a_browser_draws_them() {
    let Some(browser) = browser("pictures") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut pictures = Vec::new();
    for case in CASES.iter() {
        for theme in [Theme::Light, Theme::Dark, Theme::Print, Theme::ColourBlind] {
            let spacing = if theme == Theme::Dark { Spacing::Time } else { Spacing::Even };
            let canvas = Canvas { theme: Some(theme), spacing, ..Canvas::SLIDE };
            let name = format!("{}-{theme:?}", case.name);
            let file = folder.path().join(&name).with_extension("svg");
            std::fs::write(&file, case.export(Format::Svg, &Style { canvas, ..case.style() })).unwrap();
            pictures.push(json!({
                "name": name, "file": file, "arrows": case.arrows(), "steps": case.steps(), "hostile": case.is_hostile,
            }));
        }
    }
    let list = folder.path().join("pictures.json");
    std::fs::write(&list, json!(pictures).to_string()).unwrap();
    judge(drive(&browser, "pictures.py").arg(&list), pictures.len() * 3);
}
