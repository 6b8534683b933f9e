//! The built-in web server and web client inside a scenario: the very ones of `serve --http` and `get http://…`, with every call told.

use super::board::Board;
use super::transfers::{Teller, folder};
use crate::transfer::http::{Fetch, WebClient, WebError, WebEvent, WebServer};
use crate::transfer::{Call, Root, Server, Target};
use nix::errno::Errno;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Serves one client from a folder of made-up pages. Gives how many requests it answered.
pub(super) fn serve(
    program: &str,
    board: &Board<'_>,
    address: SocketAddr,
    files: &[(String, usize)],
    moved: &[(String, String)],
) -> io::Result<u64> {
    let folder = folder(files)?;
    let teller = Teller::new(program, board);
    let tell = |call: &Call| teller.tell(call);
    let target = Target { host: address.ip().to_string(), port: address.port() };
    let listeners = Server::bind(&target, Some(&tell)).map_err(io::Error::other)?;
    let server = WebServer { count: Some(1), moved: moved.to_vec(), ..WebServer::new(Root::open(folder.path())?) };
    let answered = AtomicU64::new(0);
    server.run(&listeners, board.over(), Some(&tell), |event| {
        if let WebEvent::Answered { .. } = event {
            answered.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    Ok(answered.load(Ordering::Relaxed))
}

/// Asks for a page, and for where a redirect leads. Gives its octets; a status that is an error is ENOENT.
pub(super) fn get(program: &str, board: &Board<'_>, address: SocketAddr, path: &str) -> io::Result<u64> {
    let teller = Teller::new(program, board);
    let tell = |call: &Call| teller.tell(call);
    let client = WebClient { stop: Some(board.over()), calls: Some(&tell), ..WebClient::default() };
    let fetch = Fetch::new(&format!("http://{address}{path}"), None).map_err(errno_of)?;
    let page = client.fetch(&[address], &fetch, &mut io::sink(), |_| {});
    page.map(|page| page.octets).map_err(errno_of)
}

fn errno_of(error: WebError) -> io::Error {
    match error {
        WebError::Status { .. } => Errno::ENOENT.into(),
        WebError::Url(_) => Errno::EINVAL.into(),
        WebError::Broken { source, .. } | WebError::Write(source) => source,
        WebError::Connect(tries) => tries.into_iter().next_back().map_or(Errno::EIO.into(), |(_, error)| error),
        WebError::Silent { .. } => Errno::ETIMEDOUT.into(),
        _ => Errno::EIO.into(),
    }
}
