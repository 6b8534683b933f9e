//! The fields of a header: where they stand, what they are called, and what they hold.

use super::options;
use crate::render::Style;
use crate::render::overview::grouped;
use crate::render::width::clean;
use crate::timeline::{Checksum, Lang, SegmentEvent, Text};
use data_encoding::HEXLOWER_PERMISSIVE;

/// Bits of a line, as the RFC draws it.
pub(super) const LINE: usize = 32;
/// Octets of a header without options, and with as many as there can be.
const SHORTEST: usize = 20;
const LONGEST: usize = 60;

/// One segment's header.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    connection: u64,
    pub(super) octets: Vec<u8>,
    pub(super) fields: Vec<Field>,
    pub(super) frame: u64,
    flags: Vec<String>,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: Text,
    /// Where it begins, and how long it is.
    pub(super) bit: usize,
    pub(super) bits: usize,
    /// What it holds.
    pub(super) value: String,
    /// What else there is to say of it.
    pub(super) meaning: Text,
    /// A name for a narrow box.
    pub(super) short: Option<Text>,
    /// A flag, and whether it is set.
    pub(super) flag: Option<bool>,
}

/// Part of a field that stands in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) line: usize,
    /// From the line's first bit.
    pub(super) bit: usize,
    pub(super) bits: usize,
}

impl Field {
    /// Its parts, line by line.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let end = self.bit + self.bits;
        let mut pieces = Vec::new();
        let mut bit = self.bit;
        while bit < end {
            let bits = (LINE - bit % LINE).min(end - bit);
            pieces.push(Piece { line: bit / LINE, bit: bit % LINE, bits });
            bit += bits;
        }
        pieces
    }
}

impl Header {
    /// `None` where the octets are not known, or are no header.
    pub(super) fn of(connection: u64, segment: &SegmentEvent) -> Option<Header> {
        let octets = HEXLOWER_PERMISSIVE.decode(segment.octets.as_ref()?.as_bytes()).ok()?;
        if !(SHORTEST..=LONGEST).contains(&octets.len()) {
            return None;
        }
        let mut fields = fixed(&octets, segment);
        fields.extend(options::fields(&octets, segment));
        Some(Header { connection, octets, fields, frame: segment.frame, flags: segment.flags.clone() })
    }

    /// Id of the connection that the segment belongs to.
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// How many lines of 32 bits it takes.
    pub(super) fn lines(&self) -> usize {
        self.octets.len().div_ceil(LINE / 8)
    }

    /// What it is the header of: `TCP header of frame 2: SYN,ACK`.
    pub fn title(&self, style: &Style) -> String {
        let flags = clean(&self.flags.iter().take(12).cloned().collect::<Vec<_>>().join(","), 60, style);
        match style.lang {
            Lang::En => format!("TCP header of frame {}: {flags}", self.frame),
            Lang::Zh => format!("帧 {} 的 TCP 首部：{flags}", self.frame),
        }
    }
}

/// The number in so many bits.
pub(super) fn number(octets: &[u8], bit: usize, bits: usize) -> u64 {
    let own = octets.iter().skip(bit / 8).take((bit % 8 + bits).div_ceil(8));
    let all = own.fold(0_u64, |all, octet| all << 8 | u64::from(*octet));
    let rest = (8 - (bit + bits) % 8) % 8;
    (all >> rest) & ((1_u64 << bits.min(63)) - 1)
}

fn fixed(octets: &[u8], segment: &SegmentEvent) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut add = |en: &str, zh: &str, bit: usize, bits: usize, value: String, meaning: Text| {
        let short = (bits < 8).then(|| match bit {
            96 => Text::new("offset", "偏移"),
            _ => Text::new("rsrvd", zh),
        });
        fields.push(Field { name: Text::new(en, zh), short, bit, bits, value, meaning, flag: None });
    };
    let plain = |bit, bits| number(octets, bit, bits).to_string();
    let none = Text::default;
    add("source port", "源端口", 0, 16, plain(0, 16), none());
    add("destination port", "目的端口", 16, 16, plain(16, 16), none());
    let relative = |number: i64| Text::new(format!("{number} relative"), format!("相对 {number}"));
    add("sequence number", "序号", 32, 32, plain(32, 32), relative(segment.seq));
    let ack = segment.ack.map_or_else(|| Text::new("not in use: no ACK flag", "未用：没有 ACK 标志"), relative);
    add("acknowledgment number", "确认号", 64, 32, plain(64, 32), ack);
    let lines = number(octets, 96, 4);
    let words = Text::new(format!("{lines} × 4 = {} octets", lines * 4), format!("{lines} × 4 = {} 字节", lines * 4));
    add("data offset", "数据偏移", 96, 4, lines.to_string(), words);
    add("reserved", "保留", 100, 4, format!("{:04b}", number(octets, 100, 4)), none());
    const FLAGS: [(&str, &str, &str); 8] = [
        ("CWR", "congestion window reduced", "拥塞窗口已减小"),
        ("ECE", "ECN echo", "ECN 回显"),
        ("URG", "the urgent pointer counts", "紧急指针有效"),
        ("ACK", "the acknowledgment number counts", "确认号有效"),
        ("PSH", "pass it on at once", "立即交付"),
        ("RST", "reset", "复位"),
        ("SYN", "synchronize sequence numbers", "同步序号"),
        ("FIN", "no more data from the sender", "发送方不再发送数据"),
    ];
    for (at, (name, en, zh)) in FLAGS.iter().enumerate() {
        let bit = 104 + at;
        let is_set = number(octets, bit, 1) == 1;
        let (value, meaning) = (u8::from(is_set).to_string(), Text::new(*en, *zh));
        fields.push(Field {
            name: Text::new(*name, *name),
            short: None,
            bit,
            bits: 1,
            value,
            meaning,
            flag: Some(is_set),
        });
    }
    let mut add = |en: &str, zh: &str, bit: usize, value: String, meaning: Text| {
        fields.push(Field { name: Text::new(en, zh), short: None, bit, bits: 16, value, meaning, flag: None });
    };
    add("window", "窗口", 112, plain(112, 16), window(segment));
    let checksum = match segment.checksum {
        Checksum::Valid => Text::new("right", "正确"),
        Checksum::Invalid => Text::new("wrong: the receiver discards it", "错误：接收方将丢弃"),
        Checksum::Offloaded => Text::new("left to the network card, or to nobody", "由网卡填写，或无人填写"),
        Checksum::Unchecked => Text::new("not checked", "未校验"),
    };
    add("checksum", "检验和", 128, format!("0x{:04x}", number(octets, 128, 16)), checksum);
    add("urgent pointer", "紧急指针", 144, plain(144, 16), none());
    fields
}

fn window(segment: &SegmentEvent) -> Text {
    match segment.wnd_bytes {
        Some(bytes) if bytes != u64::from(segment.wnd) && segment.wnd > 0 => {
            let times = bytes / u64::from(segment.wnd);
            let product = format!("{} × {times} = {}", segment.wnd, grouped(bytes));
            Text::new(format!("{product} octets"), format!("{product} 字节"))
        }
        Some(bytes) => Text::new(format!("{} octets", grouped(bytes)), format!("{} 字节", grouped(bytes))),
        None => Text::new("its scale is not known", "窗口扩大因子未知"),
    }
}
