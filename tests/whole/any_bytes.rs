//! Whatever the octets: nothing panics, the timeline keeps to its contract, and it can be drawn; and octets that come a
//! few at a time say the same as all at once.

use crate::cases;
use crate::support::contract;
use crate::support::packet::{Endian, PcapFile};
use crate::support::talk::{self, Talk, gzip, pcap, pcapng, wishes};
use proptest::prelude::*;
use std::io::{self, Read};
use synfin::analyze::{Analyzer, Ending};
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::source::CaptureReader;
use synfin::timeline::{Lang, SourceKind, Timeline};

/// The timeline of a capture file in memory; `None` where it is none.
fn timeline(reader: impl Read + Send + 'static, full: bool) -> Option<Timeline> {
    let mut reader = CaptureReader::from_reader(reader).ok()?;
    let mut analyzer = Analyzer::new(wishes(full));
    while let Some(frame) = reader.next() {
        analyzer.push(&frame);
    }
    let warnings = reader.damage().iter().map(|damage| damage.text()).collect();
    Some(analyzer.finish(SourceKind::File, "bytes", Ending { warnings, ..Ending::default() }))
}

/// Draws in every way; nothing that is hostile in a terminal may come out.
fn draw(timeline: &Timeline, width: usize) {
    for lang in [Lang::En, Lang::Zh] {
        for charset in [Charset::Unicode, Charset::Narrow, Charset::Ascii] {
            let style = Style::new(lang, charset, width);
            for connection in [None, timeline.connections.last().map(|connection| connection.id)] {
                let mut out = Vec::new();
                render::write(timeline, &View { connection, ..View::default() }, Format::Text, &style, &mut out)
                    .unwrap();
                let text = String::from_utf8(out).unwrap();
                assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
            }
        }
    }
}

fn check(bytes: Vec<u8>, width: usize) {
    for full in [true, false] {
        if let Some(timeline) = timeline(io::Cursor::new(bytes.clone()), full) {
            contract::json(&timeline);
            contract::assert_sound(&timeline);
            let packets = timeline.source.packets;
            let skipped: u64 = timeline.source.skipped.iter().map(|skipped| skipped.count).sum();
            assert_eq!(packets.decoded + skipped, packets.seen);
            draw(&timeline, width);
        }
    }
}

/// Gives a few octets at a time.
struct Pieces {
    bytes: io::Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(buffer.len());
        self.turn += 1;
        // A signal may come at any time, and must not be taken for the end.
        if self.turn % 7 == 3 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.bytes.read(&mut buffer[..size])
    }
}

fn captures(talk: &Talk) -> [Vec<u8>; 4] {
    let (pcap, pcapng) = (pcap(talk), pcapng(talk));
    let packed = [gzip(&pcap), gzip(&pcapng)];
    let [one, two] = packed;
    [pcap, pcapng, one, two]
}

#[test]
fn the_sequences_in_every_file_format_and_width() {
    for (name, talk) in Talk::all() {
        eprintln!("{name}");
        let whole = talk.timeline(true);
        for bytes in captures(&talk) {
            let read = timeline(io::Cursor::new(bytes.clone()), true).unwrap();
            assert_eq!(read.events.len() as u64, whole.events.len() as u64 - ended(&whole) + ended(&read));
            check(bytes, 80);
        }
        for width in [20, 40, 50, 79, 200] {
            draw(&whole, width);
        }
    }
}

/// Events that the end of the capture makes: a file ends with its last packet.
fn ended(timeline: &Timeline) -> u64 {
    use synfin::timeline::{Detail, TimerAction};
    let is_end = |detail: &Detail| matches!(detail, Detail::Timer(timer) if matches!(timer.action, TimerAction::CaptureEnded | TimerAction::Expired));
    timeline.events.iter().filter(|event| is_end(&event.detail)).count() as u64
}

/// The handshake's two halves, from before 1970 to long after, add up to more than 63 bits.
#[test]
fn a_handshake_as_long_as_time() {
    let mut bytes = pcapng(&talk::download(40000, 1));
    let first_packet = bytes.windows(4).position(|block| block == [6, 0, 0, 0]).unwrap();
    // One wrong octet: the highest of the first packet's time.
    bytes[first_packet + 15] |= 0x80;
    let timeline = timeline(io::Cursor::new(bytes.clone()), true).unwrap();
    assert_eq!(timeline.connections[0].open.rtt_ns, Some(i64::MAX));
    check(bytes, 80);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn octets_of_no_meaning(bytes in prop::collection::vec(any::<u8>(), 0..400), magic in 0_usize..6, width in 20_usize..140) {
        let magics: [&[u8]; 6] = [
            &[],
            &[0xa1, 0xb2, 0xc3, 0xd4],
            &[0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0],
            &[0x0a, 0x0d, 0x0d, 0x0a],
            &[0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0],
            &[0x1f, 0x8b, 8, 0],
        ];
        check([magics[magic], &bytes].concat(), width);
    }

    #[test]
    fn frames_of_no_meaning(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..120), 1..12), link in 0_usize..9) {
        let links = [0, 1, 101, 108, 113, 228, 229, 276, 147];
        let mut file = PcapFile::new(Endian::Little, PcapFile::MICRO, links[link], 0);
        for (place, frame) in frames.iter().enumerate() {
            file.record(place as u32, 0, frame, frame.len() as u32 + place as u32);
        }
        check(file.bytes, 80);
    }

    #[test]
    fn captures_with_wrong_octets(
        talk in talk::random(),
        format in 0_usize..4,
        wrong in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        width in 20_usize..140,
    ) {
        let mut bytes = captures(&talk)[format].clone();
        for (place, octet) in wrong {
            let place = place.index(bytes.len());
            bytes[place] = octet;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        check(bytes, width);
    }

    #[test]
    fn plausible_conversations(talk in talk::random(), width in 20_usize..140) {
        let timeline = talk.timeline(false);
        contract::json(&timeline);
        contract::assert_sound(&timeline);
        draw(&timeline, width);
    }

    /// A clock that is set, or a file that lies.
    #[test]
    fn conversations_through_time(
        talk in talk::random(),
        jumps in prop::collection::vec((any::<prop::sample::Index>(), any::<i64>()), 1..4),
        end in any::<i64>(),
    ) {
        let mut talk = talk;
        for (place, time) in jumps {
            let place = place.index(talk.shots.len());
            talk.shots[place].time = time;
        }
        talk.end = end;
        let timeline = talk.timeline(false);
        contract::json(&timeline);
        contract::assert_sound(&timeline);
        draw(&timeline, 80);
    }

    #[test]
    fn pieces_say_the_same_as_the_whole(
        talk in talk::random(),
        format in 0_usize..4,
        sizes in prop::collection::vec(1_usize..70, 1..9),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = captures(&talk)[format].clone();
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let whole = timeline(io::Cursor::new(bytes.clone()), false);
        let pieces = timeline(Pieces { bytes: io::Cursor::new(bytes), sizes, turn: 0 }, false);
        prop_assert_eq!(pieces, whole);
    }
}
