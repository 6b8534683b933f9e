//! Who closes first, with FIN or RST, and what the other side learns from it.

use super::{client_first, folder, server, shaped, with_server};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::Duration;
use synfin::transfer::{Client, Closer, GetError, Received};

#[test]
fn who_closes_first_waits_in_time_wait() {
    let house = folder();
    for closer in [Closer::Server, Closer::Client] {
        with_server(shaped(&house, |server| server.close_first = closer), |served| {
            let client = Client { close_first: closer, ..Client::default() };
            let (_, received) = served.get(client, "hello.txt").unwrap();
            assert_eq!(received.closed_first, closer);
            assert_eq!(served.closed(), closer);
            let (client, server) = (received.local.port(), received.peer.port());
            let waits = if closer == Closer::Server { (server, client) } else { (client, server) };
            assert_eq!(in_time_wait(client, server), vec![waits]);
        });
    }
}

/// Local and remote port of the sockets between two ports that are in TIME-WAIT, as the kernel tells.
fn in_time_wait(one: u16, other: u16) -> Vec<(u16, u16)> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let mut found = Vec::new();
    for line in tables.iter().flat_map(|table| table.lines().skip(1)) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let port = |word: &str| u16::from_str_radix(word.rsplit(':').next().unwrap(), 16).unwrap();
        let pair = (port(words[1]), port(words[2]));
        if words[3] == "06" && (pair == (one, other) || pair == (other, one)) {
            found.push(pair);
        }
    }
    found
}

#[test]
fn linger_zero_resets_the_other_side() {
    let house = folder();
    with_server(shaped(&house, |server| server.linger = Some(Duration::ZERO)), |served| {
        let mut stream = served.connect();
        stream.write_all(b"hello.txt").unwrap();
        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(served.closed(), Closer::Reset);
    });
    with_server(server(&house), |served| {
        let client = Client { linger: Some(Duration::ZERO), ..Client::default() };
        assert_eq!(served.get(client, "hello.txt").unwrap().1.closed_first, Closer::Reset);
        assert_eq!(served.closed(), Closer::Reset);
    });
    let linger = Duration::from_secs(3);
    with_server(shaped(&house, |server| server.linger = Some(linger)), |served| {
        let client = Client { linger: Some(linger), ..Client::default() };
        assert_eq!(served.get(client, "hello.txt").unwrap().0, b"hello\n");
        assert_eq!(served.closed(), Closer::Server);
    });
}

#[test]
fn a_bare_answer_cut_short_ends_with_rst_not_fin() {
    let house = folder();
    fs::write(house.path().join("root/huge"), vec![7; 64 << 20]).unwrap();
    with_server(server(&house), |served| {
        let mut stream = served.connect();
        stream.write_all(b"huge").unwrap();
        stream.read_exact(&mut [0; 1000]).unwrap();
        // The client reads no more, so the server stands in send when it is told to stop.
        served.stop.store(true, Ordering::Relaxed);
        assert_eq!(served.closed(), Closer::Reset);
        assert_eq!(stream.read_to_end(&mut Vec::new()).unwrap_err().kind(), ErrorKind::ConnectionReset);
    });
}

/// One answer to one client, from a server that is not ours.
fn answer_once(answer: &'static [u8], client: Client<'_>) -> Result<Received, GetError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        });
        client.get(&[address], "name", &mut Vec::new(), |_, _| {})
    })
}

#[test]
fn less_or_more_than_announced_is_an_error() {
    let short = answer_once(b"synfin: ok 10\nfive!", client_first()).unwrap_err();
    assert!(matches!(short, GetError::Short { announced: 10, got: 5 }), "{short}");
    let long = answer_once(b"synfin: ok 2\nfive!", client_first()).unwrap_err();
    assert!(matches!(long, GetError::Long { announced: 2 }), "{long}");
    let foreign = answer_once(b"just a file", client_first()).unwrap_err();
    assert!(matches!(foreign, GetError::Foreign), "{foreign}");
    assert_eq!(answer_once(b"just a file", Client::default()).unwrap().octets, 11);
    let later = answer_once(b"synfin: error too-late come tomorrow\n", Client::default()).unwrap_err();
    assert_eq!(later.to_string(), "the server refused: too-late come tomorrow");
}
