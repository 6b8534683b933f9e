//! A loopback in place of two hosts and a wire: what passes there is captured as any other program's packets are.

use super::Record;
use crate::lab::worker::Worker;
use crate::source::clock::stamped;
use crate::source::live::{LiveCapture, LiveError, LiveOptions, WHOLE_PACKETS};
use crate::tcp::Peer;
use std::io;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long one wait for packets lasts at most.
const GLANCE: Duration = Duration::from_millis(10);

pub(in crate::lab) struct Loopback {
    came: Arc<AtomicU64>,
    worker: Worker<Record>,
}

impl Loopback {
    /// Listens for packets of these ports, and of this address alone where one is given, in the network namespace of the calling thread.
    pub(in crate::lab) fn listen(ports: &[u16], address: Option<IpAddr>) -> Result<Loopback, LiveError> {
        let words: Vec<String> = ports.iter().map(|port| format!("tcp port {port}")).collect();
        let words = words.join(" or ");
        let filter = address.map_or(words.clone(), |address| format!("host {address} and ({words})"));
        let options = LiveOptions { filter: vec![filter], ..LiveOptions::new("lo") };
        let mut capture = LiveCapture::open(&options.keeping(WHOLE_PACKETS))?;
        let came = Arc::new(AtomicU64::new(0));
        let counts = came.clone();
        let listen = move |stop: &AtomicBool| {
            let mut record = Record::of_loopback();
            let mut note = |frame: &crate::source::Frame<'_>| {
                counts.fetch_add(1, Ordering::AcqRel);
                record.note(Peer::A, stamped(frame.time), frame.bytes, None);
                ControlFlow::Continue(())
            };
            let mut trouble = None;
            while !stop.load(Ordering::Acquire) && trouble.is_none() {
                trouble = capture.poll_frames(GLANCE, &mut note).err();
            }
            // What came before the end but was not read yet.
            let trouble = trouble.or(capture.drain(&mut note).err());
            if let Some(error) = trouble {
                record.deaf(Peer::A, &error);
            }
            record.let_go(Peer::A, capture.counts().dropped);
            record
        };
        let worker = Worker::begin("loopback", Arc::default(), listen);
        let cannot = |error: io::Error| LiveError::Open { device: "lo".into(), detail: error.to_string() };
        Ok(Loopback { came, worker: worker.map_err(cannot)? })
    }

    /// Packets that passed so far.
    pub(in crate::lab) fn came(&self) -> u64 {
        self.came.load(Ordering::Acquire)
    }

    pub(in crate::lab) fn end(self) -> io::Result<Record> {
        self.worker.end()
    }
}
