//! Segments that the wire makes up, or gives out once more: only their receiver sees them.

use super::Message;
use super::counter::Counter;
use super::craft::Craft;
use super::flows::Flows;
use super::way::Onward;
use super::work::{Outlet, Work};
use crate::decode::{Decoded, Decoder};
use crate::lab::deed::Deed;
use crate::lab::fault::Selector;
use crate::lab::scenario::script::{Injection, MadeUp};
use crate::source::{Frame, LinkType};
use crate::tcp::{Flags, Peer, Timestamp};
use nix::errno::Errno;
use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};

/// What a made-up sender offers of whom the wire has seen nothing.
const WINDOW: u16 = 65535;

/// Has segments made up by a wire at work.
#[derive(Debug, Clone)]
pub struct Injector {
    sender: Sender<Message>,
}

/// What the wire's thread is asked for.
pub(super) struct Order {
    injection: Injection,
    /// As it was written.
    text: String,
    /// Of client and server.
    addresses: [IpAddr; 2],
    done: Sender<io::Result<()>>,
}

impl Injector {
    pub(super) fn new(sender: Sender<Message>) -> Injector {
        Injector { sender }
    }

    /// Makes it up, and returns when the host has it.
    ///
    /// # Errors
    /// ENOTCONN: there is no connection to belong to; ENOENT: no such frame came before.
    pub fn inject(&self, injection: &Injection, text: &str, addresses: [IpAddr; 2]) -> io::Result<()> {
        let (done, answer) = channel();
        let order = Order { injection: injection.clone(), text: text.into(), addresses, done };
        let is_gone = |_| io::Error::from(Errno::ENETDOWN);
        self.sender.send(Message::Inject(order)).map_err(|_| Errno::ENETDOWN)?;
        answer.recv().map_err(is_gone)?
    }
}

impl<O: Outlet> Work<O> {
    pub(super) fn inject(&mut self, order: Order) {
        let Order { injection, text, addresses, done } = order;
        let made = match injection {
            Injection::MadeUp(made) => self.make_up(&made, addresses).map(|bytes| (made.from, bytes)),
            Injection::Again(selector) => self.remember(selector).ok_or(Errno::ENOENT),
        };
        let given = made.map_err(io::Error::from).and_then(|(from, bytes)| {
            let comment = Some(Cow::Owned(Deed::MadeUp(&text).to_string()));
            let onward = Onward { to: !from, bytes, comment, place: None, is_twice: false, is_tcp: true };
            self.give(onward).map_err(|(_, error)| error)?;
            self.carried.came.fetch_add(1, Ordering::AcqRel);
            Ok(())
        });
        // Who asked may be gone.
        let _ = done.send(given);
    }

    fn make_up(&self, made: &MadeUp, addresses: [IpAddr; 2]) -> Result<Vec<u8>, Errno> {
        let MadeUp { from, ports, flags, seq, ack, window, data } = made;
        let ends = match *ports {
            Some((source, destination)) => Some((
                SocketAddr::new(*from.of(&addresses), source),
                SocketAddr::new(*(!*from).of(&addresses), destination),
            )),
            None => self.flows.last(*from),
        };
        let (src, dst) = ends.ok_or(Errno::ENOTCONN)?;
        let flow = self.flows.of((src, dst));
        let push = if data.is_empty() { Flags::default() } else { Flags::PSH };
        let acknowledged = if flags.ack() { ack.from(flow.acknowledged) } else { Default::default() };
        let craft = Craft {
            from: *from,
            src,
            dst,
            seq: seq.from(flow.next),
            ack: acknowledged,
            flags: (*flags | push).0 as u8,
            window: window.unwrap_or(if flow.window == 0 { WINDOW } else { flow.window }),
            data,
        };
        craft.frame().ok_or(Errno::EMSGSIZE)
    }

    /// The frame that came before.
    fn remember(&self, selector: Selector) -> Option<(Peer, Vec<u8>)> {
        let mut counter = Counter::new(selector);
        let mut decoder = Decoder::new();
        let mut flows = Flows::default();
        self.remembered.iter().find_map(|&(from, place)| {
            let bytes = &self.record.sightings.get(place)?.bytes;
            let decoded = decoder.decode(&Frame {
                number: 0,
                time: Timestamp(0),
                link: LinkType::ETHERNET,
                wire_len: bytes.len() as u32,
                bytes,
                interface: 0,
            });
            let Decoded::Segment(segment) = decoded else { return None };
            let hits = counter.hits(from, &segment, &flows.fins(from, &segment));
            flows.saw(from, &segment);
            hits.then(|| (from, bytes.clone()))
        })
    }
}
