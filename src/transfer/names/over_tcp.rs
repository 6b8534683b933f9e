//! One question over a connection, for an answer that does not fit in a datagram: each message behind its length (RFC 7766 8).

use crate::app::dns::read;
use crate::timeline::DnsMessage;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a wait looks whether it should stop.
const GLANCE: Duration = Duration::from_millis(50);

/// Asks a server; gives the first answer that fits.
///
/// # Errors
/// What the system says; `TimedOut` where no answer comes in time, or where somebody wants it to end.
pub(super) fn ask(
    server: SocketAddr,
    query: &[u8],
    fits: impl Fn(&DnsMessage) -> bool,
    patience: Duration,
    stop: &AtomicBool,
) -> io::Result<DnsMessage> {
    let until = Instant::now() + patience;
    let mut stream = TcpStream::connect_timeout(&server, patience)?;
    stream.set_read_timeout(Some(GLANCE))?;
    stream.set_write_timeout(Some(patience))?;
    let len = u16::try_from(query.len()).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
    // Both in one piece: some servers read no further than the first segment.
    stream.write_all(&[&len.to_be_bytes()[..], query].concat())?;
    let is_over = || Instant::now() >= until || stop.load(Ordering::Relaxed);
    loop {
        let mut len = [0; 2];
        fill(&mut stream, &mut len, &is_over)?;
        let mut octets = vec![0; usize::from(u16::from_be_bytes(len))];
        fill(&mut stream, &mut octets, &is_over)?;
        if let Ok((message, _)) = read(&octets)
            && fits(&message)
        {
            return Ok(message);
        }
    }
}

/// Reads until the buffer is full.
fn fill(stream: &mut TcpStream, buffer: &mut [u8], is_over: &dyn Fn() -> bool) -> io::Result<()> {
    let mut rest = buffer;
    while !rest.is_empty() {
        match stream.read(rest) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => rest = rest.get_mut(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
        if !rest.is_empty() && is_over() {
            return Err(ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}
