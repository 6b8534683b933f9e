//! Packed captures: what zstd and lz4 themselves wrote, cut and damaged.

use super::{gzip, read, reader, two_records};
use crate::support::packet::{Endian, PcapFile};
use std::io::Write;
use synfin::source::{DamageKind, OpenError, Packing};

/// `two_records`, little-endian with microseconds, by zstd 1.5.4: `-19 --check`.
const ZSTD_19: [u8; 60] = [
    0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x81, 0x7d, 0x01, 0x00, 0xc2, 0x83, 0x09, 0x12, 0xe0, 0x69, 0x0d, 0x2e, 0x50, 0x53,
    0x15, 0x10, 0x10, 0x00, 0x2f, 0xa0, 0x05, 0x63, 0x6f, 0xb9, 0x65, 0x0a, 0x63, 0x91, 0x4e, 0x1e, 0x7e, 0x07, 0xec,
    0xf7, 0x3b, 0xb8, 0xa9, 0xed, 0xb5, 0xfe, 0x87, 0xa0, 0x98, 0x83, 0x02, 0x01, 0x00, 0x2c, 0x28, 0x80, 0x02, 0x16,
    0x65, 0xa0, 0x46,
];
/// The same by `-1 --no-check`.
const ZSTD_1: [u8; 63] = [
    0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x81, 0xb5, 0x01, 0x00, 0x84, 0x02, 0xd4, 0xc3, 0xb2, 0xa1, 0x02, 0x00, 0x04, 0x00,
    0xff, 0xff, 0x00, 0x00, 0x01, 0x00, 0x00, 0xf4, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x01, 0x02,
    0x03, 0x03, 0x00, 0x00, 0x46, 0x00, 0x00, 0x00, 0xdc, 0x05, 0x00, 0x00, 0x09, 0x04, 0x00, 0x82, 0x43, 0x87, 0x29,
    0x51, 0xee, 0xf2, 0x22, 0x00, 0x17,
];
/// The same by lz4 1.9.4: `-9 -BX`, with checksums of block and content.
const LZ4_9: [u8; 83] = [
    0x04, 0x22, 0x4d, 0x18, 0x74, 0x40, 0xbd, 0x3c, 0x00, 0x00, 0x00, 0x84, 0xd4, 0xc3, 0xb2, 0xa1, 0x02, 0x00, 0x04,
    0x00, 0x01, 0x00, 0xf3, 0x02, 0xff, 0xff, 0x00, 0x00, 0x01, 0x00, 0x00, 0xf4, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00,
    0x00, 0x00, 0x03, 0x04, 0x00, 0x30, 0x01, 0x02, 0x03, 0x07, 0x00, 0x00, 0x29, 0x00, 0x9f, 0x46, 0x00, 0x00, 0x00,
    0xdc, 0x05, 0x00, 0x00, 0x09, 0x01, 0x00, 0x2d, 0x50, 0x09, 0x09, 0x09, 0x09, 0x09, 0xc8, 0xf3, 0x15, 0xbc, 0x00,
    0x00, 0x00, 0x00, 0xa6, 0xf2, 0x4c, 0xd8,
];
/// The same by `-1 -B4 --no-frame-crc`.
const LZ4_1: [u8; 75] = [
    0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0x3c, 0x00, 0x00, 0x00, 0x84, 0xd4, 0xc3, 0xb2, 0xa1, 0x02, 0x00, 0x04,
    0x00, 0x01, 0x00, 0xf3, 0x02, 0xff, 0xff, 0x00, 0x00, 0x01, 0x00, 0x00, 0xf4, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00,
    0x00, 0x00, 0x03, 0x04, 0x00, 0x30, 0x01, 0x02, 0x03, 0x0b, 0x00, 0x00, 0x29, 0x00, 0x9f, 0x46, 0x00, 0x00, 0x00,
    0xdc, 0x05, 0x00, 0x00, 0x09, 0x01, 0x00, 0x2d, 0x50, 0x09, 0x09, 0x09, 0x09, 0x09, 0x00, 0x00, 0x00, 0x00,
];
/// Five octets that both formats let stand between frames.
const SKIPPABLE: [u8; 13] = [0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5];

fn plain() -> Vec<u8> {
    two_records(Endian::Little, PcapFile::MICRO)
}

