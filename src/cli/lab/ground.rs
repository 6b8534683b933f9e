//! Where scenarios can be played: in a private network, or on the machine's loopback.

use super::super::exit::Failure;
use super::super::permission::namespace_failure;
use crate::lab::namespace;
use crate::lab::scenario::{Ground, Scenario};
use crate::source::live::{LiveCapture, LiveOptions};
use crate::timeline::Lang;
use anyhow::Result;
use std::io::{self, Write};

/// Goes to a private network; why there is none, where one can do without. `what` is the command. Before any thread: only
/// a process with one thread may move.
pub(super) fn enter(what: &str, lang: Lang) -> Result<Option<Failure>> {
    let Err(error) = namespace::enter() else { return Ok(None) };
    let failure = namespace_failure(&error, what, lang);
    // After a later step this process is in a network of its own that was never finished: that is not the machine's loopback.
    if !error.is_where_it_was() {
        return Err(failure.into());
    }
    let rights = LiveOptions { filter: vec!["tcp".into()], ..LiveOptions::new("lo") };
    if LiveCapture::open(&rights).is_err() {
        return Err(failure.into());
    }
    let mut err = io::stderr().lock();
    match lang {
        Lang::En => writeln!(err, "no private network can be had here: played on this machine's loopback")?,
        Lang::Zh => writeln!(err, "此处无法建立私有网络：改在本机环回接口上进行")?,
    }
    Ok(Some(failure))
}

/// Where a scenario is played.
pub(super) fn of(scenario: &Scenario, on_loopback: bool, is_here: bool) -> Ground {
    match is_here {
        true => Ground::Here,
        false if on_loopback => Ground::Loopback,
        false => scenario.ground,
    }
}
