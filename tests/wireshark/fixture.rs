//! A sequence of segments as text (the notation of `support::sequence`), with Wireshark's words for each behind `#`, and the
//! same as a capture file, so that tshark itself can be asked.

use crate::support::packet::{Endian, Packet, PcapFile};
use crate::support::sequence::Sequence;
use synfin::tcp::Segment;
use synfin::wireshark::{Analysis, Marks};

pub(crate) struct Fixture {
    pub(crate) segments: Vec<Segment<'static>>,
    /// The words wanted, in the order in which sets tell them.
    pub(crate) wanted: Vec<String>,
    pub(crate) sequence: Sequence,
}

impl Fixture {
    pub(crate) fn parse(text: &str) -> Fixture {
        let mut lines = String::new();
        let mut wanted = Vec::new();
        for line in text.lines() {
            let (left, right) = line.split_once('#').unwrap_or((line, ""));
            lines += left;
            lines.push('\n');
            if left.contains(" > ") {
                wanted.push(right.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        let sequence = Sequence::parse(&lines);
        Fixture { segments: sequence.segments(), wanted, sequence }
    }

    /// Both looks, as `tshark -2`.
    pub(crate) fn marks(&self) -> Vec<Marks> {
        let mut first = Analysis::new();
        for segment in &self.segments {
            first.judge(segment);
        }
        let mut second = Analysis::known(first.outcome());
        self.segments.iter().map(|segment| second.judge(segment)).collect()
    }

    /// Every segment has just the words that stand behind it.
    pub(crate) fn check(&self) -> Vec<Marks> {
        let marks = self.marks();
        let words: Vec<String> = marks.iter().map(told).collect();
        assert_eq!(words, self.wanted);
        marks
    }

    /// As a capture file of Ethernet frames.
    pub(crate) fn pcap(&self) -> Vec<u8> {
        let mut file = PcapFile::new(Endian::Little, PcapFile::NANO, 1, 0);
        for segment in &self.segments {
            let mut packet = Packet::new(&segment.src.to_string(), &segment.dst.to_string())
                .seq(segment.seq.0)
                .ack(segment.ack.0)
                .flags(segment.flags.0)
                .wnd(segment.wnd)
                .options(&options(segment))
                .payload(&vec![b'x'; segment.len as usize]);
            if segment.vlan != 0 {
                packet = packet.vlan(0x8100, segment.vlan as u16);
            }
            let frame = packet.ethernet();
            let (seconds, ns) = (segment.time.0 / 1_000_000_000, segment.time.0 % 1_000_000_000);
            file.record(seconds as u32, ns as u32, &frame, frame.len() as u32);
        }
        file.bytes
    }
}

/// The words of one packet.
pub(crate) fn told(marks: &Marks) -> String {
    marks.words.names().collect::<Vec<_>>().join(" ")
}

fn options(segment: &Segment<'_>) -> Vec<u8> {
    let options = &segment.options;
    let mut out = Vec::new();
    if let Some(mss) = options.mss {
        out.extend([2, 4]);
        out.extend(mss.to_be_bytes());
    }
    if let Some(shift) = options.wscale {
        out.extend([3, 3, shift]);
    }
    if options.sack_permitted {
        out.extend([4, 2]);
    }
    if let Some((tsval, tsecr)) = options.timestamps {
        out.extend([8, 10]);
        out.extend(tsval.to_be_bytes());
        out.extend(tsecr.to_be_bytes());
    }
    if !options.sack().is_empty() {
        out.extend([5, 2 + 8 * options.sack_len]);
        for (left, right) in options.sack() {
            out.extend(left.0.to_be_bytes());
            out.extend(right.0.to_be_bytes());
        }
    }
    if let Some(cookie) = options.fast_open {
        out.extend([34, 2 + cookie]);
        out.resize(out.len() + usize::from(cookie), 7);
    }
    // Only the subtypes that end with their first octets are written whole.
    match options.mptcp {
        Some(2) => out.extend([30, 8, 0x20, 1, 0, 0, 0, 1]),
        Some(5) => out.extend([30, 4, 0x50, 0]),
        _ => {}
    }
    out
}
