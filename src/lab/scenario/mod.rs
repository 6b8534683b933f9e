//! A scenario: what two hosts do, what the wire does to them, what must come of it, and the lesson. Pure: files into scenarios.
//!
//! ```toml
//! title = { en = "The first SYN is lost", zh = "第一个 SYN 丢失" }
//! faults = ["drop the first SYN"]
//! expect = """
//! client SYN lost
//! client SYN again timeout
//! ...
//! """
//! [lesson]
//! before = { en = "…", zh = "…" }
//! [program.server]
//! calls = """
//! listen 8080
//! accept
//! recv -> 0
//! close
//! """
//! [program.client]
//! calls = """
//! connect 8080
//! close
//! """
//! ```
//! `faults` are the wire's ([`super::fault`]), `expect` is a sequence ([`crate::expect`]), `calls` a script ([`script`]).

mod builtin;
mod error;
mod file;
mod limits;
mod listeners;
mod read;
pub mod script;
mod toml_words;

pub use builtin::{BUILTIN, Builtin, Group, likest, named};
pub use error::{ScenarioError, Spot};

use super::fault::Fault;
use super::pace::Rate;
use crate::app::Encoding;
use crate::expect::Sequence;
use crate::tcp::Peer;
use crate::timeline::Text;
use script::{Line, Target, What};
use std::time::Duration;

/// A scenario, ready to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub title: Text,
    pub lesson: Lesson,
    /// How long the wire takes one way.
    pub delay: Duration,
    pub rate: Option<Rate>,
    pub faults: Vec<Fault>,
    pub is_v6: bool,
    pub ground: Ground,
    pub sysctls: Vec<Sysctl>,
    pub programs: Vec<Program>,
    pub expect: Sequence,
    /// What programs say is shown as text in this encoding.
    pub text: Option<Encoding>,
    /// How long it may take.
    pub limit: Duration,
    /// Its point is a long wait.
    pub is_long: bool,
}

/// Where it is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ground {
    /// On two hosts with a wire between them.
    #[default]
    Wire,
    /// On the loopback of a network of its own.
    Loopback,
    /// On the loopback of this network, where none of one's own can be had. No file asks for it.
    #[serde(skip)]
    Here,
}

/// What is told before, during and after; empty texts are not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lesson {
    pub before: Text,
    pub during: Text,
    pub after: Text,
}

/// A kernel parameter, as `net.ipv4.tcp_syn_retries`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sysctl {
    /// On this host; `None`: on both.
    pub host: Option<Peer>,
    pub name: String,
    pub value: String,
    /// Where the file asks for it.
    pub at: Spot,
}

/// A program of one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub name: String,
    pub place: Place,
    pub lines: Vec<Line>,
}

/// Where a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Host(Peer),
    /// It is the wire's own: it makes segments up.
    Wire,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str) -> Result<Scenario, ScenarioError> {
        read::scenario(text)
    }

    /// Whether a program listens.
    pub fn listens(&self) -> bool {
        !self.served().is_empty()
    }

    /// The ports that programs listen on.
    pub fn served(&self) -> Vec<u16> {
        let listened = self.lines().filter_map(|line| match line.what {
            What::Listen { port, .. } | What::Serve { port, .. } | What::ServeWeb { port, .. } => Some(port),
            _ => None,
        });
        listened.collect()
    }

    /// Every port that is named.
    pub fn ports(&self) -> Vec<u16> {
        let named = self.lines().filter_map(|line| match line.what {
            What::Listen { port, .. }
            | What::Serve { port, .. }
            | What::ServeWeb { port, .. }
            | What::GetWeb { port, .. }
            | What::Bind(port)
            | What::Connect { port, .. }
            | What::Get { port, .. } => Some(port),
            _ => None,
        });
        let mut ports: Vec<u16> = named.collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// Whether a loopback alone can show it: the wire does nothing but carry, and hosts are as they are.
    pub fn needs_wire(&self) -> bool {
        let on_wire = self.programs.iter().any(|program| program.place == Place::Wire);
        let asks = self.ground == Ground::Wire && self.needs_own_network();
        on_wire || asks || !self.faults.is_empty() || self.rate.is_some() || !self.sysctls.is_empty()
    }

    /// Whether it must have a network of its own: the port of a DNS server is root's elsewhere, and what a name stands for may be
    /// somebody else's address.
    pub fn needs_own_network(&self) -> bool {
        let names = |line: &Line| matches!(line.what, What::Names { .. } | What::Connect { to: Target::Name(_), .. });
        self.lines().any(names)
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.programs.iter().flat_map(|program| &program.lines)
    }
}