/// A file of a megabyte in 4000 records whose octets cannot be packed away.
fn large() -> Vec<u8> {
    let mut file = PcapFile::new(Endian::Little, PcapFile::NANO, 1, 65_535);
    let mut state = 1_u32;
    for second in 0..4000 {
        let mut frame = [0; 240];
        for octet in &mut frame {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *octet = (state >> 24) as u8;
        }
        file.record(second, 0, &frame, 240);
    }
    file.bytes
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let mut out = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn zstd_and_lz4_as_their_own_programs_write_them() {
    for (packing, packed) in
        [(Packing::Zstd, ZSTD_19.as_slice()), (Packing::Zstd, &ZSTD_1), (Packing::Lz4, &LZ4_9), (Packing::Lz4, &LZ4_1)]
    {
        assert_eq!(reader(packed).unwrap().packing(), Some(packing));
        assert_eq!(read(packed), read(&plain()), "{packing:?}");
        let skipped = [packed, &SKIPPABLE].concat();
        assert_eq!(read(&skipped), read(&plain()), "{packing:?}");
    }
    assert_eq!(reader(&plain()).unwrap().packing(), None);
}

#[test]
fn frame_after_frame() {
    let large = large();
    let (head, tail) = large.split_at(300_001);
    for packed in
        [[zstd(head), SKIPPABLE.into(), zstd(tail)].concat(), [lz4(head), lz4(tail), SKIPPABLE.into()].concat()]
    {
        assert_eq!(read(&packed), read(&large));
    }
}

/// Wherever a packed file is cut, that is told, and what could be unpacked is given out.
#[test]
fn a_cut_is_told() {
    for packed in [ZSTD_19.as_slice(), &ZSTD_1, &LZ4_9, &LZ4_1] {
        for len in 4..packed.len() {
            match reader(&packed[..len]) {
                Ok(_) => {
                    let (_, damage) = read(&packed[..len]);
                    assert!(
                        matches!(damage.last(), Some(DamageKind::Unpack(cause)) if cause.contains("end of file")),
                        "{len}: {damage:?}"
                    );
                }
                Err(error) => panic!("{len}: {error}"),
            }
        }
    }
    let large = large();
    let (whole, _) = read(&large);
    for (name, packed) in [("gzip", gzip(&large)), ("zstd", zstd(&large)), ("lz4", lz4(&large))] {
        for part in [2, 3, 7] {
            let (frames, damage) = read(&packed[..packed.len() * (part - 1) / part]);
            let wanted = whole.len() * (part - 1) / part;
            // A block of zstd or of lz4 is lost where it is cut.
            assert!(frames.len() + 600 > wanted, "{name}: {} frames of {wanted}", frames.len());
            assert_eq!(frames, whole[..frames.len()], "{name}");
            assert!(matches!(damage.last(), Some(DamageKind::Unpack(_))), "{name}: {damage:?}");
        }
    }
}

#[test]
fn a_wrong_octet_is_told() {
    for (packed, place) in [(ZSTD_19.as_slice(), 58), (&LZ4_9, 71), (&LZ4_9, 82), (&ZSTD_19, 52)] {
        let mut packed = packed.to_vec();
        packed[place] ^= 0x11;
        let Ok(mut reader) = reader(&packed) else { continue };
        while reader.next().is_some() {}
        assert!(
            matches!(reader.damage(), [.., damage] if matches!(damage.kind, DamageKind::Unpack(_))),
            "octet {place}"
        );
    }
    let large = large();
    let (whole, _) = read(&large);
    for (name, mut packed) in [("gzip", gzip(&large)), ("lz4", lz4(&large))] {
        let place = packed.len() / 2;
        packed.splice(place..place + 9, [0xff; 9]);
        let (frames, _) = read(&packed);
        let sound = frames.iter().zip(&whole).take_while(|(one, other)| one == other).count();
        assert!(sound > 1000, "{name}: {sound} frames before the damage");
    }
    let (_, damage) = read(&[ZSTD_1.as_slice(), b"tail"].concat());
    assert!(matches!(damage.as_slice(), [DamageKind::Unpack(cause)] if cause.contains("not zstd")), "{damage:?}");
    let (_, damage) = read(&[LZ4_1.as_slice(), b"tail"].concat());
    assert!(matches!(damage.as_slice(), [DamageKind::Unpack(cause)] if cause.contains("not lz4")), "{damage:?}");
}

/// A frame of a few octets that asks for a terabyte to look back in.
#[test]
fn an_absurd_window_is_refused() {
    let greedy = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf0, 1, 0, 0];
    let Err(OpenError::Read { source, .. }) = reader(&greedy).map(drop) else { panic!("it was read") };
    assert!(source.to_string().to_lowercase().contains("window"), "{source}");
}
