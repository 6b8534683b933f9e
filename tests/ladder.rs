//! The pictures: golden files for each life, and what must hold for any timeline.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use proptest::prelude::*;
use support::any_timeline::any_timeline;
use support::life::Build;
use synfin::decode::Reason;
use synfin::ladder::{Content, Ladder, Lanes, Progress, View};
use synfin::render::{self, Charset, Format, Style, text};
use synfin::timeline::*;
use unicode_width::UnicodeWidthStr;

const CHARSETS: [Charset; 3] = [Charset::Unicode, Charset::Narrow, Charset::Ascii];

fn draw(timeline: &Timeline, style: Style) -> String {
    let mut out = Vec::new();
    render::write(timeline, &View::default(), Format::Text, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn lives() -> Vec<(&'static str, Timeline)> {
    vec![
        ("download", support::life::download()),
        ("followed", support::life::followed()),
        ("refused", support::life::refused()),
        ("reset", support::life::reset()),
        ("simultaneous-close", support::life::simultaneous_close()),
        ("unanswered", support::life::unanswered()),
        ("half-close-ipv6", support::life::half_close_ipv6()),
        ("lost-syn-and-fold", support::life::lost_syn_and_fold()),
        ("many", support::life::many()),
    ]
}

fn styles(widths: &[usize]) -> Vec<Style> {
    let mut styles = Vec::new();
    for width in widths {
        for lang in [Lang::En, Lang::Zh] {
            styles.extend(CHARSETS.map(|charset| Style::new(lang, charset, *width)));
        }
    }
    styles
}

/// Writes the timelines as JSON into the folder named by SYNFIN_TIMELINES, to look at them with `synfin render`.
#[test]
fn save_for_looking() {
    let Some(folder) = std::env::var_os("SYNFIN_TIMELINES") else { return };
    for (name, timeline) in lives() {
        let path = std::path::Path::new(&folder).join(format!("{name}.json"));
        std::fs::write(path, serde_json::to_vec(&timeline).unwrap()).unwrap();
    }
}

/// One golden file for each life and language, with all widths and charsets.
#[test]
fn pictures() {
    for (name, timeline) in lives() {
        for lang in [Lang::En, Lang::Zh] {
            let mut album = String::new();
            for width in [40, 60, 80, 120] {
                for charset in CHARSETS {
                    let picture = draw(&timeline, Style::new(lang, charset, width));
                    album.push_str(&format!("=== {width} columns, {charset:?}\n{picture}\n"));
                }
            }
            insta::assert_snapshot!(format!("{name}-{lang:?}").to_lowercase(), album);
        }
    }
}

/// Every line is as wide as its place: the right lifeline stands in one column all the way down.
#[test]
fn lifelines_are_straight() {
    for (name, mut timeline) in lives().into_iter().filter(|(name, _)| *name != "many") {
        for style in styles(&[160, 120, 100, 80, 79, 70, 60, 50]) {
            if style.width < 70 {
                // In narrow ladders notes run across the lifelines.
                timeline.events.iter_mut().for_each(|event| event.notes.clear());
            }
            let picture = draw(&timeline, style);
            let columns = |line: &str| -> Vec<usize> {
                let glyphs = ["│", "┃", "┊", "⋮", "├", "┤", "┠", "┨", "┼", "|", "¦", "▐", "#", ":", "~", "+"];
                line.char_indices()
                    .filter(|(at, c)| glyphs.contains(&&line[*at..*at + c.len_utf8()]))
                    .map(|(at, _)| line[..at].width())
                    .collect()
            };
            let heading = picture.lines().position(|line| line.starts_with(['─', '╌', '-']));
            let heading = heading.unwrap_or_else(|| panic!("{name} {style:?}: no heading in\n{picture}"));
            let lanes = columns(picture.lines().nth(heading).unwrap());
            let (left, right) = (lanes[lanes.len() - 2], lanes[lanes.len() - 1]);
            for line in picture.lines().skip(heading).take_while(|line| !line.is_empty()) {
                assert!(columns(line).contains(&left) && columns(line).contains(&right), "{name} {style:?}:\n{line}");
            }
        }
    }
}

#[test]
fn ascii_is_ascii_and_narrow_is_narrow() {
    for (name, timeline) in lives() {
        for style in styles(&[40, 80, 120]) {
            let picture = draw(&timeline, style);
            match (style.charset, style.lang) {
                (Charset::Ascii, Lang::En) => assert!(picture.is_ascii(), "{name}:\n{picture}"),
                (Charset::Narrow, _) => {
                    for line in picture.lines() {
                        assert_eq!(line.width(), line.width_cjk(), "{name}: {line}");
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn live_rows_are_the_saved_rows() {
    for (_, timeline) in lives() {
        for connection in &timeline.connections {
            let lanes = Lanes::of(&timeline, connection);
            let mut progress = Progress::default();
            let mut rows = Vec::new();
            for event in timeline.events.iter().filter(|event| event.connection == connection.id) {
                rows.extend(progress.rows(event, &lanes));
            }
            rows.extend(progress.finish(connection, &lanes));
            let ladder = Ladder::of(&timeline, connection.id).unwrap();
            assert_eq!(rows, ladder.rows);

            let style = Style::new(Lang::En, Charset::Unicode, 80);
            let (mut live, mut saved) = (Vec::new(), Vec::new());
            text::write(&ladder, &style, &mut saved).unwrap();
            text::head(&ladder, &style, &mut live).unwrap();
            let mut drawer = text::Drawer::new(style, lanes, progress.origin_ns().unwrap());
            drawer.lanes(&mut live).unwrap();
            for row in &rows {
                drawer.row(row, &mut live).unwrap();
            }
            drawer.legend(&mut live).unwrap();
            assert_eq!(live, saved);
        }
    }
}

/// Colour adds nothing but colour: without its escape sequences the picture is the plain one.
#[test]
fn colour_is_only_colour() {
    for (name, timeline) in lives() {
        for style in styles(&[40, 80, 130]) {
            let plain = draw(&timeline, style);
            let coloured = draw(&timeline, Style { color: true, ..style });
            assert!(coloured.contains("\x1b["), "{name} has no colour");
            let mut bare = String::new();
            let mut rest = coloured.as_str();
            while let Some((before, after)) = rest.split_once("\x1b[") {
                bare.push_str(before);
                rest = after.split_once('m').unwrap().1;
            }
            bare.push_str(rest);
            assert_eq!(bare, plain, "{name}");
        }
    }
}

#[test]
fn an_unknown_connection_is_named_with_the_range() {
    let mut out = Vec::new();
    let style = Style::new(Lang::En, Charset::Ascii, 80);
    let view = View { connection: Some(99), ..View::default() };
    let error = render::write(&support::life::many(), &view, Format::Text, &style, &mut out).unwrap_err();
    assert_eq!(error.to_string(), "there is no connection 99: this timeline has connections 1 to 6");
    assert!(out.is_empty());
}

#[test]
fn unknown_fields_and_kinds_are_passed_over() {
    let mut json = support::contract::json(&support::life::refused());
    json["events"][0]["of_a_later_version"] = 1.into();
    json["events"].as_array_mut().unwrap().push(serde_json::json!({
        "id": 3, "connection": 1, "t_ns": 50_000, "phase": "open", "kind": "later", "text": {"a": [1, 2]}
    }));
    support::contract::assert_valid(&json);
    let timeline: Timeline = serde_json::from_value(json).unwrap();
    let style = Style::new(Lang::En, Charset::Ascii, 80);
    assert_eq!(draw(&timeline, style), draw(&support::life::refused(), style));
}

/// The decoder and the pictures call a reason by the same words, each in its own room.
#[test]
fn what_was_left_out_is_said_with_its_reason() {
    for lang in [Lang::En, Lang::Zh] {
        let style = Style::new(lang, Charset::Unicode, 100);
        for reason in Reason::ALL {
            let mut timeline = support::life::refused();
            timeline.source.skipped = vec![Skipped { reason: reason.name().to_string(), count: 3 }];
            let ordinary = matches!(reason, Reason::NotIp | Reason::NotTcp | Reason::IcmpError | Reason::IpFragment);
            assert_eq!(draw(&timeline, style).contains(reason.words(lang)), !ordinary, "{reason:?}");

            (timeline.connections, timeline.events) = Default::default();
            timeline.source.packets = Packets { seen: 3, decoded: 0, dropped: 0, captured_twice: 0 };
            let picture = draw(&timeline, style);
            assert!(picture.contains(reason.words(lang)), "{reason:?}:\n{picture}");
            assert!(picture.contains(lang.pick("0 of 3 packets", "3 个数据包中没有")), "{picture}");
        }
        let mut empty = support::life::refused();
        (empty.connections, empty.events) = Default::default();
        empty.source.packets = Packets::default();
        assert!(draw(&empty, style).contains(lang.pick("there was no packet", "一个数据包也没有")));
    }
}

/// Whoever looks at many connections at 80 columns sees how much was sent and what became of it.
#[test]
fn the_table_keeps_data_and_verdict() {
    for style in styles(&[60, 80, 100, 120, 200]) {
        let picture = draw(&support::life::many(), style);
        let (data, verdict, ok) =
            (style.lang.pick("data", "数据"), style.lang.pick("verdict", "结论"), style.lang.pick("ok", "正常"));
        let head = picture.lines().find(|line| line.contains(data) && line.contains(verdict));
        assert!(head.is_some() && picture.contains(ok), "{style:?}\n{picture}");
        let closer = style.lang.pick("closer", "主动");
        assert!(style.width < 80 || head.is_some_and(|head| head.contains("TIME-WAIT") && head.contains(closer)));
    }
}

/// The verdict says whose FIN nothing answered, by name where it has one; of a side alone it says nothing.
#[test]
fn whose_fin_is_unanswered() {
    let mut timeline = support::life::many();
    let connection = &mut timeline.connections[0];
    connection.close.kind = CloseKind::UnansweredFin;
    connection.last_states.client = Some(synfin::tcp::State::TimeWait);
    connection.last_states.server = Some(synfin::tcp::State::LastAck);
    let wide = styles(&[160])[0];
    assert!(draw(&timeline, wide).contains("server FIN unanswered"), "{}", draw(&timeline, wide));
    let server = timeline.endpoint(&timeline.connections[0].server).map(|endpoint| endpoint.ip.to_string()).unwrap();
    timeline.relabel(&[format!("{server}=Web").parse().unwrap()]);
    assert!(draw(&timeline, wide).contains("Web FIN unanswered"), "{}", draw(&timeline, wide));
    timeline.connections[0].open.kind = OpenKind::OneSided;
    assert!(!draw(&timeline, wide).contains("FIN unanswered"), "{}", draw(&timeline, wide));
}

/// In a capture near the server the round trips of the client's data end at the server.
#[test]
fn round_trips_of_a_part_of_the_way_are_called_so() {
    let mut timeline = support::life::download();
    let head = |timeline: &Timeline| draw(timeline, styles(&[120])[0]).replace("\n           ", "");
    let rtt = |min_ns, median_ns| Rtt { samples: 50, min_ns, median_ns, max_ns: median_ns, ..Rtt::default() };
    let connection = &mut timeline.connections[0];
    (connection.open.syn_to_synack_ns, connection.open.synack_to_ack_ns) = (Some(30_000), Some(20_000_000));
    connection.totals.client.rtt = Some(rtt(1_000, 3_000));
    connection.totals.server.rtt = Some(rtt(19_000_000, 20_000_000));
    assert!(!head(&timeline).contains("only from the capture"), "on loopback there is no way");
    timeline.source.vantage = Vantage::Network;
    let told = head(&timeline);
    assert!(
        told.contains("client's only from the capture to server and back") && !told.contains("server's only"),
        "{told}"
    );
    timeline.source.vantage = Vantage::Both;
    assert!(!head(&timeline).contains("only from the capture"));
}

/// A FIN that comes again during TIME-WAIT belongs to the close, but the ladder does not go back to it.
#[test]
fn a_rearmed_time_wait_has_one_heading() {
    const S: i64 = 1_000_000_000;
    let mut build = Build::new();
    build.handshake(20_000_000);
    build.phase(Phase::Close).at(S).c("FIN,ACK", 1, Some(1), 0).at(2 * S).s("FIN,ACK", 1, Some(2), 0);
    build.timer(true, TimerAction::Begins, Some(62 * S), None).c("ACK", 2, Some(2), 0);
    for again in [3, 5] {
        build.phase(Phase::Close).at(again * S).s("FIN,ACK", 1, Some(2), 0);
        build.phase(Phase::TimeWait).timer(true, TimerAction::Rearmed, Some((again + 60) * S), None);
        build.phase(Phase::Close).c("ACK", 2, Some(2), 0);
    }
    build.phase(Phase::TimeWait).at(65 * S).timer(true, TimerAction::Expired, None, Some(0));
    build.phase(Phase::Close).at(66 * S).s("FIN,ACK", 1, Some(2), 0);
    let ladder = Ladder::of(&build.done(), 1).unwrap();
    let headings: Vec<Phase> = ladder
        .rows
        .iter()
        .filter_map(|row| match row.content {
            Content::Phase(phase) => Some(phase),
            _ => None,
        })
        .collect();
    assert_eq!(headings, [Phase::Open, Phase::Close, Phase::TimeWait]);
}

/// Data that is said or repeated after a FIN is within the close.
#[test]
fn the_close_has_one_heading() {
    const S: i64 = 1_000_000_000;
    let mut build = Build::new();
    build.handshake(20_000_000);
    build.phase(Phase::Close).at(S).c("FIN,ACK", 1, Some(1), 0);
    build.phase(Phase::Data).at(2 * S).s("PSH,ACK", 1, Some(2), 10);
    build.phase(Phase::Close).at(3 * S).s("FIN,ACK", 11, Some(2), 0).c("ACK", 2, Some(12), 0);
    let ladder = Ladder::of(&build.done(), 1).unwrap();
    let headings = ladder.rows.iter().filter(|row| matches!(row.content, Content::Phase(_))).count();
    assert_eq!(headings, 2);
}

/// Ladders that take turns each count from their own zero: every turn says when that was.
#[test]
fn a_turn_says_where_its_zero_is() {
    let timeline = support::life::refused();
    let lanes = Lanes::of(&timeline, &timeline.connections[0]);
    for (lang, width, words) in [
        (Lang::En, 80, " (0 = 1.203 s into the capture)"),
        (Lang::En, 44, "\n (0 = 1.203 s into the capture)"),
        (Lang::Zh, 80, " （0 = 捕获开始后 1.203 s）"),
    ] {
        let style = Style::new(lang, Charset::Unicode, width);
        let turn = |origin_ns| {
            let mut out = Vec::new();
            text::Drawer::new(style, lanes.clone(), origin_ns).turn(2, false, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(turn(1_203_456_789).contains(words), "{}", turn(1_203_456_789));
        assert!(!turn(0).contains("0 ="), "{}", turn(0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_timeline_keeps_to_its_width(timeline in any_timeline(), width in 20..170_usize, lang in 0..2, charset in 0..3_usize) {
        let lang = if lang == 0 { Lang::En } else { Lang::Zh };
        let style = Style::new(lang, CHARSETS[charset], width);
        let views = std::iter::once(None).chain(timeline.connections.iter().map(|connection| Some(connection.id)));
        for connection in views {
            let mut out = Vec::new();
            render::write(&timeline, &View { connection, ..View::default() }, Format::Text, &style, &mut out).unwrap();
            let picture = String::from_utf8(out).unwrap();
            for line in picture.lines() {
                prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
                prop_assert!(!line.chars().any(|c| c.is_control()), "{line:?}");
            }
        }
    }
}

#[test]
fn ten_megabytes_of_text_and_thousands_of_notes_stay_readable() {
    let mut build = Build::new();
    build.c("SYN", 0, None, 0);
    for _ in 0..5_000 {
        build.note(Severity::Lesson, "again and again", "一遍又一遍");
    }
    let mut timeline = build.done();
    timeline.connections[0].verdict = Text::new("long ".repeat(2_000_000), "长".repeat(3_000_000));
    timeline.source.name = "x".repeat(10_000_000);
    for style in styles(&[40, 80, 120]) {
        let lines = draw(&timeline, style).lines().count();
        assert!(lines < 90, "{lines} lines");
    }
}
