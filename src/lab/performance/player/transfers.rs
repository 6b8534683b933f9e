//! The built-in server and client of files inside a scenario: real transfers, with every call told.

use super::board::Board;
use super::socket::NO_ADDRESS;
use crate::tcp::CallWord;
use crate::transfer::{Call, Client, GetError, Refusal, Root, Server, Target};
use nix::errno::Errno;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Serves one client from a folder of made-up files. Gives the octets of the file that it sent.
pub(super) fn serve(
    program: &str,
    board: &Board<'_>,
    address: SocketAddr,
    files: &[(String, usize)],
) -> io::Result<u64> {
    let folder = folder(files)?;
    let teller = Teller::new(program, board);
    let tell = |call: &Call| teller.tell(call);
    let target = Target { host: address.ip().to_string(), port: address.port() };
    let listeners = Server::bind(&target, Some(&tell)).map_err(io::Error::other)?;
    let server = Server { count: Some(1), ..Server::new(Root::open(folder.path())?) };
    let sent = AtomicU64::new(0);
    server.run(&listeners, board.over(), Some(&tell), |event| {
        if let crate::transfer::Event::Sent { octets, .. } = event {
            sent.fetch_add(octets, Ordering::Relaxed);
        }
    })?;
    Ok(sent.load(Ordering::Relaxed))
}

/// A folder of made-up files: so many octets each, of which the name may have folders before it.
pub(super) fn folder(files: &[(String, usize)]) -> io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, octets) in files {
        let pattern: Vec<u8> = (0..*octets).map(|place| b'a' + (place % 26) as u8).collect();
        let path = folder.path().join(name);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(path, pattern)?;
    }
    Ok(folder)
}

/// Asks for a file. Gives its octets; a file that the server does not have is ENOENT.
pub(super) fn get(program: &str, board: &Board<'_>, address: SocketAddr, name: &str) -> io::Result<u64> {
    let teller = Teller::new(program, board);
    let tell = |call: &Call| teller.tell(call);
    let client = Client { stop: Some(board.over()), calls: Some(&tell), ..Client::default() };
    let received = client.get(&[address], name, &mut io::sink(), |_, _| {});
    received.map(|received| received.octets).map_err(|error| match error {
        GetError::Refused(why) => errno_of(why).into(),
        GetError::Broken { source, .. } | GetError::Write(source) => source,
        GetError::Connect(tries) => tries.into_iter().next_back().map_or(Errno::EIO.into(), |(_, error)| error),
        GetError::Silent { .. } => Errno::ETIMEDOUT.into(),
        _ => Errno::EIO.into(),
    })
}

fn errno_of(why: Refusal) -> Errno {
    match why {
        Refusal::NotFound => Errno::ENOENT,
        Refusal::Outside | Refusal::Unreadable => Errno::EACCES,
        _ => Errno::EINVAL,
    }
}

/// Says calls, and tells the board of them. What a client calls before it has an address is told as soon as it has one.
pub(super) struct Teller<'b> {
    program: &'b str,
    board: &'b Board<'b>,
    early: Mutex<Vec<Call>>,
}

impl<'b> Teller<'b> {
    pub(super) fn new(program: &'b str, board: &'b Board<'b>) -> Teller<'b> {
        Teller { program, board, early: Mutex::default() }
    }

    pub(super) fn tell(&self, call: &Call) {
        let known = Call { local: call.local.or(Some(NO_ADDRESS)), ..call.clone() };
        if let Some(word) = known.word(self.program) {
            self.board.say(self.program, &word);
        }
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        if call.local.is_none() {
            return early.push(call.clone());
        }
        let before = early.drain(..).map(|before| Call { local: call.local, ..before });
        let words: Vec<CallWord> = before.chain([call.clone()]).filter_map(|call| call.word(self.program)).collect();
        for word in words {
            self.board.hear(word);
        }
    }
}
