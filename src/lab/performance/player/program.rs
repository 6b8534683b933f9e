//! One program of a scenario: its lines one after the other, each held against what it must give.

use super::board::{Board, Over};
use super::names;
use super::socket::{Caller, Socket};
use super::{transfers, web};
use crate::app::Encoding;
use crate::lab::hosts::Host;
use crate::lab::scenario::script::{Amount, Line, Target, Wait, Wanted, What};
use crate::lab::scenario::{Place, Program};
use crate::tcp::Peer;
use crate::timeline::Text;
use crate::transfer::errno_name;
use nix::errno::Errno;
use std::cell::Cell;
use std::io;
use std::net::SocketAddr;

/// Octets that one `recv` takes at most.
const MOST_RECEIVED: usize = 64 * 1024;
/// Octets kept of what was received, to be held against what must come.
const MOST_KEPT: usize = 1 << 20;

/// Runs it to its end, to its first failure, or until the scenario is over.
pub(super) fn run(program: &Program, host: Option<&Host>, board: &Board<'_>) {
    if let Some(Err(error)) = host.map(Host::enter)
        && let Some(line) = program.lines.first()
    {
        return board.miss(&program.name, line, Some(Text::new(error.to_string(), error.to_string())));
    }
    let peer = match program.place {
        Place::Host(peer) => peer,
        Place::Wire => Peer::A,
    };
    let work = Work { program, host: peer, caller: Caller { program: &program.name, board }, since: Cell::default() };
    let begins = if peer == Peer::A { board.until_listening() } else { Ok(()) };
    if begins.is_err() {
        return;
    }
    work.since.set(board.looks());
    for line in &program.lines {
        match work.line(line) {
            Ok(gave) if gave.is_wanted(line) => {}
            Ok(gave) => return board.miss(&program.name, line, Some(gave.text(&line.wanted))),
            Err(Over) => {
                // A line that waits in vain is one that gave nothing.
                return board.miss(&program.name, line, None);
            }
        }
    }
}

/// What a line gave.
struct Gave {
    result: io::Result<u64>,
    /// What was received.
    octets: Vec<u8>,
}

impl Gave {
    fn is_wanted(&self, line: &Line) -> bool {
        match (&line.wanted, &self.result) {
            (Wanted::Success, Ok(count)) => line.what != What::Recv(Amount::Once) || *count > 0,
            (Wanted::Count(wanted), Ok(count)) => count == wanted,
            (Wanted::Text(wanted), Ok(_)) => self.octets == *wanted,
            (Wanted::Error(wanted), Err(error)) => errno_name(error.raw_os_error().unwrap_or_default()) == *wanted,
            _ => false,
        }
    }

    fn count(result: io::Result<u64>) -> Gave {
        Gave { result, octets: Vec::new() }
    }

    /// In words, for one who wanted something else.
    fn text(&self, wanted: &Wanted) -> Text {
        match &self.result {
            Ok(count) if self.octets.is_empty() => Text::new(count.to_string(), count.to_string()),
            Ok(count) => {
                let octets = String::from_utf8_lossy(self.octets.get(..60).unwrap_or(&self.octets)).into_owned();
                let Text { en, zh } = self.hint(wanted).unwrap_or_default();
                Text::new(format!("{count}: {octets:?}{en}"), format!("{count}：{octets:?}{zh}"))
            }
            Err(error) => {
                let name = errno_name(error.raw_os_error().unwrap_or_default());
                Text::new(name.clone(), name)
            }
        }
    }
}

impl Gave {
    /// Where the text that was wanted came in another encoding.
    fn hint(&self, wanted: &Wanted) -> Option<Text> {
        let Wanted::Text(wanted) = wanted else { return None };
        let is_in = |own: Encoding, octets: &[u8], of: &[u8]| {
            std::str::from_utf8(of).is_ok_and(|text| own.encode(text).is_some_and(|own| own == octets))
        };
        Encoding::NAMES.into_iter().filter_map(|name| Some((name, Encoding::named(name)?))).find_map(|(name, own)| {
            if is_in(own, &self.octets, wanted) {
                return Some(Text::new(
                    format!("; that is the same text in {name}: write {name} behind the quotation marks"),
                    format!("；这是同一文本的 {name} 编码：请在引号后面写上 {name}"),
                ));
            }
            is_in(own, wanted, &self.octets).then(|| {
                Text::new(
                    format!("; that is the same text in utf-8: the send has no {name} behind its quotation marks"),
                    format!("；这是同一文本的 utf-8 编码：发送方的引号后面没有写 {name}"),
                )
            })
        })
    }
}

