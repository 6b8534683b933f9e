//! What the tracker remembers, and for how long. Every bound on its memory is named here or in `table`.

pub use super::table::{MOST_GHOSTS, MOST_LONE_SYNS};

/// Connections that are over and wait behind so many that came to their end later are retired: nothing that arrives may
/// change them any more. (A bound by count: what is retired when depends on the packets alone.)
pub const LINGER: usize = 4 * 1024;

/// Connections remembered in full at once. When one more comes, one that was not active for long is retired as it stands.
pub const MOST_CONNECTIONS: usize = 64 * 1024;

/// How much of a capture is remembered to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Connections up to this id are not retired before the end.
    pub first: u64,
    /// And this one.
    pub one: Option<u64>,
    /// Somebody looks at every step, so no SYN is set aside.
    pub is_watched: bool,
}

impl Keep {
    /// Everything, without bound: for timelines that hold every event.
    pub const ALL: Keep = Keep { first: u64::MAX, one: None, is_watched: true };

    /// Whether the connection stays to the end.
    pub fn keeps(&self, id: u64) -> bool {
        id <= self.first || self.one == Some(id)
    }
}

/// What was let go of before its end, so that memory stays bounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LetGo {
    /// Connections that were not over when room was needed.
    pub active: u64,
    /// SYNs that nothing had answered when room was needed.
    pub lone_syns: u64,
    /// Segments of connections that were over and retired.
    pub stragglers: u64,
}

#[cfg(test)]
mod tests {
    use crate::track::Connection;

    /// What is kept of each connection decides how fast all go: it shall shrink, not grow.
    #[test]
    fn a_connection_grows_no_further() {
        let size = size_of::<Connection>();
        assert!(size <= 2_048, "{size} octets");
    }
}
