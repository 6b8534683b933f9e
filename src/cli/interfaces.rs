//! `synfin interfaces`: the devices that can be captured.

use super::args::Interfaces;
use super::config::Config;
use super::exit::{Exit, Failure};
use crate::render::safe;
use crate::source::interfaces::{Interface, list};
use crate::timeline::Lang;
use anyhow::Result;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

pub(super) fn run(arguments: &Interfaces, config: &Config) -> Result<Exit> {
    let interfaces = list().map_err(|detail| {
        let what = config.lang.pick("cannot list devices", "无法列出网络设备");
        Failure::new(Exit::Failed, format!("{what}: {detail}"))
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &interfaces)?;
        writeln!(out)?;
    } else {
        write_table(&interfaces, config.lang, &mut out)?;
    }
    Ok(Exit::Done)
}

/// A line for each device, in columns as wide as what they hold.
fn write_table(interfaces: &[Interface], lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let mut rows = vec![
        [
            lang.pick("#", "#"),
            lang.pick("device", "设备"),
            lang.pick("state", "状态"),
            lang.pick("addresses", "地址"),
            lang.pick("what it is", "说明"),
        ]
        .map(String::from),
    ];
    rows.extend(interfaces.iter().map(|interface| row(interface, lang)));
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn row(interface: &Interface, lang: Lang) -> [String; 5] {
    let mut state = vec![if interface.up { lang.pick("up", "启用") } else { lang.pick("down", "未启用") }];
    if interface.loopback {
        state.push(lang.pick("loopback", "环回"));
    }
    [
        interface.index.map(|index| index.to_string()).unwrap_or_default(),
        safe(&interface.name).into_owned(),
        state.join(lang.pick(", ", "、")),
        safe(&interface.addresses.join(" ")).into_owned(),
        safe(interface.description.as_deref().unwrap_or_default()).into_owned(),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    fn devices() -> Vec<Interface> {
        let lo = Interface {
            index: Some(1),
            name: "lo".to_string(),
            up: true,
            loopback: true,
            addresses: vec!["127.0.0.1/8".to_string(), "::1/128".to_string()],
            mac: None,
            description: None,
        };
        let odd = Interface {
            index: None,
            name: "ev\u{1b}l".to_string(),
            up: false,
            loopback: false,
            addresses: Vec::new(),
            mac: None,
            description: Some("x".to_string()),
        };
        vec![lo, odd]
    }

    fn table(lang: Lang) -> String {
        let mut out = Vec::new();
        write_table(&devices(), lang, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_stand_under_each_other_in_both_languages() {
        for (lang, loopback) in [(Lang::En, "up, loopback"), (Lang::Zh, "启用、环回")] {
            let table = table(lang);
            let lines: Vec<&str> = table.lines().collect();
            let column = |line: &str, word: &str| line[..line.find(word).unwrap()].width();
            assert_eq!(column(lines[1], "127.0.0.1"), column(lines[0], lang.pick("addresses", "地址")), "{table}");
            assert_eq!(column(lines[2], "x"), column(lines[0], lang.pick("what it is", "说明")), "{table}");
            assert!(lines[1].contains(loopback));
        }
    }

    #[test]
    fn a_hostile_name_does_not_steer_the_terminal() {
        assert!(!table(Lang::En).contains('\u{1b}'));
    }
}
