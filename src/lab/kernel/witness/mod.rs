//! The kernel as witness: asked again and again about the sockets on some ports, and what it said remembered.

mod memory;
mod seen;

pub use seen::{Seen, TimeWait};

use super::process::{Process, owners};
use super::sock_diag::SockDiag;
use crate::tcp::{State, Timestamp};
use memory::Memory;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// Asks and remembers. It knows the network namespace in which it was opened.
pub struct Witness {
    kernel: SockDiag,
    ports: Vec<u16>,
    /// Whatever their ports.
    all: bool,
    /// Only what has this address on either side, where one is given.
    address: Option<IpAddr>,
    memory: Memory,
}

impl Witness {
    /// Watches the TCP sockets that have one of these ports on either side.
    ///
    /// # Errors
    /// What the kernel says, as where a sandbox forbids netlink.
    pub fn open(ports: &[u16]) -> io::Result<Witness> {
        Ok(Witness {
            kernel: SockDiag::open()?,
            ports: ports.to_vec(),
            all: false,
            address: None,
            memory: Memory::default(),
        })
    }

    /// Watches every TCP socket, as of a host where nobody else is.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn open_all() -> io::Result<Witness> {
        Ok(Witness { all: true, ..Witness::open(&[])? })
    }

    /// Passes over sockets that have not this address on either side, as those of other programs on this machine.
    pub fn of_address(self, address: IpAddr) -> Witness {
        Witness { address: Some(address), ..self }
    }

    /// Watches another port as well.
    pub fn watch(&mut self, port: u16) {
        if !self.ports.contains(&port) {
            self.ports.push(port);
        }
    }

    /// Asks once. `now` is read when the answer is there. Costs some 0.3 ms, more when a new socket's owner is looked for.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn look(&mut self, now: impl FnOnce() -> Timestamp) -> io::Result<()> {
        if self.ports.is_empty() && !self.all {
            return Ok(());
        }
        let mut sockets = self.kernel.dump(&self.ports)?;
        if let Some(address) = self.address {
            sockets.retain(|socket| [socket.local, socket.remote].iter().any(|end| end.ip() == address));
        }
        self.memory.note(now(), &sockets, &owners);
        Ok(())
    }

    /// Everything seen, in the order in which it was first seen.
    pub fn seen(&self) -> &[Seen] {
        &self.memory.seen
    }

    /// The latest socket with these addresses.
    pub fn socket(&self, local: SocketAddr, remote: SocketAddr) -> Option<&Seen> {
        self.memory.seen.iter().rev().find(|seen| seen.local == local && seen.remote == remote)
    }

    /// The process at an address: who holds a connection from there, else who listens on its port.
    pub fn process(&self, local: SocketAddr) -> Option<&Process> {
        let held = self.memory.seen.iter().rev().filter(|seen| seen.local == local);
        let listens = self.memory.seen.iter().filter(|seen| {
            let states = seen.states.iter().any(|(_, state)| *state == State::Listen);
            states && seen.local.port() == local.port()
        });
        held.chain(listens).find_map(|seen| seen.owner.as_ref())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_real_server_is_named_by_its_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let Ok(mut witness) = Witness::open(&[address.port()]) else { return };
        let client = std::net::TcpStream::connect(address).unwrap();
        let local = client.local_addr().unwrap();
        let (server, _) = listener.accept().unwrap();
        witness.look(|| Timestamp(1)).unwrap();
        for of in [local, address] {
            assert_eq!(witness.process(of).unwrap().pid, std::process::id());
        }
        assert_eq!(witness.socket(local, address).unwrap().states, [(Timestamp(1), State::Established)]);
        drop((client, server));
        witness.look(|| Timestamp(2)).unwrap();
        let waits = witness.socket(local, address).unwrap();
        assert_eq!(waits.gone, None, "the client closed first, and so its socket waits: {waits:?}");
    }
}
