//! What everybody saw of a performance, as one file: packets at both hosts, calls, and the kernels' words.

use super::traced;
use super::watch::Watched;
use crate::app::Encoding;
use crate::lab::kernel::tracer::Tracer;
use crate::lab::kernel::witness::Seen;
use crate::lab::wire::Record;
use crate::source::clock::now;
use crate::source::journal;
use crate::tcp::{CallWord, HostsWord, KernelAct, Polling, Timestamp};
use std::io::{self, Write};

/// What the file says made it.
const APPLICATION: &str = concat!("synfin lab ", env!("CARGO_PKG_VERSION"));

pub struct Recording {
    pub record: Record,
    /// What programs say is shown as text in this encoding.
    pub text: Option<Encoding>,
    /// By time.
    pub calls: Vec<CallWord>,
    /// What they found in the hosts file.
    pub hosts: Vec<HostsWord>,
    /// What the kernels said, host by host.
    pub seen: Vec<Seen>,
    /// What they did of their own accord, where root listened.
    pub acts: Vec<KernelAct>,
    /// For how long a kernel was not asked.
    pub polling: Polling,
    pub ended: Timestamp,
}

impl Recording {
    /// Gathers it when all is over; what nobody watched any more of one that was stopped is no part of it.
    pub(super) fn gather(
        record: Record,
        watched: Watched,
        tracer: Option<Tracer>,
        (calls, hosts): (Vec<CallWord>, Vec<HostsWord>),
        is_stopped: bool,
    ) -> Recording {
        let Watched { mut seen, polling, until } = watched;
        let acts = traced::join(&mut seen, &record, tracer.map(Tracer::end).unwrap_or_default());
        let mut recording = Recording { record, text: None, calls, hosts, seen, acts, polling, ended: now() };
        if is_stopped {
            recording.end_at(until);
        }
        recording
    }

    /// Nothing that came later is part of it: nobody watched any more.
    fn end_at(&mut self, time: Timestamp) {
        self.record.sightings.retain(|sighting| sighting.time <= time);
        self.calls.retain(|word| word.at <= time);
        self.hosts.retain(|word| word.at <= time);
        self.acts.retain(|act| act.at <= time);
        self.ended = time;
    }

    /// Writes all as pcapng.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.record.write(APPLICATION, self.text.map(Encoding::remark).as_deref(), out)?;
        self.hosts.iter().try_for_each(|word| journal::write_hosts(word, out))?;
        self.calls.iter().try_for_each(|word| journal::write_call(word, out))?;
        for word in self.seen.iter().flat_map(Seen::words) {
            journal::write_state(&word, out)?;
        }
        for word in self.seen.iter().flat_map(Seen::sampled) {
            journal::write_sample(&word, out)?;
        }
        self.acts.iter().try_for_each(|word| journal::write_act(word, out))?;
        journal::write_polling(&self.polling, self.ended, out)
    }
}
