//! What pcapng files say beside their packets, down to the timeline and the picture.

use super::reader;
use crate::support::packet::{Endian, PcapngFile};
use crate::support::talk::{self, wishes};
use synfin::analyze::{Analyzer, Ending};
use synfin::source::About;
use synfin::timeline::SourceKind;

/// A block of names: an address and its name in each record.
fn names(file: &mut PcapngFile, records: &[(u16, &[u8])]) {
    let mut body = Vec::new();
    for (kind, value) in records {
        body.extend(kind.to_le_bytes());
        body.extend((value.len() as u16).to_le_bytes());
        body.extend(*value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    body.extend([0; 4]);
    file.block(4, &body);
}

#[test]
fn sections_interfaces_and_names() {
    let mut file = PcapngFile::new();
    let section: [(u16, &[u8]); 4] = [(2, b"a machine"), (3, b"an \x1b[31msystem"), (4, b"a program\0"), (1, b"why")];
    file.section(Endian::Little, &section);
    file.interface(1, 96, &[(2, b"eth0"), (3, b"Uplink"), (1, b"the north side")]);
    file.enhanced(0, 5, &[1, 2, 3, 4], 4, &[]);
    names(&mut file, &[(1, b"\xc0\x00\x02\x01client.example\0alias\0"), (9, b"?"), (2, &[0x20; 17])]);
    let counts: [(u16, &[u8]); 3] = [(4, &500_u64.to_le_bytes()), (5, &3_u64.to_le_bytes()), (7, &4_u64.to_le_bytes())];
    let mut body = vec![0; 12];
    for (code, value) in counts {
        body.extend(code.to_le_bytes());
        body.extend(8_u16.to_le_bytes());
        body.extend(value);
    }
    file.block(5, &body);
    let mut reader = reader(&file.bytes).unwrap();
    while reader.next().is_some() {}
    assert_eq!(reader.damage(), []);
    let interface = &reader.interfaces()[0];
    assert_eq!((interface.name.as_deref(), interface.description.as_deref()), (Some("eth0"), Some("Uplink")));
    assert_eq!((interface.received, interface.dropped), (Some(500), Some(7)));
    assert_eq!(interface.comments, ["the north side"]);
    let wanted = About {
        comments: vec!["why".into()],
        hardware: Some("a machine".into()),
        os: Some("an \x1b[31msystem".into()),
        application: Some("a program".into()),
        names: vec![
            ("192.0.2.1".parse().unwrap(), "client.example".into()),
            ("2020:2020:2020:2020:2020:2020:2020:2020".parse().unwrap(), " ".into()),
        ],
    };
    assert_eq!(reader.about(), Some(&wanted));
}

#[test]
fn lies_are_told_and_bounded() {
    let mut file = PcapngFile::new();
    file.section(Endian::Little, &[]).interface(1, 0, &[]);
    names(&mut file, &[(1, b"\xc0\x00")]);
    for _ in 0..100 {
        file.section(Endian::Little, &[(1, &[b'x'; 9000])]).interface(1, 0, &[(1, b"c"), (1, b"d")]);
        names(&mut file, &vec![(1, b"\x0a\x00\x00\x01n\0".as_slice()); 100]);
    }
    let mut reader = reader(&file.bytes).unwrap();
    while reader.next().is_some() {}
    assert_eq!(reader.damage().len(), 1);
    let about = reader.about().unwrap();
    assert_eq!((about.comments.len(), about.comments[0].len(), about.names.len()), (16, 4096, 4096));
}

/// Comments come on the event that shows their packet, folded or not, and never on another connection's.
#[test]
fn comments_find_their_event() {
    let talk = talk::download(40_000, 40);
    let mut other = talk::download(40_001, 40);
    other.shots.iter_mut().for_each(|shot| shot.time += 500);
    let mut shots: Vec<_> = talk.shots.iter().chain(&other.shots).cloned().collect();
    shots.sort_by_key(|shot| shot.time);
    let both = talk::Talk { shots, end: talk.end };
    for full in [true, false] {
        let mut analyzer = Analyzer::new(wishes(full));
        let mut ending = Ending::default();
        both.frames(|frame| {
            analyzer.push(frame);
            if let (1 | 40, Some((src, dst))) = (frame.number, analyzer.last_ends()) {
                ending.remarks.add(frame.number, src, dst, &format!("on {}", frame.number));
            }
        });
        let timeline = analyzer.finish(SourceKind::File, "talk", ending);
        let found: Vec<_> = timeline
            .events
            .iter()
            .flat_map(|event| event.comments.iter().map(|one| (event.connection, one.frame, one.text.as_str())))
            .collect();
        assert_eq!(found, [(1, 1, "on 1"), (2, 40, "on 40")], "full {full}");
    }
}
