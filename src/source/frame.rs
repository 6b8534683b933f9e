//! A captured frame.

use crate::tcp::Timestamp;

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
