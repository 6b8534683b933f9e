//! What a capture file says of itself beyond its packets, as far as it was read; few and short, not safe for a terminal.

use std::net::IpAddr;

/// Comments on sections kept over the whole file, and those on each interface.
pub(super) const COMMENTS_KEPT: usize = 16;
/// Octets kept of a comment.
pub(super) const COMMENT_LIMIT: usize = 4096;
/// Octets kept of any other text.
pub(super) const TEXT_LIMIT: usize = 256;
/// Names of addresses kept; Wireshark writes one for each that it could resolve.
pub(super) const NAMES_KEPT: usize = 4096;

/// What sections and name resolution blocks say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Comments on the capture as a whole.
    pub comments: Vec<String>,
    /// The machine, by the first section that names it.
    pub hardware: Option<String>,
    pub os: Option<String>,
    /// The program that wrote the file.
    pub application: Option<String>,
    /// Names of addresses, the first of each.
    pub names: Vec<(IpAddr, String)>,
}

/// The text in these octets, at most so many of them, without the zeros that some writers add.
pub(super) fn text(bytes: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(bytes.get(..most).unwrap_or(bytes));
    text.trim_end_matches('\0').to_owned()
}
