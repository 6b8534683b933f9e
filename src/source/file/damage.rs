//! What a damaged capture file lost, told to people. Reading goes on where it can; nothing is lost silently.

use super::buffer::Buffer;
use crate::timeline::Text;
use crate::timeline::amount::some;

/// Damages kept one by one; a broken file can have millions.
const KEPT: usize = 32;

/// One thing that is wrong with a capture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    pub kind: DamageKind,
    /// Where in the capture it lies, in octets from its beginning; of the unpacked data when the file is compressed.
    pub offset: u64,
    /// Packets that were read before it.
    pub packets: u64,
    /// How many times the same came again later.
    pub repeats: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DamageKind {
    /// The file ends inside a record or block; so many octets of it are known to be missing.
    Cut { missing: u64 },
    /// A record or block says that it is this long, which nothing can be: what follows cannot be found.
    AbsurdLength { length: u64, limit: u64 },
    /// A record or block is broken, and so many octets were passed over to where records certainly go on.
    Gap { skipped: u64 },
    /// The two lengths of a pcapng block differ: what follows cannot be found.
    LengthsDiffer { first: u32, last: u32 },
    /// A pcapng block's fields do not fit into its length; the block was passed over.
    BadBlock { block: u32 },
    /// An option of a pcapng section or interface is longer than its block; the options after it were not read.
    BadOption { block: u32 },
    /// A packet names a capture interface that the file never described; the packet was passed over.
    UnknownInterface { interface: u32 },
    /// The file describes more interfaces than are kept.
    TooManyInterfaces { limit: u32 },
    /// A pcapng section that does not tell its byte order: what follows cannot be read.
    UnknownByteOrder,
    /// The compressed data is cut or corrupt; everything unpacked before it was read.
    Unpack(String),
    /// The system could not read on.
    Read(String),
}

impl Damage {
    /// What was lost and where, without the file's name.
    pub fn text(&self) -> Text {
        let Damage { offset, packets, repeats, .. } = self;
        let (en, zh) = match self.kind {
            DamageKind::Unpack(ref cause) if *packets == 0 => (
                format!(
                    "the compressed data is cut or corrupt ({cause}) before a packet could be unpacked: zstd and lz4 pack whole blocks, and one that is cut is lost"
                ),
                format!(
                    "压缩数据不完整或已损坏（{cause}），未能解压出任何数据包：zstd 与 lz4 按整块压缩，被截断的块会丢失"
                ),
            ),
            ref kind => kind.words(),
        };
        let (en_more, zh_more) = match repeats {
            0 => Default::default(),
            n => (format!("; {n} more like it"), format!("；另有 {n} 处相同")),
        };
        Text::new(
            format!("{en} (at octet {offset}, after {}{en_more})", some(*packets, "packet")),
            format!("{zh}（位于第 {offset} 字节，此前已读 {packets} 个数据包{zh_more}）"),
        )
    }
}

impl DamageKind {
    fn words(&self) -> (String, String) {
        match self {
            DamageKind::Cut { missing } => (
                format!(
                    "the capture is cut: at least {} of its last packet or block {} missing",
                    some(*missing, "octet"),
                    if *missing == 1 { "is" } else { "are" }
                ),
                format!("捕获文件不完整：最后一个数据包或块至少缺少 {missing} 字节"),
            ),
            DamageKind::AbsurdLength { length, limit } => (
                format!(
                    "a packet or block claims {length} octets, more than the {limit} allowed; the rest is unreadable"
                ),
                format!("某个数据包或块声称长 {length} 字节，超过上限 {limit}；其后无法读取"),
            ),
            DamageKind::Gap { skipped } => (
                format!("a packet or block is broken; {} passed over to where packets go on", some(*skipped, "octet")),
                format!("某个数据包或块已损坏；跳过 {skipped} 字节后继续读取"),
            ),
            DamageKind::LengthsDiffer { first, last } => (
                format!("a block gives its length as {first} and as {last}; the rest is unreadable"),
                format!("某个块前后给出的长度不一致（{first} 与 {last}）；其后无法读取"),
            ),
            DamageKind::BadBlock { block } => (
                format!("a block of type {block:#x} is too short for its fields and was passed over"),
                format!("类型为 {block:#x} 的块短于其字段，已跳过"),
            ),
            DamageKind::BadOption { block } => (
                format!("an option runs past the end of its block (type {block:#x}); the options after it are lost"),
                format!("某个选项超出所在的块（类型 {block:#x}）；其后的选项丢失"),
            ),
            DamageKind::UnknownInterface { interface } => (
                format!("a packet names capture interface {interface}, which is not described, and was passed over"),
                format!("某个数据包引用了未描述的捕获接口 {interface}，已跳过"),
            ),
            DamageKind::TooManyInterfaces { limit } => (
                format!("more than {limit} capture interfaces are described; the packets of the others are lost"),
                format!("描述的捕获接口超过 {limit} 个；其余接口的数据包丢失"),
            ),
            DamageKind::UnknownByteOrder => (
                "a section does not tell its byte order; the rest is unreadable".into(),
                "某一节没有有效的字节序标记；其后无法读取".into(),
            ),
            DamageKind::Unpack(cause) => (
                format!("the compressed data is cut or corrupt ({cause}); the rest is lost"),
                format!("压缩数据不完整或已损坏（{cause}）；其后丢失"),
            ),
            DamageKind::Read(cause) => {
                (format!("reading stopped ({cause}); the rest is lost"), format!("读取中断（{cause}）；其后丢失"))
            }
        }
    }

    /// Whether the two differ at most in their numbers.
    fn is_like(&self, other: &DamageKind) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// The damages of one file, bounded.
#[derive(Debug, Default)]
pub(super) struct DamageLog {
    found: Vec<Damage>,
    /// Packets read so far.
    pub(super) packets: u64,
}

impl DamageLog {
    pub(super) fn as_slice(&self) -> &[Damage] {
        &self.found
    }

    pub(super) fn any(&self) -> bool {
        !self.found.is_empty()
    }

    /// The reading ends here: less than the `wanted` octets are left, which is damage unless none are.
    #[cold]
    pub(super) fn end(&mut self, wanted: usize, buffer: &Buffer) {
        let left = buffer.available().len();
        if left > 0 {
            self.add(DamageKind::Cut { missing: wanted.saturating_sub(left) as u64 }, buffer.offset());
        }
    }

    #[cold]
    pub(super) fn add(&mut self, kind: DamageKind, offset: u64) {
        let full = self.found.len() >= KEPT;
        let known = self.found.iter_mut().find(|known| known.kind == kind || full && known.kind.is_like(&kind));
        match known {
            Some(known) => known.repeats += 1,
            // At most one of each kind beyond the bound.
            None => self.found.push(Damage { kind, offset, packets: self.packets, repeats: 0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_log_is_bounded() {
        let mut log = DamageLog::default();
        for interface in 0..1_000_000 {
            log.add(DamageKind::UnknownInterface { interface }, 0);
        }
        log.add(DamageKind::UnknownByteOrder, 9);
        assert_eq!(log.as_slice().len(), KEPT + 1);
        let total: u64 = log.as_slice().iter().map(|damage| damage.repeats + 1).sum();
        assert_eq!(total, 1_000_001);
    }

    #[test]
    fn text_says_where() {
        let damage = Damage { kind: DamageKind::Cut { missing: 23 }, offset: 4051, packets: 6, repeats: 0 };
        let text = damage.text();
        assert!(text.en.contains("23 octets") && text.en.contains("octet 4051") && text.en.contains("6 packets"));
        assert!(text.zh.contains("23 字节") && text.zh.contains("4051"));
    }
}
