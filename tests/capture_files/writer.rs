//! What synfin writes, it reads again.

use super::{Kept, kept, read};
use proptest::prelude::*;
use synfin::source::{Frame, LinkType, PcapWriter, Timestamp};

#[test]
fn what_is_written_is_read_again() {
    let frames: Vec<Kept> =
        (0..50_u8).map(|i| kept(i64::from(i) * 1_234_567_891, &vec![i; usize::from(i) * 40])).collect();
    let mut out = Vec::new();
    let mut writer = PcapWriter::new(&mut out, LinkType::ETHERNET, 0).unwrap();
    let frame = |kept: &Kept, link| {
        let bytes: &'static [u8] = kept.bytes.clone().leak();
        Frame { number: 1, time: Timestamp(kept.time), link, wire_len: kept.wire_len, bytes, interface: 0 }
    };
    for one in &frames {
        writer.write(&frame(one, LinkType::ETHERNET)).unwrap();
    }
    assert!(writer.write(&frame(&frames[0], LinkType::RAW)).is_err());
    writer.flush().unwrap();
    drop(writer);
    assert_eq!(read(&out), (frames, vec![]));
}

#[test]
fn the_writer_cuts_to_its_snaplen() {
    let mut out = Vec::new();
    let mut writer = PcapWriter::new(&mut out, LinkType::ETHERNET, 10).unwrap();
    let bytes: &[u8] = &[7; 60];
    let frame = Frame { number: 1, time: Timestamp(-5), link: LinkType::ETHERNET, wire_len: 60, bytes, interface: 0 };
    writer.write(&frame).unwrap();
    drop(writer);
    let (frames, _) = read(&out);
    assert_eq!((frames[0].bytes.len(), frames[0].wire_len, frames[0].time), (10, 60, 0));
}

proptest! {
    #[test]
    fn every_file_survives_the_writer(records in proptest::collection::vec((0..i64::from(u32::MAX) * 1_000_000_000, proptest::collection::vec(any::<u8>(), 0..300)), 0..20)) {
        let mut out = Vec::new();
        let mut writer = PcapWriter::new(&mut out, LinkType::RAW, 0).unwrap();
        for (time, bytes) in &records {
            let frame = Frame {
                number: 1, time: Timestamp(*time), link: LinkType::RAW, wire_len: 2000, bytes, interface: 0,
            };
            writer.write(&frame).unwrap();
        }
        drop(writer);
        let (frames, damage) = read(&out);
        prop_assert_eq!(damage, []);
        let back: Vec<(i64, Vec<u8>)> = frames.into_iter().map(|frame| (frame.time, frame.bytes)).collect();
        prop_assert_eq!(back, records);
    }
}
