//! Names in a scenario: a client that looks one up before it connects, and a server that answers.

use super::board::{Board, Over};
use super::socket::{Caller, Socket};
use crate::source::clock::now;
use crate::tcp::{HostsWord, Peer};
use crate::transfer::names::{AskError, HOSTS_FILE, NameServer, ask, in_order, look_up};
use nix::errno::Errno;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// The port of DNS.
const PORT: u16 = 53;
/// Questions of one lookup: for A and for AAAA.
const QUESTIONS: u64 = 2;

/// Looks a name up and tries its addresses one after the other. Gives the socket that connected, or the last error.
pub(super) fn reach(caller: Caller<'_>, host: Peer, name: &str, port: u16) -> Result<io::Result<Socket>, Over> {
    let found = match addresses(caller, host, name) {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let mut last: io::Error = Errno::ENOENT.into();
    for ip in found {
        let mut socket = match Socket::of(caller, ip.is_ipv6()) {
            Ok(socket) => socket,
            Err(error) => return Ok(Err(error)),
        };
        match socket.connect(caller, SocketAddr::new(ip, port))? {
            Ok(()) => return Ok(Ok(socket)),
            Err(error) => last = error,
        }
        let _ = socket.close(caller);
    }
    Ok(Err(last))
}

/// In the order in which they are to be tried: the hosts file's, else those that the DNS server of the lab knows.
fn addresses(caller: Caller<'_>, host: Peer, name: &str) -> io::Result<Vec<IpAddr>> {
    let board = caller.board;
    // On a loopback both hosts are one, and each of its addresses speaks to itself.
    let [own, other] = [*host.of(&board.addresses), *(!host).of(&board.addresses)];
    let mut found = Vec::new();
    for word in look_up(Path::new(HOSTS_FILE), name, now) {
        found.extend(word.found.iter().map(|(ip, _)| *ip));
        let client = Some(own).filter(|own| *own != other);
        board.hear_hosts(HostsWord { client, program: Some(caller.program.into()), ..word });
    }
    if found.is_empty() {
        found = ask(&[SocketAddr::new(board.names, PORT)], name, board.over()).map_err(|error| match error {
            AskError::Name(_) => Errno::EINVAL.into(),
            AskError::Silent => Errno::ETIMEDOUT.into(),
            AskError::Refused(_) => Errno::ENOENT.into(),
            AskError::Socket(error) => error,
        })?;
    }
    Ok(in_order(found))
}

/// Answers one lookup. A mark with the program's name says that it is ready.
pub(super) fn serve(program: &str, board: &Board<'_>, port: u16, names: &[(String, IpAddr)]) -> io::Result<u64> {
    let server = NameServer::bind(SocketAddr::new(board.names, port), names.to_vec())?;
    board.mark(program);
    server.run(QUESTIONS, board.over())
}
