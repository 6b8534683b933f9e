//! What lies between client and server: a wire of ours, or a loopback.

use super::loopback::Loopback;
use super::{Injector, Record, Wire};
use std::io;

pub(in crate::lab) enum Medium {
    Wire(Wire),
    Loopback(Loopback),
}

impl Medium {
    /// Frames that came to it so far, and those that are on it now.
    pub(in crate::lab) fn carried(&self) -> (u64, u64) {
        match self {
            Medium::Wire(wire) => wire.carried(),
            Medium::Loopback(loopback) => (loopback.came(), 0),
        }
    }

    /// To have segments made up, which only a wire of ours can.
    pub(in crate::lab) fn injector(&self) -> Option<Injector> {
        match self {
            Medium::Wire(wire) => Some(wire.injector()),
            Medium::Loopback(_) => None,
        }
    }

    /// Ends the carrying, and gives what was seen. Also without this call it ends with this.
    pub(in crate::lab) fn end(self) -> io::Result<Record> {
        match self {
            Medium::Wire(wire) => wire.end(),
            Medium::Loopback(loopback) => loopback.end(),
        }
    }
}
