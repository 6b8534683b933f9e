//! The file downloader over real sockets: what arrives, what is refused, who closes first, and how it works with the
//! ten-line programs of a course.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod closing;
mod commands;
mod web;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use synfin::transfer::{Ask, Call, CallKind, Client, Closer, Event, GetError, Refusal, Root, Server};

/// Longer than anything here takes; only a test that fails waits for it.
const LONG: Duration = Duration::from_secs(60);

/// A server in this process, while `test` runs.
fn with_server(server: Server, test: impl FnOnce(&Served)) {
    let (event_to, events) = channel();
    let (call_to, calls) = channel();
    let (event_to, call_to) = (Mutex::new(event_to), Mutex::new(call_to));
    let hook = |call: &Call| drop(call_to.lock().unwrap().send(call.clone()));
    let listeners = Server::bind(&"localhost:0".parse().unwrap(), Some(&hook)).unwrap();
    let addresses = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect();
    let served = Served { addresses, events, calls, stop: AtomicBool::new(false) };
    std::thread::scope(|scope| {
        let (server, listeners, hook, stop) = (&server, &listeners, &hook, &served.stop);
        scope
            .spawn(move || server.run(listeners, stop, Some(hook), |event| drop(event_to.lock().unwrap().send(event))));
        // A failed test must not leave the server's thread waiting.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&served)));
        stop.store(true, Ordering::Relaxed);
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
}

/// A server of the folder that [`folder`] makes.
fn server(house: &tempfile::TempDir) -> Server {
    Server::new(Root::open(&house.path().join("root")).unwrap())
}

fn shaped(house: &tempfile::TempDir, shape: impl FnOnce(&mut Server)) -> Server {
    let mut server = server(house);
    shape(&mut server);
    server
}

struct Served {
    addresses: Vec<SocketAddr>,
    events: Receiver<Event>,
    calls: Receiver<Call>,
    stop: AtomicBool,
}

impl Served {
    fn get(&self, client: Client<'_>, name: &str) -> Result<(Vec<u8>, synfin::transfer::Received), GetError> {
        let mut out = Vec::new();
        let received = client.get(&self.addresses, name, &mut out, |_, _| {})?;
        Ok((out, received))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addresses[0]).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends octets as they are, and reads to the server's FIN.
    fn ask(&self, octets: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(octets).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("FIN, not RST");
        answer
    }

    /// Waits until the server has closed a connection.
    fn closed(&self) -> Closer {
        loop {
            if let Event::Closed { first, .. } = self.events.recv_timeout(LONG).expect("the server closes") {
                return first;
            }
        }
    }

    fn received(&self, octets: u64) {
        let wanted = |call: &Call| call.kind == CallKind::Recv && call.result == Ok(octets);
        while !wanted(&self.calls.recv_timeout(LONG).expect("the octets arrive")) {}
    }
}

fn client_first() -> Client<'static> {
    Client { close_first: Closer::Client, ..Client::default() }
}

/// A folder with the files that the tests ask for.
fn folder() -> tempfile::TempDir {
    let house = tempfile::tempdir().unwrap();
    let root = house.path().join("root");
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(house.path().join("secret"), "secret").unwrap();
    fs::write(root.join("hello.txt"), "hello\n").unwrap();
    fs::write(root.join("empty"), "").unwrap();
    fs::write(root.join("sub/课件.txt"), "below").unwrap();
    fs::write(root.join("like"), "synfin: error not-found this is only a text\n").unwrap();
    fs::write(root.join("big"), big()).unwrap();
    std::os::unix::fs::symlink("hello.txt", root.join("in")).unwrap();
    std::os::unix::fs::symlink("../secret", root.join("out")).unwrap();
    nix::unistd::mkfifo(&root.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    house
}

/// 10 MB in which every octet's place matters.
fn big() -> Vec<u8> {
    (0..10_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn whole_files_arrive_in_both_ways_of_asking() {
    let house = folder();
    with_server(server(&house), |served| {
        for client in [Client::default(), client_first()] {
            for (name, content) in [
                ("hello.txt", b"hello\n".to_vec()),
                ("empty", vec![]),
                ("sub/课件.txt", b"below".to_vec()),
                ("in", b"hello\n".to_vec()),
                ("big", big()),
            ] {
                let (got, received) = served.get(client, name).unwrap();
                assert!(got == content, "{name} differs");
                assert_eq!(received.octets, content.len() as u64);
                assert_eq!(received.announced, client.close_first == Closer::Client);
            }
        }
    });
}

#[test]
fn refusals_are_told_and_closed_with_fin() {
    let house = folder();
    with_server(server(&house), |served| {
        for (name, why) in [
            ("none", Refusal::NotFound),
            ("sub", Refusal::NotAFile),
            ("fifo", Refusal::NotAFile),
            ("../secret", Refusal::Outside),
            ("/etc/passwd", Refusal::Outside),
            ("out", Refusal::Outside),
            ("a\x1b[31m", Refusal::BadName),
        ] {
            for client in [Client::default(), client_first()] {
                let error = served.get(client, name).unwrap_err();
                assert!(matches!(error, GetError::Refused(told) if told == why), "{name}: {error}");
                assert_ne!(served.closed(), Closer::Reset, "{name}");
            }
        }
        assert!(matches!(served.get(Client::default(), "like"), Err(GetError::Refused(Refusal::LooksLikeError))));
        assert!(served.get(client_first(), "like").is_ok());
    });
}

#[test]
fn the_wire_is_as_documented() {
    let house = folder();
    with_server(shaped(&house, |server| server.name_patience = Duration::from_millis(500)), |served| {
        assert_eq!(served.ask(b"hello.txt"), b"hello\n");
        assert_eq!(served.ask(b"synfin: get hello.txt\n"), b"synfin: ok 6\nhello\n");
        assert_eq!(served.ask(b"synfin: get hello.txt\r\n"), b"synfin: ok 6\nhello\n");
        for student in ["hello.txt\n", "hello.txt\r\n", "hello.txt\r", "hello.txt\nand much more"] {
            assert_eq!(served.ask(student.as_bytes()), b"hello\n", "{student:?}");
        }
        assert_eq!(served.ask(b"empty\n"), b"");
        assert_eq!(served.ask(b"empty"), b"");
        assert_eq!(served.ask(b"synfin: get empty\n"), b"synfin: ok 0\n");
        assert!(served.ask(b"none").starts_with(b"synfin: error not-found "));
        assert!(served.ask(b"none\n").starts_with(b"synfin: error not-found "));
        assert!(served.ask(b"synfin: get none\n").starts_with(b"synfin: error not-found "));
        assert!(served.ask(&[b'x'; 5000]).starts_with(b"synfin: error bad-name "));
        assert!(served.ask(b"\n").starts_with(b"synfin: error bad-name "));
        assert!(served.ask(b"").starts_with(b"synfin: error no-name "), "silent clients are sent away");
        let more = b"synfin: get hello.txt\nand much more that nobody reads";
        assert_eq!(served.ask(more), b"synfin: ok 6\nhello\n");
    });
}

#[test]
fn names_come_in_pieces() {
    let house = folder();
    fs::write(house.path().join("root/hello"), "short").unwrap();
    with_server(shaped(&house, |server| (server.pause, server.patience) = (LONG, LONG)), |served| {
        for pieces in [
            ["hel", "lo.t", "xt"],
            ["hello", ".tx", "t"],
            ["hel", "lo.tx", "t\n"],
            ["syn", "fin: get hel", "lo.txt\n"],
            ["s", "ub", "/课件.txt"],
        ] {
            let mut stream = served.connect();
            for piece in &pieces[..2] {
                stream.write_all(piece.as_bytes()).unwrap();
                served.received(piece.len() as u64);
            }
            stream.write_all(pieces[2].as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.ends_with("hello\n") || answer == "below", "{pieces:?}: {answer}");
        }
        // Half-close ends a name that could still grow.
        let mut stream = served.connect();
        stream.write_all(b"hello").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "short");
    });
    // And so does a pause.
    with_server(shaped(&house, |server| server.pause = Duration::from_millis(50)), |served| {
        assert_eq!(served.ask(b"hello"), b"short");
    });
}

#[test]
fn several_clients_at_once() {
    let house = folder();
    with_server(shaped(&house, |server| server.most = 4), |served| {
        let idle = served.connect();
        let (content, addresses) = (big(), &served.addresses);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut out = Vec::new();
                    Client::default().get(addresses, "big", &mut out, |_, _| {}).unwrap();
                    assert!(out == content);
                });
            }
        });
        drop(idle);
    });
}

