//! Octets as a capture file, from there to every output.

use super::sound::assert_sound;
use std::io;
use synfin::analyze::{Analyzer, Told, Wishes};
use synfin::assemble::{Remarks, Watch};
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::safe::{is_hostile, safe};
use synfin::source::{Backwards, CaptureReader};
use synfin::tcp::MslProfile;
use synfin::timeline::{Lang, SourceKind, Timeline};

const MOST_FRAMES: usize = 20_000;

pub fn run(bytes: &[u8]) {
    let Ok(mut reader) = CaptureReader::from_reader(io::Cursor::new(bytes.to_vec())) else { return };
    let (watch, full) = [(Watch::All, true), (Watch::All, false), (Watch::Sole, false)][sum(bytes) / 720 % 3];
    let mut analyzer = Analyzer::new(Wishes { watch, full, msl: MslProfile::Linux, ..Wishes::default() });
    let mut frames = 0;
    let mut told = Told::default();
    let (mut backwards, mut remarks) = (Backwards::default(), Remarks::default());
    while let Some(frame) = reader.next() {
        let number = frame.number;
        backwards.see(number, frame.time);
        analyzer.push(&frame);
        if let (Some(comment), Some((src, dst))) = (reader.comment(), analyzer.last_ends()) {
            remarks.add(number, src, dst, comment);
        }
        frames += 1;
        if frames == MOST_FRAMES {
            break;
        }
    }
    told.file("harness", &reader, &backwards);
    told.remarks(remarks);
    let timeline = analyzer.finish(SourceKind::File, &safe("harness"), told.ending);
    check(&timeline, style(bytes));
}

/// What chooses among ways that are all to be tried, but not all for each input: each is tried as often, and a run stays fast.
pub fn sum(bytes: &[u8]) -> usize {
    bytes.iter().fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)))
}

/// One of all ways to draw.
pub fn style(bytes: &[u8]) -> Style {
    let sum = sum(bytes);
    let lang = [Lang::En, Lang::Zh][sum % 2];
    let charset = [Charset::Unicode, Charset::Narrow, Charset::Ascii][sum / 2 % 3];
    Style::new(lang, charset, 20 + sum / 6 % 120)
}

/// A timeline of whatever octets: it contradicts itself nowhere, survives its JSON, and draws nothing hostile.
pub fn check(timeline: &Timeline, style: Style) {
    assert_sound(timeline);
    let packets = timeline.source.packets;
    let skipped: u64 = timeline.source.skipped.iter().map(|skipped| skipped.count).sum();
    assert_eq!(packets.decoded + skipped, packets.seen, "packets");
    survives_json(timeline, &style);
    let last = timeline.connections.last().map(|connection| connection.id);
    let mut table = Vec::new();
    render::table::write(timeline, None, &style, &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    let formats = [(None, Format::Text), (last, Format::Text), (None, Format::Waterfall), (None, Format::Har)];
    for text in formats.map(|(one, format)| draw(timeline, one, format, &style)).into_iter().chain([table]) {
        assert!(!text.replace('\n', "").contains(is_hostile), "hostile: {text:?}");
    }
}

fn survives_json(timeline: &Timeline, style: &Style) {
    let json = draw(timeline, None, Format::Json, style);
    assert!(!json.replace('\n', "").contains(is_hostile), "hostile JSON");
    let read: Timeline = serde_json::from_str(&json).unwrap();
    assert!(read == *timeline, "the timeline is another after JSON");
    assert_eq!(draw(&read, None, Format::Json, style), json);
}

fn draw(timeline: &Timeline, connection: Option<u64>, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    render::write(timeline, &View { connection, ..View::default() }, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
