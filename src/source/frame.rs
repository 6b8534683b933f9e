//! A captured frame and its time.

/// Nanoseconds since 1970-01-01T00:00:00Z. Captures of before 1970 or after 2262 saturate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Nanoseconds from `earlier` to this time; negative when the clock went backwards.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This time moved by `ns` nanoseconds.
    pub fn add_ns(self, ns: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ns))
    }
}

/// A link type by its number in capture files (`LINKTYPE_…`, the registry of the-tcpdump-group).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    pub const NULL: LinkType = LinkType(0);
    pub const ETHERNET: LinkType = LinkType(1);
    pub const RAW: LinkType = LinkType(101);
    pub const LOOP: LinkType = LinkType(108);
    pub const LINUX_SLL: LinkType = LinkType(113);
    pub const IPV4: LinkType = LinkType(228);
    pub const IPV6: LinkType = LinkType(229);
    pub const LINUX_SLL2: LinkType = LinkType(276);
}

/// One captured frame, borrowed from its source's buffer.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Counted from 1 in the order of the source.
    pub number: u64,
    pub time: Timestamp,
    pub link: LinkType,
    /// Octets that were on the wire; more than `bytes.len()` when the capture cut the frame (snaplen).
    pub wire_len: u32,
    pub bytes: &'a [u8],
    /// The capture interface, numbered over the whole source from 0.
    pub interface: u32,
}