#[test]
fn a_crowd_of_silent_clients_starves_nobody() {
    let house = folder();
    let full = |server: &mut Server| {
        (server.most, server.name_patience, server.crowded_patience) = (4, LONG, Duration::from_millis(50));
    };
    with_server(shaped(&house, full), |served| {
        let silent: Vec<TcpStream> = (0..20).map(|_| served.connect()).collect();
        let began = Instant::now();
        assert_eq!(served.get(Client::default(), "hello.txt").unwrap().0, b"hello\n");
        assert!(began.elapsed() < LONG / 3, "{:?}", began.elapsed());
        drop(silent);
    });
}

#[test]
fn ipv4_and_ipv6_have_one_port_on_localhost() {
    let house = folder();
    with_server(server(&house), |served| {
        assert!(served.addresses.iter().all(|address| address.port() == served.addresses[0].port()));
        if !served.addresses.iter().any(SocketAddr::is_ipv6) {
            skipped("this machine has no ::1");
        }
        for address in &served.addresses {
            let mut out = Vec::new();
            Client::default().get(&[*address], "hello.txt", &mut out, |_, _| {}).unwrap();
            assert_eq!(out, b"hello\n", "{address}");
        }
    });
}

#[test]
fn where_nobody_listens_all_addresses_are_tried() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let house = folder();
    with_server(server(&house), |served| {
        let error = Client::default().get(&[free], "hello.txt", &mut Vec::new(), |_, _| {}).unwrap_err();
        assert!(matches!(&error, GetError::Connect(tries) if tries[0].1.kind() == ErrorKind::ConnectionRefused));
        let addresses = [free, served.addresses[0]];
        assert_eq!(Client::default().get(&addresses, "hello.txt", &mut Vec::new(), |_, _| {}).unwrap().octets, 6);
    });
}

