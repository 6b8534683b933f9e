//! One segment in the notation, read and made into what the tracker takes.

use super::super::packet::Packet;
use std::net::SocketAddr;
use synfin::source::Timestamp;
use synfin::tcp::{Checksum, Flags, Multipath, Options, Passage, Peer, Segment, SeqNumber, Signature};

/// A segment as the notation has it.
#[derive(Clone)]
pub struct Sent {
    pub time: Timestamp,
    pub flags: Flags,
    pub seq: SeqNumber,
    pub len: u32,
    pub ack: u32,
    pub wnd: u16,
    pub options: Options,
    pub multipath: Option<Multipath>,
    pub ip_id: u16,
    pub ttl: u8,
    pub ecn: u8,
    pub vlan: u32,
    /// Of A.
    pub port: u16,
    pub interface: u32,
    pub checksum: Checksum,
    pub malformed: bool,
    pub passage: Passage,
}

impl Sent {
    /// As a real packet, with the options that matter to its time: timestamps.
    pub fn packet(&self, addresses: [SocketAddr; 2], peer: Peer) -> Packet {
        let [src, dst] = [*peer.of(&addresses), *(!peer).of(&addresses)];
        let packet = Packet::new(&src.to_string(), &dst.to_string())
            .seq(self.seq.0)
            .ack(self.ack)
            .flags(self.flags.0)
            .wnd(self.wnd)
            .payload(&vec![b'x'; self.len as usize]);
        match self.options.timestamps {
            Some((tsval, tsecr)) => packet.timestamps(tsval, tsecr),
            None => packet,
        }
    }

    pub(super) fn segment(&self, addresses: [SocketAddr; 2], peer: Peer, frame: u64) -> Segment<'static> {
        let [mut a, b] = addresses;
        if a != b {
            a.set_port(self.port);
        }
        let addresses = [a, b];
        Segment {
            frame,
            time: self.time,
            passage: self.passage,
            interface: self.interface,
            src: *peer.of(&addresses),
            dst: *(!peer).of(&addresses),
            seq: self.seq,
            ack: SeqNumber(self.ack),
            flags: self.flags,
            wnd: self.wnd,
            urgent: 0,
            options: self.options,
            multipath: self.multipath,
            len: self.len,
            payload: &[],
            checksum: self.checksum,
            ttl: self.ttl,
            ecn: self.ecn,
            ip_id: self.ip_id,
            vlan: self.vlan,
            header_len: 20,
            tcp_len: 20 + self.len,
            header_cut: false,
            malformed: self.malformed,
        }
    }
}

pub(super) fn sent(time: Timestamp, words: Vec<&str>, line: usize) -> Sent {
    let mut flags = Flags(0);
    for letter in words[0].chars() {
        flags = flags
            | match letter {
                'S' => Flags::SYN,
                'F' => Flags::FIN,
                'R' => Flags::RST,
                'P' => Flags::PSH,
                '.' => Flags::ACK,
                'E' => Flags::ECE,
                'W' => Flags::CWR,
                'A' => Flags::AE,
                other => panic!("line {line}: flag {other}?"),
            };
    }
    let (start, rest) = words[1].split_once(':').unwrap_or_else(|| panic!("line {line}: seq:end(len) wanted"));
    let (_, len) = rest.trim_end_matches(')').split_once('(').unwrap_or_else(|| panic!("line {line}: (len) wanted"));
    let mut sent = Sent {
        time,
        flags,
        seq: SeqNumber(start.parse().unwrap()),
        len: len.parse().unwrap(),
        ack: 0,
        wnd: 1000,
        options: Options::default(),
        multipath: None,
        ip_id: 0,
        ttl: 64,
        ecn: 0,
        vlan: 0,
        port: 40000,
        interface: 0,
        checksum: Checksum::Valid,
        malformed: false,
        passage: Passage::Unknown,
    };
    let mut rest = words[2..].iter().map(|word| word.trim_matches(['<', '>', ','])).peekable();
    while let Some(word) = rest.next() {
        while let Some(block) = rest.peek().and_then(|text| edges(text)).filter(|_| word == "sack") {
            rest.next();
            sent.options.sack[usize::from(sent.options.sack_len)] = block;
            sent.options.sack_len += 1;
        }
        let mut text = || rest.next().unwrap_or_else(|| panic!("line {line}: {word} what?"));
        let number = |text: &str| text.parse::<u32>().unwrap_or_else(|_| panic!("line {line}: {text} is no number"));
        match word {
            "ack" => sent.ack = number(text()),
            "win" => sent.wnd = number(text()) as u16,
            "id" => sent.ip_id = number(text()) as u16,
            "ttl" => sent.ttl = number(text()) as u8,
            "vlan" => sent.vlan = number(text()),
            "if" => sent.interface = number(text()),
            "ecn" => {
                let wanted = text();
                sent.ecn = ["not", "ect1", "ect0", "ce"].iter().position(|name| *name == wanted).unwrap() as u8;
            }
            "sum" => sent.checksum = if text() == "bad" { Checksum::Invalid } else { Checksum::Offloaded },
            "ts" => sent.options.timestamps = Some((number(text()), number(text()))),
            "fo" => sent.options.fast_open = Some(number(text()) as u8),
            "mss" => sent.options.mss = Some(number(text()) as u16),
            "wscale" => sent.options.wscale = Some(number(text()) as u8),
            "sackok" => sent.options.sack_permitted = true,
            "cookie" => sent.options.fast_open = Some(number(text()) as u8),
            "mptcp" => sent.options.mptcp = Some(number(text()) as u8),
            "capable" => {
                let version = number(text()) as u8;
                let [sender, receiver] = [(); 2].map(|()| text().parse().ok());
                sent.options.mptcp = Some(0);
                sent.multipath = Some(Multipath::Capable { version, sender, receiver });
            }
            "join" => {
                sent.options.mptcp = Some(1);
                sent.multipath = text().parse().ok().map(|token| Multipath::Join { token });
            }
            "port" => sent.port = number(text()) as u16,
            "md5" => sent.options.signature = Some(Signature::Md5),
            "ao" => {
                let [key_id, next_key_id] = [(); 2].map(|()| number(text()) as u8);
                sent.options.signature = Some(Signature::Ao { key_id, next_key_id });
            }
            "malformed" => sent.malformed = true,
            "sack" | "..." => {}
            "in" => sent.passage = Passage::Arrived(time.add_ns(i64::from(number(text())) * 1_000_000)),
            "twice" => {
                let Passage::Arrived(at) = sent.passage else { panic!("in … twice") };
                sent.passage = Passage::ArrivedTwice(at);
            }
            "lost" => sent.passage = Passage::Lost,
            "appears" => sent.passage = Passage::Appeared,
            other => panic!("line {line}: {other}?"),
        }
    }
    sent
}

/// `100:200` as a block.
fn edges(text: &str) -> Option<(SeqNumber, SeqNumber)> {
    let (left, right) = text.split_once(':')?;
    Some((SeqNumber(left.parse().ok()?), SeqNumber(right.parse().ok()?)))
}
