//! The child of `synfin doctor`: moves into a private network and makes a connection there, with everything watching.

use crate::lab::namespace::{Entered, enter};
use crate::timeline::Text;
use serde::{Deserialize, Serialize};
use std::process::{Command, Stdio};

/// What came of it, as one line of JSON on standard output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// Which step failed and why, and what helps.
    Failed {
        step: String,
        text: Text,
        fixes: Vec<Text>,
    },
    Entered {
        user_namespace: bool,
        connection: Result<Connection, String>,
    },
}

/// What was seen of the connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Connection {
    pub(super) packets: u64,
    pub(super) dropped: u64,
    /// Whether no frame's time was before that of the frame before it.
    pub(super) in_order: bool,
    /// What the kernel says is left of TIME-WAIT.
    pub(super) time_wait_ms: Option<u64>,
}

/// Has a child try. None where it could not be started or ended without a word.
pub(super) fn ask() -> Option<Outcome> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).args(["doctor", "--probe"]).stdin(Stdio::null()).output().ok()?;
    serde_json::from_slice(&output.stdout).ok()
}

/// Tries, in this process, which is not fit for anything else afterwards.
pub(super) fn run() -> Outcome {
    match enter() {
        Ok(entered) => Outcome::Entered {
            user_namespace: entered == Entered::UserAndNetwork,
            connection: connect().map_err(|error| format!("{error:#}")),
        },
        Err(error) => Outcome::Failed {
            step: error.step.name().to_string(),
            text: error.text(),
            fixes: error.remedies(&super::super::permission::executable(), "demo"),
        },
    }
}

#[cfg(all(target_os = "linux", feature = "capture"))]
fn connect() -> anyhow::Result<Connection> {
    use crate::lab::kernel::sock_diag::{SockDiag, TimerKind};
    use crate::source::live::{LiveCapture, LiveOptions};
    use crate::tcp::State;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::ops::ControlFlow;
    use std::time::{Duration, Instant};

    let mut capture = LiveCapture::open(&LiveOptions { immediate: true, ..LiveOptions::new("lo") })?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    let mut client = TcpStream::connect(("127.0.0.1", port))?;
    let (mut server, _) = listener.accept()?;
    let mut word = [0; 4];
    client.write_all(b"ping")?;
    server.read_exact(&mut word)?;
    server.write_all(b"pong")?;
    client.read_exact(&mut word)?;
    drop(client);
    server.read_to_end(&mut Vec::new())?;
    drop(server);

    let mut seen = Connection { in_order: true, ..Connection::default() };
    let mut last = None;
    let mut kernel = SockDiag::open()?;
    // Until the kernel has shown TIME-WAIT and the wire has been quiet for a while.
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        let count = capture.poll_frames(Duration::from_millis(100), &mut |frame| {
            seen.in_order &= last.is_none_or(|last| last <= frame.time);
            last = Some(frame.time);
            ControlFlow::Continue(())
        })?;
        let waiting = kernel.dump(&[port])?.into_iter().find(|socket| socket.state == State::TimeWait);
        let timer = waiting.and_then(|socket| socket.timer).filter(|timer| timer.kind == TimerKind::TimeWait);
        seen.time_wait_ms = timer.map(|timer| u64::try_from(timer.expires.as_millis()).unwrap_or(u64::MAX));
        if seen.time_wait_ms.is_some() && count == 0 {
            break;
        }
    }
    let counts = capture.counts();
    (seen.packets, seen.dropped) = (counts.captured, counts.dropped);
    Ok(seen)
}

#[cfg(not(all(target_os = "linux", feature = "capture")))]
fn connect() -> anyhow::Result<Connection> {
    anyhow::bail!("this build has no live capture")
}