#[test]
fn every_call_of_the_course_is_reported_in_order() {
    let house = folder();
    with_server(server(&house), |served| {
        let calls = Mutex::new(Vec::new());
        let hook = |call: &Call| calls.lock().unwrap().push((call.kind, call.result));
        let addresses = &served.addresses[..1];
        Client { calls: Some(&hook), ..Client::default() }
            .get(addresses, "hello.txt", &mut Vec::new(), |_, _| {})
            .unwrap();
        use CallKind::*;
        assert_eq!(
            *calls.lock().unwrap(),
            [(Socket, Ok(0)), (Connect, Ok(0)), (Send, Ok(9)), (Recv, Ok(6)), (Recv, Ok(0)), (Close, Ok(0))]
        );
        served.closed();
        let kinds: Vec<CallKind> = served.calls.try_iter().map(|call| call.kind).collect();
        let per_listener = [Socket, Bind, Listen].repeat(served.addresses.len());
        assert_eq!(kinds, [per_listener, vec![Accept, Recv, Send, Shutdown, Recv, Close]].concat());
    });
}

#[test]
fn events_tell_the_story() {
    let house = folder();
    with_server(server(&house), |served| {
        served.get(client_first(), "hello.txt").unwrap();
        let story: Vec<Event> = std::iter::from_fn(|| served.events.recv_timeout(LONG).ok())
            .filter(|event| !matches!(event, Event::Listening { .. }))
            .take(4)
            .collect();
        assert!(matches!(&story[0], Event::Accepted { client: 1, .. }));
        assert!(matches!(&story[1], Event::Request { client: 1, name, ask: Ask::Line } if name == "hello.txt"));
        assert!(matches!(&story[2], Event::Sent { client: 1, octets: 6 }));
        assert!(matches!(&story[3], Event::Closed { client: 1, .. }));
    });
}

#[test]
fn a_client_stops_when_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stop = AtomicBool::new(true);
    let began = Instant::now();
    let client = Client { stop: Some(&stop), ..Client::default() };
    let error = client.get(&[listener.local_addr().unwrap()], "x", &mut Vec::new(), |_, _| {}).unwrap_err();
    assert!(matches!(error, GetError::Stopped { got: 0 }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(20));
}

/// libtest keeps what the print macros say; this must be seen.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
