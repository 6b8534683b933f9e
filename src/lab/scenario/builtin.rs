//! The scenarios that the program brings along: one file each, by group.

use super::Scenario;

/// What a scenario is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Opening,
    Closing,
    Reliability,
    Servers,
}

impl Group {
    /// In the order of the course.
    pub const ALL: [Group; 4] = [Group::Opening, Group::Closing, Group::Reliability, Group::Servers];

    /// English and Chinese.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Group::Opening => ("Opening", "建立连接"),
            Group::Closing => ("Closing", "关闭连接"),
            Group::Reliability => ("Reliability and flow control", "可靠传输与流量控制"),
            Group::Servers => ("Servers of the course", "课程中的服务器"),
        }
    }
}

/// A scenario that the program brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    pub name: &'static str,
    pub group: Group,
    /// The file, ready for [`Scenario::parse`].
    pub text: &'static str,
}

impl Builtin {
    /// The scenario itself; a test reads them all.
    pub fn scenario(&self) -> Option<Scenario> {
        Scenario::parse(self.text).ok()
    }
}

/// The scenario of this name.
pub fn named(name: &str) -> Option<&'static Builtin> {
    BUILTIN.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// The name that is likest to one that is not known.
pub fn likest(name: &str) -> Option<String> {
    crate::expect::likest_of(name, BUILTIN.iter().map(|known| known.name))
}

macro_rules! table {
    ($($group:ident $folder:literal: $($name:literal)*;)*) => {
        /// All of them, in the order of the course.
        pub const BUILTIN: &[Builtin] = &[$($(Builtin {
            name: $name,
            group: Group::$group,
            text: include_str!(concat!($folder, "/", $name, ".toml")),
        }),*),*];
    };
}

table! {
    Opening "opening":
        "three-way"
        "localhost"
        "syn-lost"
        "syn-ack-lost"
        "third-ack-lost"
        "refused"
        "filtered"
        "filtered-textbook"
        "accept-queue-full"
        "simultaneous-open"
        "self-connect"
        "fast-open"
        "half-open"
        "stale-syn";
    Closing "closing":
        "four-segment-client-first"
        "four-segment-server-first"
        "three-segment"
        "half-close"
        "simultaneous-close"
        "rst-linger-zero"
        "rst-unread-data"
        "write-to-closed-peer"
        "fin-lost"
        "last-ack-lost"
        "time-wait-full"
        "bind-in-time-wait"
        "port-reuse-in-time-wait"
        "fin-wait-2-orphan"
        "old-duplicate"
        "rst-in-time-wait"
        "time-wait-protected"
        "blind-rst";
    Reliability "reliability":
        "acknowledgement"
        "timeout-and-backoff"
        "fast-retransmit"
        "sack-recovery"
        "corrupted"
        "reordering"
        "duplicates"
        "slow-reader"
        "delayed-ack-and-nagle"
        "nodelay"
        "keep-alive"
        "congestion";
    Servers "servers":
        "first-lesson"
        "message-loop"
        "one-after-another"
        "thread-per-client"
        "download"
        "download-missing-file"
        "web-server"
        "http-keep-alive"
        "http-short-connections"
        "gbk-chat"
        "browser-request";
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn every_scenario_can_be_read_and_teaches() {
        for builtin in BUILTIN {
            let scenario = Scenario::parse(builtin.text).unwrap_or_else(|error| panic!("{}: {error}", builtin.name));
            let said = [&scenario.title, &scenario.lesson.before, &scenario.lesson.after];
            for text in said {
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}: a text is missing", builtin.name);
            }
            assert!(!scenario.expect.is_empty(), "{} states what it expects", builtin.name);
        }
    }
}
