//! Two scenarios played one after the other, over wires of several lengths, for `synfin compare`.

use super::super::config::Config;
use super::super::output::Outputs;
use super::super::{interrupt, scenarios};
use super::told::timeline;
use super::{failed, ground};
use crate::analyze::Wishes;
use crate::assemble::Watch;
use crate::compare::{Pair, Side};
use crate::lab::performance::player::{self, Played};
use crate::lab::performance::{LabError, Recording};
use crate::lab::scenario::{Ground, Scenario};
use anyhow::{Result, bail};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Both at each delay; without any, at their own.
pub(in crate::cli) fn compared(
    names: [&str; 2],
    scenarios: [&Scenario; 2],
    delays: &[Duration],
    config: &Config,
) -> Result<Vec<Pair>> {
    let lang = config.lang;
    let [a, b] = names;
    if let Some(why) = ground::enter(&format!("compare {a} {b}"), lang)? {
        return Err(why.into());
    }
    let stop = interrupt::flag()?;
    let delays: Vec<Option<Duration>> =
        if delays.is_empty() { vec![None] } else { delays.iter().copied().map(Some).collect() };
    let mut recordings = Vec::new();
    for delay in &delays {
        for (name, scenario) in names.into_iter().zip(scenarios) {
            let delay = delay.unwrap_or(scenario.delay);
            recordings.push(play(name, &Scenario { delay, ..scenario.clone() }, &stop, config)?);
        }
    }
    // Devices, namespaces and tracepoints are let go: nothing from here on needs them.
    Outputs::settle_rights_to_write(false)?;
    let mut recordings = recordings.into_iter();
    let mut pairs = Vec::new();
    for delay in delays {
        let mut side = |name: &str| -> Result<Side> {
            let Some(recording) = recordings.next() else { bail!("a performance is missing") };
            let wishes = Wishes { watch: Watch::All, full: true, ..Wishes::default() };
            Ok(Side::of(name, &timeline(recording, name, None, wishes, config)?))
        };
        let [a, b] = names;
        let delay_ns = delay.map(|delay| i64::try_from(delay.as_nanos()).unwrap_or(i64::MAX));
        pairs.push(Pair { delay_ns, a: side(a)?, b: side(b)? });
    }
    Ok(pairs)
}

fn play(name: &str, scenario: &Scenario, stop: &AtomicBool, config: &Config) -> Result<Recording> {
    let ground = match scenario.ground {
        Ground::Here => Ground::Loopback,
        ground => ground,
    };
    let played = player::play(scenario, ground, true, stop, &|_, _| {});
    let Played { recording, missed, is_stopped } = played.map_err(|error| match error {
        LabError::Sysctl(sysctl, error) => scenarios::refused(name, &sysctl, &error).into(),
        other => failed(other, config.lang).context(name.to_string()),
    })?;
    if is_stopped {
        return Err(failed(LabError::Stopped, config.lang));
    }
    if let Some(first) = missed.first() {
        bail!("{name}: {first:?}");
    }
    Ok(recording)
}
