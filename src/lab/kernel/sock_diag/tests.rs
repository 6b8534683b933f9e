#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::explicit_write)]
use super::*;
use proptest::prelude::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// A message with its header.
fn framed(kind: u16, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(HEADER + payload.len()).unwrap().to_ne_bytes().to_vec();
    bytes.extend_from_slice(&kind.to_ne_bytes());
    bytes.extend_from_slice(&2u16.to_ne_bytes());
    bytes.extend_from_slice(&sequence.to_ne_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(payload);
    bytes
}

/// 127.0.0.1:51000 to 127.0.0.1:8080 in a state, with a timer.
fn diag(state: u8, timer: u8, expires: u32) -> Vec<u8> {
    let mut bytes = vec![AF_INET, state, timer, 2];
    bytes.extend_from_slice(&51000u16.to_be_bytes());
    bytes.extend_from_slice(&8080u16.to_be_bytes());
    for _ in 0..2 {
        bytes.extend_from_slice(&[127, 0, 0, 1]);
        bytes.extend_from_slice(&[0; 12]);
    }
    bytes.extend_from_slice(&1u32.to_ne_bytes());
    bytes.extend_from_slice(&7u32.to_ne_bytes());
    bytes.extend_from_slice(&1u32.to_ne_bytes());
    for value in [expires, 11, 22, 1000, 4711] {
        bytes.extend_from_slice(&value.to_ne_bytes());
    }
    bytes
}

fn read(bytes: &[u8]) -> io::Result<(bool, Vec<KernelSocket>)> {
    let mut sockets = Vec::new();
    read_reply(bytes, 1, &mut sockets).map(|done| (done, sockets))
}

#[test]
fn the_congestion_window_and_the_timers_are_read_from_whatever_length() {
    let mut info = vec![1, 0, 3, 0, 0, 0, 0, 0];
    info.extend((1..=20).flat_map(|word: u32| (word * 1000).to_ne_bytes()));
    let whole = |info: &[u8]| {
        let attribute = |kind: u16, value: &[u8]| {
            let mut bytes = (4 + value.len() as u16).to_ne_bytes().to_vec();
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
            bytes
        };
        let message = [diag(1, 1, 204), attribute(8, &[1]), attribute(2, info)].concat();
        read(&framed(SOCK_DIAG_BY_FAMILY, 1, &message)).unwrap().1.remove(0).info
    };
    let read = whole(&info).unwrap();
    assert_eq!((read.retransmits, read.unacked, read.cwnd, read.ssthresh), (3, 5000, 19_000, Some(18_000)));
    assert_eq!((read.rto, read.srtt), (Duration::from_millis(1), Duration::from_millis(16)));
    assert_eq!((read.rttvar, read.unsent, read.window), (Duration::from_millis(17), None, None));
    info.resize(232, 0);
    info[144..148].copy_from_slice(&77u32.to_ne_bytes());
    info[228..232].copy_from_slice(&65_536u32.to_ne_bytes());
    let newer = whole(&info).unwrap();
    assert_eq!((newer.unsent, newer.window), (Some(77), Some(65_536)));
    assert_eq!(whole(&info[..231]).unwrap().window, None, "a kernel older than that field");
    info.extend([9; 100]);
    assert_eq!(whole(&info).unwrap(), newer, "a kernel newer than this");
    for short in 0..84 {
        assert_eq!(whole(&info[..short]), None, "{short}");
    }
    info[76 + 8 - 8..80].copy_from_slice(&0x7fff_ffff_u32.to_ne_bytes());
    assert_eq!(whole(&info).unwrap().ssthresh, None);
}

#[test]
fn a_time_wait_socket_keeps_its_time() {
    let mut reply = framed(SOCK_DIAG_BY_FAMILY, 1, &diag(6, 3, 59_764));
    reply.extend(framed(NLMSG_DONE, 1, &[0; 4]));
    let (done, sockets) = read(&reply).unwrap();
    assert!(done);
    let expected = KernelSocket {
        local: "127.0.0.1:51000".parse().unwrap(),
        remote: "127.0.0.1:8080".parse().unwrap(),
        state: State::TimeWait,
        timer: Some(Timer { kind: TimerKind::TimeWait, expires: Duration::from_millis(59_764) }),
        retransmits: 2,
        rqueue: 11,
        wqueue: 22,
        uid: 1000,
        inode: 4711,
        cookie: 7 | 1 << 32,
        info: None,
    };
    assert_eq!(sockets, [expected]);
}

#[test]
fn every_state_of_the_kernel_has_its_name_and_new_ones_are_left_out() {
    let state = |number| read(&framed(SOCK_DIAG_BY_FAMILY, 1, &diag(number, 0, 0))).unwrap().1.pop();
    let all: Vec<State> = (1..=12).filter_map(|number| Some(state(number)?.state)).collect();
    assert_eq!(all.len(), 12);
    for name in State::ALL {
        assert!(all.contains(&name), "{name}");
    }
    assert_eq!(state(12).unwrap().state, State::SynReceived);
    assert_eq!(state(1).unwrap().timer, None);
    assert_eq!(state(13), None);
}

#[test]
fn an_ipv4_address_of_an_ipv6_socket_is_told_as_ipv4() {
    let mut message = diag(1, 0, 0);
    message[0] = AF_INET6;
    message[8..24].copy_from_slice(&Ipv4Addr::new(127, 0, 0, 1).to_ipv6_mapped().octets());
    message[24..40].copy_from_slice(&Ipv6Addr::LOCALHOST.octets());
    let socket = read(&framed(SOCK_DIAG_BY_FAMILY, 1, &message)).unwrap().1.pop().unwrap();
    assert_eq!(socket.local, "127.0.0.1:51000".parse().unwrap());
    assert_eq!(socket.remote, "[::1]:8080".parse().unwrap());
}

#[test]
fn errors_are_told_and_old_answers_passed_over() {
    let refused = framed(NLMSG_ERROR, 1, &(-13i32).to_ne_bytes());
    assert_eq!(read(&refused).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    let old = framed(SOCK_DIAG_BY_FAMILY, 9, &diag(1, 0, 0));
    assert_eq!(read(&old).unwrap(), (false, Vec::new()));
    for lie in [vec![0; 16], framed(SOCK_DIAG_BY_FAMILY, 1, &[AF_INET; 71]), framed(NLMSG_ERROR, 1, &[1])] {
        assert_eq!(read(&lie).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}

proptest! {
    #[test]
    fn no_reply_does_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn nor_does_a_damaged_one(at in 0usize..200, value: u8, cut in 0usize..200) {
        let mut reply = framed(SOCK_DIAG_BY_FAMILY, 1, &diag(6, 3, 60_000));
        reply.extend(framed(SOCK_DIAG_BY_FAMILY, 1, &diag(1, 0, 0)));
        reply.extend(framed(NLMSG_ERROR, 1, &i32::MIN.to_ne_bytes()));
        if let Some(octet) = reply.get_mut(at) {
            *octet = value;
        }
        reply.truncate(cut);
        let _ = read(&reply);
    }
}

#[test]
fn the_kernel_tells_of_a_real_connection_and_its_time_wait() {
    for host in ["127.0.0.1", "::1"] {
        match (SockDiag::open(), TcpListener::bind((host, 0))) {
            (Ok(kernel), Ok(listener)) => a_real_connection(kernel, &listener),
            // Past the test harness, which hides what passing tests print.
            (Err(error), _) | (_, Err(error)) => {
                writeln!(io::stderr(), "SKIPPED a real TIME-WAIT on {host}: {error}").unwrap();
            }
        }
    }
}

fn a_real_connection(mut kernel: SockDiag, listener: &TcpListener) {
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let client_address = client.local_addr().unwrap();
    let mut of_client = || {
        let all = kernel.dump(&[address.port()]).unwrap();
        assert!(all.iter().all(|socket| [socket.local.port(), socket.remote.port()].contains(&address.port())));
        all.into_iter().find(|socket| socket.local == client_address && socket.remote == address)
    };
    let open = of_client().unwrap();
    assert_eq!(open.state, State::Established);
    assert_ne!(open.inode, 0);

    drop(client);
    server.read_to_end(&mut Vec::new()).unwrap();
    drop(server);
    // The last two segments are on their way through the kernel for a moment.
    let waits = (0..100)
        .find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            of_client().filter(|socket| socket.state == State::TimeWait)
        })
        .unwrap();
    let left = |socket: &KernelSocket| socket.timer.filter(|timer| timer.kind == TimerKind::TimeWait).unwrap().expires;
    assert!(left(&waits) > Duration::from_secs(50) && left(&waits) <= Duration::from_secs(60), "{waits:?}");
    assert_eq!((waits.inode, waits.cookie), (0, open.cookie));
    std::thread::sleep(Duration::from_millis(60));
    let later = of_client().unwrap();
    assert!(left(&later) < left(&waits), "the time left shrinks: {waits:?} {later:?}");
}
