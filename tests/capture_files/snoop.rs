//! snoop files (RFC 1761).

use super::{kept, read, reader};
use synfin::source::{DamageKind, OpenError};

fn file(datalink: u32) -> Vec<u8> {
    let mut bytes = b"snoop\0\0\0".to_vec();
    for word in [2, datalink] {
        bytes.extend(word.to_be_bytes());
    }
    bytes
}

/// With `padding` octets behind the packet.
fn record(bytes: &mut Vec<u8>, packet: &[u8], wire: u32, padding: u32, drops: u32, seconds: u32) {
    let len = packet.len() as u32;
    for word in [wire, len, len + 24 + padding, drops, seconds, 5] {
        bytes.extend(u32::to_be_bytes(word));
    }
    bytes.extend(packet);
    bytes.extend(vec![0xee; padding as usize]);
}

#[test]
fn records_padding_and_drops() {
    let mut bytes = file(4);
    record(&mut bytes, &[1, 2, 3], 3, 1, 0, 7);
    record(&mut bytes, &[9; 60], 1500, 0, 12, 8);
    let mut second = kept(8_000_005_000, &[9; 60]);
    second.wire_len = 1500;
    assert_eq!(read(&bytes), (vec![kept(7_000_005_000, &[1, 2, 3]), second], vec![]));
    let mut reader = reader(&bytes).unwrap();
    while reader.next().is_some() {}
    assert_eq!(reader.interfaces()[0].dropped, Some(12));
}

#[test]
fn cuts_and_lies_are_told() {
    let mut bytes = file(4);
    record(&mut bytes, &[1, 2, 3], 3, 1, 0, 7);
    let whole = bytes.len();
    record(&mut bytes, &[9; 60], 60, 0, 0, 8);
    for len in whole + 1..bytes.len() {
        let (frames, damage) = read(&bytes[..len]);
        assert_eq!(frames.len(), 1);
        assert!(matches!(damage[..], [DamageKind::Cut { .. }]), "{len}: {damage:?}");
    }
    // The record says that it is shorter than its packet.
    bytes[whole + 11] = 30;
    let (frames, damage) = read(&bytes);
    assert_eq!((frames.len(), damage), (1, vec![DamageKind::AbsurdLength { length: 30, limit: 262_144 }]));
    assert!(matches!(reader(b"snoop\0\0\0\0\0"), Err(OpenError::HeaderCut { .. })));
    assert!(matches!(reader(b"snooze, and then some more"), Err(OpenError::NotACapture { .. })));
}

#[test]
fn a_link_that_pcap_has_no_number_for() {
    let mut bytes = file(9);
    record(&mut bytes, &[1, 2, 3], 3, 1, 0, 7);
    let (frames, _) = read(&bytes);
    assert_eq!(frames[0].link, u16::MAX);
}
