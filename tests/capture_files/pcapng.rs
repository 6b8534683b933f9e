//! pcapng: sections, interfaces and blocks of every kind, and damage to them.

use super::support::packet::{Endian, PcapngFile};
use super::{Kept, drain, kept, read, reader};
use synfin::source::{DamageKind, LinkType};

#[test]
fn sections_and_interfaces_of_all_kinds() {
    let mut file = PcapngFile::new();
    file.section(Endian::Little, &[(1, b"first section")])
        .interface(1, 0, &[(2, b"eth0")])
        .interface(113, 64, &[(2, b"any"), (9, &[9])])
        .enhanced(1, 1_500_000_000, &[1; 21], 100, &[(2, &[0; 4]), (1, b"look here"), (1, b"and here")])
        .block(4, &[0; 20])
        .block(0x0bad, b"custom")
        .enhanced(0, 2_500_000, &[2; 4], 4, &[])
        .simple(&[3; 5], 5)
        .packet(1, 4_000_000_007, &[4; 6], 6)
        .statistics(0, 17)
        .section(Endian::Big, &[])
        .block(0x4000_0bad, &[7; 9])
        .interface(101, 10, &[(9, &[0x80 | 1]), (14, &(-2_i64).to_be_bytes())])
        .enhanced(0, 9, &[5; 7], 7, &[(1, "注释".as_bytes())])
        .simple(&[6; 10], 400);
    let mut reader = reader(&file.bytes).unwrap();
    let frames = drain(&mut reader);
    let frame = |time, link, interface, bytes: &[u8], wire_len, comment: Option<&str>| Kept {
        time,
        link,
        wire_len,
        interface,
        bytes: bytes.to_vec(),
        comment: comment.map(str::to_owned),
    };
    assert_eq!(
        frames,
        [
            frame(1_500_000_000, 113, 1, &[1; 21], 100, Some("look here")),
            frame(2_500_000_000, 1, 0, &[2; 4], 4, None),
            frame(2_500_000_000, 1, 0, &[3; 5], 5, None),
            frame(4_000_000_007, 113, 1, &[4; 6], 6, None),
            frame(2_500_000_000, 101, 2, &[5; 7], 7, Some("注释")),
            frame(2_500_000_000, 101, 2, &[6; 10], 400, None),
        ]
    );
    assert_eq!(reader.damage(), []);
    let names: Vec<_> = reader.interfaces().iter().map(|interface| interface.name.as_deref()).collect();
    assert_eq!(names, [Some("eth0"), Some("any"), None]);
    assert_eq!(reader.interfaces()[0].dropped, Some(17));
    assert_eq!((reader.interfaces()[1].snaplen, reader.interfaces()[1].link), (64, LinkType::LINUX_SLL));
    assert_eq!(reader.about().unwrap().comments, ["first section"]);
}

#[test]
fn reading_goes_on_behind_a_broken_block() {
    for endian in [Endian::Little, Endian::Big] {
        let mut file = PcapngFile::new();
        file.section(endian, &[]).interface(1, 0, &[]);
        let mut starts = vec![];
        for tick in 0..6 {
            starts.push(file.bytes.len());
            file.enhanced(0, tick, &[3; 33], 33, &[]);
        }
        let length = starts[2] + if endian == Endian::Little { 4 } else { 7 };
        file.bytes[length] ^= 0x0c;
        let (frames, damage) = read(&file.bytes);
        assert_eq!(frames.iter().map(|frame| frame.time / 1000).collect::<Vec<_>>(), [0, 1, 3, 4, 5]);
        assert_eq!(damage, [DamageKind::Gap { skipped: (starts[1] - starts[0]) as u64 }]);
    }
}

#[test]
fn broken_blocks_are_passed_over_where_their_length_is_sound() {
    let mut file = PcapngFile::new();
    file.section(Endian::Little, &[])
        .enhanced(0, 1, &[1], 1, &[])
        .interface(1, 0, &[])
        .block(6, &[0; 8])
        .enhanced(7, 1, &[1], 1, &[])
        .enhanced(0, 5, &[2; 3], 3, &[]);
    let (frames, damage) = read(&file.bytes);
    assert_eq!(frames, [kept(5000, &[2; 3])]);
    let expected = [
        DamageKind::UnknownInterface { interface: 0 },
        DamageKind::BadBlock { block: 6 },
        DamageKind::UnknownInterface { interface: 7 },
    ];
    assert_eq!(damage, expected);
}

#[test]
fn block_lengths_that_lie_end_the_reading() {
    let good = || {
        let mut file = PcapngFile::new();
        file.section(Endian::Little, &[]).interface(1, 0, &[]).enhanced(0, 5, &[2; 3], 3, &[]);
        file
    };
    let mut file = good();
    file.enhanced(0, 6, &[2; 3], 3, &[]);
    let at = file.bytes.len() - 4;
    file.bytes[at] = 99;
    assert_eq!(read(&file.bytes), (vec![kept(5000, &[2; 3])], vec![DamageKind::LengthsDiffer { first: 36, last: 99 }]));

    let mut file = good();
    file.bytes.extend([6, 0, 0, 0, 4, 0, 0, 0]);
    assert!(matches!(read(&file.bytes).1[..], [DamageKind::AbsurdLength { length: 4, .. }]));

    let mut file = good();
    file.bytes.extend([6, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0]);
    assert!(matches!(read(&file.bytes).1[..], [DamageKind::AbsurdLength { .. }, DamageKind::Cut { .. }]));

    let mut file = good();
    file.bytes.extend([0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 1, 1, 1]);
    file.bytes.extend([0; 16]);
    assert_eq!(read(&file.bytes).1, [DamageKind::UnknownByteOrder]);
}

#[test]
fn a_huge_block_that_nobody_needs_is_passed_over() {
    let mut file = PcapngFile::new();
    file.section(Endian::Big, &[]).interface(1, 0, &[]).block(10, &vec![1; 17 << 20]).enhanced(0, 5, &[2; 3], 3, &[]);
    assert_eq!(read(&file.bytes), (vec![kept(5000, &[2; 3])], vec![]));
}
