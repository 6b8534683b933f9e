//! Capture files of all kinds and states, through the public reader and writer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod metadata;
mod packed;
mod pcapng;
mod snoop;
mod writer;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use support::packet::{Endian, PcapFile, PcapngFile};
use synfin::source::{CaptureReader, DamageKind, OpenError, Packing};

/// A frame that outlives its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    time: i64,
    link: u16,
    wire_len: u32,
    interface: u32,
    bytes: Vec<u8>,
    comment: Option<String>,
}

fn kept(time: i64, bytes: &[u8]) -> Kept {
    Kept { time, link: 1, wire_len: bytes.len() as u32, interface: 0, bytes: bytes.to_vec(), comment: None }
}

fn reader(bytes: &[u8]) -> Result<CaptureReader, OpenError> {
    CaptureReader::from_reader(Cursor::new(bytes.to_vec()))
}

fn drain(reader: &mut CaptureReader) -> Vec<Kept> {
    let mut all = Vec::new();
    while let Some(frame) = reader.next() {
        assert_eq!(frame.number, all.len() as u64 + 1);
        let mut one = kept(frame.time.0, frame.bytes);
        (one.link, one.wire_len, one.interface) = (frame.link.0, frame.wire_len, frame.interface);
        one.comment = reader.comment().map(str::to_owned);
        all.push(one);
    }
    assert!(reader.next().is_none(), "the end stays the end");
    all
}

fn read(bytes: &[u8]) -> (Vec<Kept>, Vec<DamageKind>) {
    let mut reader = reader(bytes).unwrap();
    let frames = drain(&mut reader);
    (frames, reader.damage().iter().map(|damage| damage.kind.clone()).collect())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn two_records(endian: Endian, magic: u32) -> Vec<u8> {
    let mut file = PcapFile::new(endian, magic, 0xf400_0001, 65535);
    file.record(1, 2, &[1, 2, 3], 3).record(3, 4, &[9; 70], 1500);
    file.bytes
}

#[test]
fn every_classic_pcap() {
    for endian in [Endian::Little, Endian::Big] {
        let variants = [(PcapFile::MICRO, 1000), (PcapFile::NANO, 1), (PcapFile::MODIFIED, 1000), (PcapFile::IXIA, 1)];
        for (magic, unit) in variants {
            let (frames, damage) = read(&two_records(endian, magic));
            let mut second = kept(3_000_000_000 + 4 * unit, &[9; 70]);
            second.wire_len = 1500;
            assert_eq!(frames, [kept(1_000_000_000 + 2 * unit, &[1, 2, 3]), second], "{endian:?} {magic:x}");
            assert_eq!(damage, []);
        }
    }
}

#[test]
fn a_cut_pcap_gives_what_is_whole() {
    let whole = two_records(Endian::Little, PcapFile::MICRO);
    for missing in 1..70 + 16 {
        let (frames, damage) = read(&whole[..whole.len() - missing]);
        assert_eq!(frames.len(), 1);
        // A cut header hides how much would have followed it.
        let expected = if missing > 70 { missing as u64 - 70 } else { missing as u64 };
        assert_eq!(damage, [DamageKind::Cut { missing: expected }]);
    }
    let (frames, damage) = read(&whole[..whole.len() - 86]);
    assert_eq!((frames.len(), damage.len()), (1, 0), "cut between records is no damage that can be seen");
}

#[test]
fn damage_says_where() {
    let mut file = PcapFile::new(Endian::Little, PcapFile::MICRO, 1, 96);
    file.record(1, 0, &[0; 60], 60).header(2, 0, 262_145, 262_145);
    file.bytes.extend([0; 100]);
    let mut reader = reader(&file.bytes).unwrap();
    assert_eq!(drain(&mut reader).len(), 1);
    let damage = &reader.damage()[0];
    assert_eq!(damage.kind, DamageKind::AbsurdLength { length: 262_145, limit: 262_144 });
    assert_eq!((damage.offset, damage.packets), (24 + 16 + 60, 1));
}

#[test]
fn reading_goes_on_behind_a_lost_octet() {
    for magic in [PcapFile::MICRO, PcapFile::NANO, PcapFile::MODIFIED] {
        let mut file = PcapFile::new(Endian::Little, magic, 1, 65535);
        let mut starts = vec![];
        for second in 0..10 {
            starts.push(file.bytes.len());
            file.record(1_700_000_000 + second, 999, &[0x11; 100], 100);
        }
        file.bytes.remove(starts[4] + 50);
        let (frames, damage) = read(&file.bytes);
        // The fifth took its missing octet from the sixth, whose header is then broken.
        let seconds: Vec<i64> = frames.iter().map(|frame| frame.time / 1_000_000_000 - 1_700_000_000).collect();
        assert_eq!(seconds, [0, 1, 2, 3, 4, 6, 7, 8, 9], "{magic:x}");
        assert_eq!(damage, [DamageKind::Gap { skipped: (starts[1] - starts[0]) as u64 - 1 }]);
    }
}

#[test]
fn a_large_snaplen_allows_large_records() {
    let mut file = PcapFile::new(Endian::Big, PcapFile::NANO, 1, 600_000);
    let big: Vec<u8> = (0..524_400_u32).map(|i| (i % 251) as u8).collect();
    file.record(1, 0, &[1; 60], 60).record(2, 0, &big, big.len() as u32).record(3, 0, &[3; 60], 60);
    let (frames, damage) = read(&file.bytes);
    assert_eq!(frames.iter().map(|frame| frame.bytes.len()).collect::<Vec<_>>(), [60, 524_400, 60]);
    assert!(frames[1].bytes == big);
    assert_eq!(damage, []);
}

#[test]
fn an_original_length_below_the_captured_one_is_tolerated() {
    let mut file = PcapFile::new(Endian::Little, PcapFile::MICRO, 1, 65535);
    file.record(1, 0, &[5; 60], 40);
    assert_eq!(read(&file.bytes), (vec![kept(1_000_000_000, &[5; 60])], vec![]));
}

#[test]
fn gzip_of_either_even_in_several_members() {
    let file = two_records(Endian::Little, PcapFile::MICRO);
    let (head, tail) = file.split_at(50);
    let packed = [gzip(head), gzip(tail)].concat();
    assert_eq!(read(&packed), read(&file));
    assert_eq!(reader(&packed).unwrap().packing(), Some(Packing::Gzip));

    let mut file = PcapngFile::new();
    file.section(Endian::Big, &[]).interface(1, 0, &[]).enhanced(0, 5, &[2; 3], 3, &[]);
    assert_eq!(read(&gzip(&file.bytes)), (vec![kept(5000, &[2; 3])], vec![]));
}

#[test]
fn a_cut_gzip_gives_what_could_be_unpacked() {
    let mut file = PcapFile::new(Endian::Little, PcapFile::MICRO, 1, 65535);
    let mut noise = 1_u32;
    for second in 0..2000 {
        let frame: Vec<u8> = (0..60)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 24) as u8
            })
            .collect();
        file.record(second, 0, &frame, 60);
    }
    let packed = gzip(&file.bytes);
    let (frames, damage) = read(&packed[..packed.len() / 2]);
    assert!(frames.len() > 500 && frames.len() < 1500, "{}", frames.len());
    assert!(matches!(damage.last(), Some(DamageKind::Unpack(_))), "{damage:?}");
}