impl From<io::Result<()>> for Gave {
    fn from(result: io::Result<()>) -> Gave {
        Gave { result: result.map(|()| 0), octets: Vec::new() }
    }
}

struct Work<'p> {
    program: &'p Program,
    host: Peer,
    caller: Caller<'p>,
    /// What the kernels show at later looks may have come of its last call.
    since: Cell<u64>,
}

impl Work<'_> {
    fn line(&self, line: &Line) -> Result<Gave, Over> {
        let board = self.caller.board;
        if !matches!(line.what, What::Wait(_)) {
            self.since.set(board.looks());
        }
        let name = line.socket.as_deref().unwrap_or(&self.program.name);
        let listener = format!("{name} listener");
        match &line.what {
            What::Wait(Wait::Time(time)) if time.is_zero() => Ok(Ok(()).into()),
            What::Wait(wait) => {
                self.since.set(board.wait(wait, self.since.get())?);
                Ok(Ok(()).into())
            }
            What::Mark(mark) => {
                board.mark(mark);
                Ok(Ok(()).into())
            }
            What::Inject(injection) => {
                let injected = board.injector.as_ref().map(|wire| wire.inject(injection, &line.text, board.addresses));
                Ok(injected.unwrap_or_else(|| Err(Errno::ENOTSUP.into())).into())
            }
            What::Set(option) => self.early(name, |socket| Ok(socket.set(self.caller, *option))),
            What::Bind(port) => self.early(name, |socket| Ok(socket.bind(self.caller, self.address(*port, true)))),
            What::Listen { port, backlog } => {
                let listened = self.early(name, |socket| {
                    let bound = match socket.is_bound() {
                        true => Ok(()),
                        false => socket.bind(self.caller, self.address(*port, true)),
                    };
                    Ok(bound.and_then(|()| socket.listen(self.caller, *backlog)))
                })?;
                if listened.result.is_ok()
                    && let Some(socket) = board.take_now(self.host, name)
                {
                    board.put(self.host, &listener, socket);
                }
                Ok(listened)
            }
            What::Accept { from } => {
                let listener = format!("{} listener", from.as_deref().unwrap_or(&self.program.name));
                let mut listening = board.take(self.host, &listener)?;
                let accepted = listening.accept(self.caller);
                board.put(self.host, &listener, listening);
                Ok(accepted?.map(|socket| board.put(self.host, name, socket)).into())
            }
            What::Connect { port, to: Target::Name(host) } => {
                let reached = names::reach(self.caller, self.host, host, *port)?;
                Ok(reached.map(|socket| board.put(self.host, name, socket)).into())
            }
            What::Names { port, names } => Ok(Gave::count(names::serve(&self.program.name, board, *port, names))),
            What::Connect { port, to } => {
                let remote = self.address(*port, *to == Target::Own);
                self.early(name, |socket| socket.connect(self.caller, remote))
            }
            What::Send(octets) => {
                self.with(name, |socket| Ok(Gave { result: socket.send(self.caller, octets)?, octets: Vec::new() }))
            }
            What::Recv(amount) => self.with(name, |socket| self.receive(socket, *amount)),
            What::Echo => self.with(name, |socket| self.echo(socket)),
            What::Shutdown => self.with(name, |socket| Ok(socket.shutdown(self.caller).into())),
            What::Close => Ok(board.take(self.host, name)?.close(self.caller).into()),
            What::Serve { port, files } => {
                Ok(Gave::count(transfers::serve(&self.program.name, board, self.address(*port, true), files)))
            }
            What::Get { port, name } => {
                Ok(Gave::count(transfers::get(&self.program.name, board, self.address(*port, false), name)))
            }
            What::ServeWeb { port, files, moved } => {
                let address = self.address(*port, true);
                Ok(Gave::count(web::serve(&self.program.name, board, address, files, moved)))
            }
            What::GetWeb { port, path } => {
                Ok(Gave::count(web::get(&self.program.name, board, self.address(*port, false), path)))
            }
            What::CloseListener => Ok(board.take(self.host, &listener)?.close(self.caller).into()),
        }
    }

    /// A call on a socket that is there, or will be.
    fn with(&self, name: &str, call: impl FnOnce(&mut Socket) -> Result<Gave, Over>) -> Result<Gave, Over> {
        let mut socket = self.caller.board.take(self.host, name)?;
        let gave = call(&mut socket);
        self.caller.board.put(self.host, name, socket);
        gave
    }

    /// A call that makes the socket where there is none yet.
    fn early(&self, name: &str, call: impl FnOnce(&mut Socket) -> Result<io::Result<()>, Over>) -> Result<Gave, Over> {
        let mut socket = match self.caller.board.take_now(self.host, name) {
            Some(socket) => socket,
            None => match Socket::new(self.caller) {
                Ok(socket) => socket,
                Err(error) => return Ok(Err(error).into()),
            },
        };
        let gave = call(&mut socket).map(Gave::from);
        self.caller.board.put(self.host, name, socket);
        gave
    }

    fn receive(&self, socket: &mut Socket, amount: Amount) -> Result<Gave, Over> {
        let most = match amount {
            Amount::Once => 1,
            Amount::Octets(octets) => octets,
            Amount::All => usize::MAX,
        };
        let mut buffer = vec![0; MOST_RECEIVED];
        let (mut count, mut octets) = (0, Vec::new());
        while count < most {
            let room = if amount == Amount::Once { MOST_RECEIVED } else { MOST_RECEIVED.min(most - count) };
            let Some(buffer) = buffer.get_mut(..room) else { break };
            match socket.recv(self.caller, buffer)? {
                Ok(0) => break,
                Ok(came) => {
                    count += came;
                    let kept = came.min(MOST_KEPT.saturating_sub(octets.len()));
                    octets.extend(buffer.get(..kept).unwrap_or_default());
                }
                Err(error) => return Ok(Gave { result: Err(error), octets }),
            }
        }
        Ok(Gave { result: Ok(count as u64), octets })
    }

    /// Sends back what comes until the peer's FIN.
    fn echo(&self, socket: &mut Socket) -> Result<Gave, Over> {
        let mut buffer = vec![0; MOST_RECEIVED];
        let mut count = 0;
        loop {
            let came = match socket.recv(self.caller, &mut buffer)? {
                Ok(0) => return Ok(Gave { result: Ok(count), octets: Vec::new() }),
                Ok(came) => came,
                Err(error) => return Ok(Gave { result: Err(error), octets: Vec::new() }),
            };
            match socket.send(self.caller, buffer.get(..came).unwrap_or_default())? {
                Ok(sent) => count += sent,
                Err(error) => return Ok(Gave { result: Err(error), octets: Vec::new() }),
            }
        }
    }

    fn address(&self, port: u16, own: bool) -> SocketAddr {
        let peer = if own { self.host } else { !self.host };
        SocketAddr::new(*peer.of(&self.caller.board.addresses), port)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_in_another_encoding_is_recognised() {
        let gave = |octets: &[u8], wanted: &[u8]| {
            let gave = Gave { result: Ok(octets.len() as u64), octets: octets.to_vec() };
            gave.text(&Wanted::Text(wanted.to_vec()))
        };
        let (utf8, gbk) = ("你好".as_bytes(), Encoding::Gbk.encode("你好").unwrap());
        let forgotten = gave(&gbk, utf8);
        assert!(forgotten.en.ends_with("write gbk behind the quotation marks"), "{}", forgotten.en);
        assert!(forgotten.zh.ends_with("请在引号后面写上 gbk"), "{}", forgotten.zh);
        assert!(gave(utf8, &gbk).en.contains("the send has no gbk"), "{}", gave(utf8, &gbk).en);
        assert_eq!(gave(b"hello", b"hi").en, "5: \"hello\"");
    }
}
