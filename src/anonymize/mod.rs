//! A timeline that can be shown to others: addresses and names become those of documentation, what was said is left out, and nothing
//! tells when it was. The same address is the same everywhere.

mod fields;
mod phrases;
mod places;
mod text;

use crate::timeline::{Asked, Content, Detail, Overview, RawData, Text, Timeline};
use fields::Holds;
use places::Places;
use serde_json::Value;

/// What is still told, so that nobody is misled.
pub fn not_hidden() -> Text {
    Text::new(
        "anonymized; not hidden are ports, lengths, timing, sequence numbers, timestamps, windows and options: they can tell systems apart",
        "已匿名；未隐藏端口、长度、时间间隔、序号、时间戳、窗口和选项：它们可能让人辨认出系统",
    )
}

/// The timeline without what tells whose it is. Names in `own` were given by who shows it, and stay.
///
/// # Errors
/// That the result keeps no more to the timeline's own rules, which would be a bug: then nothing is given out.
pub fn anonymize(mut timeline: Timeline, own: &[&str]) -> Result<Timeline, serde_json::Error> {
    let mut places = Places::keeping(own);
    empty(&mut timeline, &mut places);
    let mut value = serde_json::to_value(&timeline)?;
    rewrite(&mut value, Holds::Sentence, &mut places);
    serde_json::from_value(value)
}

/// Records of one lookup that sentences may tell.
const MOST_TOLD: usize = 8;

/// Leaves out what was said and by whom, and learns the names that stand anywhere else.
fn empty(timeline: &mut Timeline, places: &mut Places) {
    let source = &mut timeline.source;
    source.anonymized = true;
    source.name = "capture".into();
    source.warnings.iter_mut().for_each(without_file);
    (source.start, source.captured_by) = (None, None);
    source.interfaces.clear();
    source.comments.clear();
    for endpoint in &mut timeline.endpoints {
        endpoint.process = None;
        endpoint.name.iter().for_each(|name| places.learn(name));
    }
    let listed = timeline.lookups.iter_mut().map(|other| &mut other.lookup);
    let told = timeline.events.iter_mut().filter_map(|event| match &mut event.detail {
        Detail::Lookup(lookup) => Some(lookup.as_mut()),
        _ => None,
    });
    for lookup in listed.chain(told) {
        lookup.program = None;
        for name in std::iter::once(&lookup.name).chain(&lookup.aliases) {
            places.learn(name);
        }
        // What records hold may be anything: keys, mail addresses.
        let data: Vec<String> = lookup.records.iter_mut().map(|record| std::mem::take(&mut record.data)).collect();
        // Steps say it again.
        for data in data.iter().take(MOST_TOLD).filter(|data| !places.learn_data(data)) {
            for text in [&mut lookup.text.en, &mut lookup.text.zh] {
                *text = without_short(text, data);
            }
        }
        if let Asked::HostsFile { path } = &lookup.asked {
            places.learn_path(path);
        }
    }
    let hosts = timeline.overview.iter().flat_map(Overview::hosts);
    hosts.filter_map(|host| host.name.as_ref()).for_each(|name| places.learn(name));
    // A condition may hold parts of names.
    if let Some(selection) = &mut timeline.selection {
        selection.filter = None;
    }
    timeline.other_calls.iter_mut().for_each(|other| other.call.program = None);
    for event in &mut timeline.events {
        event.comments.clear();
        match &mut event.detail {
            Detail::Segment(segment) => segment.octets = None,
            Detail::Call(call) => call.program = None,
            Detail::Message(message) => {
                message.content = Content::Data(RawData { hex: String::new() });
                message.parts.clear();
                message.chunks.clear();
                message.problems.clear();
            }
            _ => {}
        }
    }
}

/// Every text, as its field wants; a list holds what its field does.
fn rewrite(value: &mut Value, holds: Holds, places: &mut Places) {
    match value {
        Value::String(text) => match holds {
            Holds::Word if fields::is_word(text) => {}
            Holds::Id if fields::is_word(text) => {}
            Holds::Section if fields::is_section(text) => {}
            Holds::Word | Holds::Section => *text = "…".into(),
            Holds::Id => *text = places.hide(text),
            Holds::Place => *text = places.hide_place(text),
            Holds::Sentence => *text = places.hide(text),
            Holds::Nothing => text.clear(),
        },
        Value::Array(list) => list.iter_mut().for_each(|one| rewrite(one, holds, places)),
        Value::Object(fields) => {
            // The program's own name is no host's.
            for (name, field) in fields.iter_mut().filter(|(name, _)| *name != "generator") {
                rewrite(field, fields::of(name).unwrap_or(Holds::Sentence), places);
            }
        }
        _ => {}
    }
}

/// What a record holds is too short to be known elsewhere: it is left out where it stands alone, as `→ e, f` tells it.
fn without_short(text: &str, data: &str) -> String {
    let between = [' ', ',', '，', '、', '。', '；', ';'];
    let others = |part: &str| match part.strip_suffix(between) {
        Some(bare) if bare == data => part.replacen(data, "…", 1),
        None if part == data => "…".into(),
        _ => part.to_string(),
    };
    if data.is_empty() { text.into() } else { text.split_inclusive(between).map(others).collect() }
}

/// A warning about a file begins with the file's name, in both languages.
fn without_file(warning: &mut Text) {
    let Text { en, zh } = warning;
    for (behind_en, behind_zh) in [(": ", "："), (" lacks ", " 缺少 ")] {
        let Some((file, told)) = en.split_once(behind_en) else { continue };
        let Some(told_zh) = zh.strip_prefix(file).and_then(|zh| zh.strip_prefix(behind_zh)) else { continue };
        (*en, *zh) = (format!("capture{behind_en}{told}"), format!("capture{behind_zh}{told_zh}"));
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_data_are_left_out_where_they_stand_alone() {
        let text = "lookup e.lab.test TXT → e, f, e by /etc/hosts";
        assert_eq!(without_short(text, "e"), "lookup e.lab.test TXT → …, f, … by /etc/hosts");
        assert_eq!(without_short("查询 e.test → e，f", "e"), "查询 e.test → …，f");
        assert_eq!(without_short("e", "e"), "…");
        assert_eq!(without_short("a b", ""), "a b");
    }

    #[test]
    fn a_warning_does_not_name_its_file() {
        for (en, zh, en_without, zh_without) in [
            ("my work.pcap: it is cut", "my work.pcap：被截断", "capture: it is cut", "capture：被截断"),
            ("a.pcap lacks 3 packets", "a.pcap 缺少 3 个数据包", "capture lacks 3 packets", "capture 缺少 3 个数据包"),
            ("3 packets: gone", "3 个数据包：丢失", "3 packets: gone", "3 个数据包：丢失"),
        ] {
            let mut warning = Text::new(en, zh);
            without_file(&mut warning);
            assert_eq!(warning, Text::new(en_without, zh_without));
        }
    }
}
