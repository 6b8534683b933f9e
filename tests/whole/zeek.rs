//! Zeek's `conn_state` and `history`: one conversation for each state, by the rules of Zeek's own scripts and analyser.

use crate::support::packet::{ACK, FIN, Packet, RST, SYN};
use crate::support::talk::{Shot, Talk};

/// A conversation in letters as in `history`: S h A D F R; upper case from the client. Numbers are as they should be;
fn talk(letters: &str) -> Talk {
    let mut nxt = [100_u32, 500];
    let mut shots: Vec<Shot> = Vec::new();
    for (place, letter) in letters.chars().enumerate() {
        let me = usize::from(letter.is_ascii_lowercase());
        let (src, dst) = [("10.0.0.1:40000", "10.0.0.2:80"), ("10.0.0.2:80", "10.0.0.1:40000")][me];
        let (flags, len) = match letter.to_ascii_lowercase() {
            's' => (SYN, 0),
            'h' => (SYN | ACK, 0),
            'a' => (ACK, 0),
            'd' => (ACK, 10),
            'f' => (FIN | ACK, 0),
            'r' => (RST | ACK, 0),
            'q' => (SYN | FIN, 0),
            other => panic!("{other}"),
        };
        let ack = if flags & ACK == 0 { 0 } else { nxt[1 - me] };
        let packet = Packet::new(src, dst).flags(flags).seq(nxt[me]).ack(ack).payload(&vec![b'x'; len]);
        nxt[me] += len as u32 + u32::from(flags & (SYN | FIN) != 0);
        shots.push(Shot { time: 1_000_000_000_000_000 + place as i64 * 1_000_000, packet });
    }
    Talk { end: shots.last().unwrap().time, shots }
}

#[test]
fn every_conn_state() {
    for (letters, conn_state, history) in [
        ("S", "S0", "S"),
        ("ShA", "S1", "ShA"),
        ("ShAdD", "S1", "ShAdD"),
        ("ShADadFaf", "SF", "ShADadFf"),
        ("ShAFfA", "SF", "ShAFf"),
        // A FIN and a RST of one side, and the FIN of the other: an ordinary end.
        ("ShAFRf", "SF", "ShAFRf"),
        // After both FINs a RST changes nothing.
        ("ShAFfR", "SF", "ShAFfR"),
        ("Sr", "REJ", "Sr"),
        ("ShAFa", "S2", "ShAFa"),
        ("ShAfA", "S3", "ShAf"),
        ("ShADR", "RSTO", "ShADR"),
        ("ShR", "RSTO", "ShR"),
        ("ShADr", "RSTR", "ShADr"),
        ("SR", "RSTOS0", "SR"),
        ("hr", "RSTRH", "^hr"),
        ("SF", "SH", "SF"),
        ("hf", "SHR", "^hf"),
        ("DaDa", "OTH", "Da"),
        ("h", "OTH", "^h"),
    ] {
        let timeline = talk(letters).timeline(false);
        let zeek = timeline.connections[0].zeek.as_ref().unwrap();
        assert_eq!((zeek.conn_state.as_str(), zeek.history.as_str()), (conn_state, history), "{letters}");
    }
}

#[test]
fn letters_are_written_again_as_zeek_writes_them() {
    let again = |letters: &str, repeat: usize, times: usize| {
        let mut talk = talk(letters);
        let shot = talk.shots[repeat].clone();
        for n in 0..times {
            let last = talk.shots.last().unwrap().time;
            talk.shots.push(Shot { time: last + 1_000_000 + n as i64, packet: shot.packet.clone() });
        }
        talk.end = talk.shots.last().unwrap().time;
        talk.timeline(false).connections[0].zeek.clone().unwrap().history
    };
    // A SYN, a FIN or a RST with the same number is written once.
    assert_eq!(again("S", 0, 3), "S");
    assert_eq!(again("ShAFa", 3, 2), "ShAFa");
    // Repeated payload counts itself: the second T is the tenth, the third the hundredth.
    assert_eq!(again("ShAD", 3, 1), "ShADT");
    assert_eq!(again("ShAD", 3, 9), "ShADT");
    assert_eq!(again("ShAD", 3, 10), "ShADTT");
    assert_eq!(again("ShAD", 3, 120), "ShADTTT");
    // Two RSTs of different numbers are two.
    let mut two = talk("ShADR");
    let mut other = two.shots[4].clone();
    other.packet = other.packet.seq(7_777);
    two.shots.push(other);
    assert_eq!(two.timeline(false).connections[0].zeek.clone().unwrap().history, "ShADRR");
}