/// Fails after so many octets.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(std::io::Error::other("the disk is gone")),
            n => Ok(n),
        }
    }
}

#[test]
fn a_failing_device_is_told() {
    let file = two_records(Endian::Little, PcapFile::MICRO);
    let mut reader = CaptureReader::from_reader(Failing(Cursor::new(file))).unwrap();
    assert_eq!(drain(&mut reader).len(), 2);
    assert_eq!(reader.damage()[0].kind, DamageKind::Read("the disk is gone".into()));
    let failing = CaptureReader::from_reader(Failing(Cursor::new(vec![])));
    assert!(matches!(failing, Err(OpenError::Read { .. })));
}

#[test]
fn what_is_no_capture_is_said() {
    assert!(matches!(reader(&[]), Err(OpenError::Empty { .. })));
    assert!(matches!(reader(b"ab"), Err(OpenError::NotACapture { .. })));
    assert!(matches!(reader(b"GET / HTTP/1.1"), Err(OpenError::NotACapture { .. })));
    assert!(matches!(reader(&gzip(b"hello world")), Err(OpenError::NotACapture { .. })));
    let cut = &two_records(Endian::Big, PcapFile::NANO)[..23];
    assert!(matches!(reader(cut), Err(OpenError::HeaderCut { octets: 23, .. })));
    let missing = CaptureReader::open("no/such/file.pcap").map(|_| ()).unwrap_err();
    assert!(missing.to_string().contains("no/such/file.pcap"));
    assert!(CaptureReader::open(env!("CARGO_MANIFEST_DIR")).is_err());
}

/// Gives few octets at a time, as a pipe may.
struct Pieces(Cursor<Vec<u8>>, usize);

impl Read for Pieces {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = self.1.min(out.len());
        self.0.read(&mut out[..most])
    }
}

/// Beginnings of real files, so that noise gets past the front door.
fn beginnings() -> impl Strategy<Value = Vec<u8>> {
    let mut pcapng = PcapngFile::new();
    pcapng.section(Endian::Big, &[]).interface(1, 0, &[(9, &[0x8a])]).enhanced(0, 1, &[1; 20], 20, &[(1, b"c")]);
    prop_oneof![
        Just(vec![]),
        Just(two_records(Endian::Little, PcapFile::MICRO)),
        Just(two_records(Endian::Big, PcapFile::MODIFIED)),
        Just(gzip(&two_records(Endian::Big, PcapFile::NANO))),
        Just(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
        Just(pcapng.bytes),
    ]
}

proptest! {
    #[test]
    fn any_bytes_end_without_panic(start in beginnings(), noise in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(mut reader) = reader(&[start, noise].concat()) {
            drain(&mut reader);
            for damage in reader.damage() {
                prop_assert!(!damage.text().en.is_empty());
            }
        }
    }

    #[test]
    fn any_flipped_octet_ends_without_panic(start in beginnings(), place in any::<prop::sample::Index>(), value: u8) {
        let mut bytes = start;
        if !bytes.is_empty() {
            let at = place.index(bytes.len());
            bytes[at] = value;
            if let Ok(mut reader) = reader(&bytes) {
                drain(&mut reader);
            }
        }
    }

    #[test]
    fn pieces_at_a_time_equal_all_at_once(start in beginnings(), noise in proptest::collection::vec(any::<u8>(), 0..200), piece in 1..40_usize) {
        let bytes = [start.clone(), start, noise].concat();
        let all = reader(&bytes).map(|mut reader| (drain(&mut reader), reader.damage().to_vec()));
        let pieces = CaptureReader::from_reader(Pieces(Cursor::new(bytes), piece));
        let pieces = pieces.map(|mut reader| (drain(&mut reader), reader.damage().to_vec()));
        prop_assert_eq!(all.ok(), pieces.ok());
    }
}
