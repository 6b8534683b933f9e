//! The text of a script into its lines.

mod inject;
mod load;
mod wanted;
mod words;

use super::{Amount, Line, MOST_PROBES, Opt, Target, Wait, What};
use crate::expect::likest_of;
use crate::lab::fault::time;
use crate::lab::scenario::Place;
use crate::tcp::{Peer, State};
use crate::timeline::Text;
use words::Words;

/// What `listen` takes where nothing is said.
const BACKLOG: u32 = 128;

/// What is wrong with a script, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Counted from 0.
    pub line: usize,
    /// Counted from 0, in characters.
    pub column: usize,
    pub len: usize,
    pub what: Text,
    pub suggestion: Option<String>,
}

/// Reads a script of a program that runs there.
///
/// # Errors
/// The first line that cannot be read.
pub fn parse(text: &str, place: Place) -> Result<Vec<Line>, ScriptError> {
    let mut lines = Vec::new();
    for (number, raw) in text.lines().enumerate() {
        let mut words = Words::of(raw, number)?;
        if words.all.is_empty() {
            continue;
        }
        lines.push(words.line(place)?);
    }
    Ok(lines)
}

const CALLS: [&str; 15] = [
    "listen", "accept", "bind", "connect", "send", "recv", "echo", "shutdown", "close", "set", "serve", "get", "names",
    "wait", "mark",
];
const OPTIONS: [&str; 8] = ["linger", "reuseaddr", "nodelay", "quickack", "rcvbuf", "sndbuf", "fastopen", "keepalive"];
impl Words {
    fn line(&mut self, place: Place) -> Result<Line, ScriptError> {
        let text =
            self.all.iter().map(|word| if word.is_quoted { format!("{:?}", word.text) } else { word.text.clone() });
        let text = text.collect::<Vec<_>>().join(" ");
        let socket = self.peek().and_then(|word| word.strip_suffix(':')).map(str::to_string);
        self.at += usize::from(socket.is_some());
        let what = self.what(place)?;
        let wanted = self.wanted()?;
        if self.at < self.all.len() {
            return Err(self.wrong("the end of the line should stand here", "此处应是行尾"));
        }
        Ok(Line { number: self.line + 1, text, socket, what, wanted })
    }

    fn what(&mut self, place: Place) -> Result<What, ScriptError> {
        let Some(call) = self.word() else {
            return Err(self.wrong("a call should stand here", "此处应为一个调用"));
        };
        let what = match call.as_str() {
            "wait" => What::Wait(self.wait()?),
            "mark" => What::Mark(self.name()?),
            "inject" if place == Place::Wire => What::Inject(self.injection()?),
            "inject" => {
                self.at -= 1;
                return Err(
                    self.wrong("only the wire can do this: host = \"wire\"", "只有线路能这样做：host = \"wire\"")
                );
            }
            _ if place == Place::Wire => {
                self.at -= 1;
                return Err(self.wrong("the wire knows no such line", "线路不支持这种操作"));
            }
            "listen" => {
                let port = self.port()?;
                let backlog = if self.takes("backlog") { self.number("a backlog", "队列长度")? } else { BACKLOG };
                What::Listen { port, backlog }
            }
            "accept" => What::Accept { from: if self.takes("from") { Some(self.name()?) } else { None } },
            "bind" => What::Bind(self.port()?),
            "connect" => {
                let port = self.port()?;
                let at_self = self.takes("at");
                if at_self && !self.takes("self") {
                    return Err(self.wrong("'self' should stand here", "此处应为 'self'"));
                }
                let to = match at_self {
                    true => Target::Own,
                    false if self.takes("to") => Target::Name(self.name()?),
                    false => Target::Other,
                };
                What::Connect { port, to }
            }
            "send" => What::Send(self.load()?),
            "recv" if self.takes("all") => What::Recv(Amount::All),
            "recv" => What::Recv(self.take(|word| word.parse().ok()).map_or(Amount::Once, Amount::Octets)),
            "echo" => What::Echo,
            "shutdown" => What::Shutdown,
            "close" if self.takes("listener") => What::CloseListener,
            "close" => What::Close,
            "set" => What::Set(self.option()?),
            "serve" if self.takes("http") => {
                What::ServeWeb { port: self.port()?, files: self.pages()?, moved: self.moved() }
            }
            "serve" => What::Serve { port: self.port()?, files: self.files()? },
            "names" => What::Names { port: self.port()?, names: self.names()? },
            "get" if self.takes("http") => What::GetWeb { port: self.port()?, path: self.path()? },
            "get" => What::Get { port: self.port()?, name: self.name()? },
            other => {
                self.at -= 1;
                let mut error = self.wrong(
                    &format!("no such call; there are {}", CALLS.join(", ")),
                    &format!("没有这个调用；可用的有 {}", CALLS.join("、")),
                );
                error.suggestion = likest_of(other, CALLS.into_iter());
                return Err(error);
            }
        };
        Ok(what)
    }

    fn wait(&mut self) -> Result<Wait, ScriptError> {
        if self.takes("for") {
            return Ok(Wait::Mark(self.name()?));
        }
        if !self.takes("until") {
            let found = self.take(time);
            return found.map(Wait::Time).ok_or_else(|| {
                self.wrong(
                    "a time (300ms), 'until' or 'for' should stand here",
                    "此处应为时间（300ms）、'until' 或 'for'",
                )
            });
        }
        if self.takes("quiet") {
            return Ok(Wait::Quiet);
        }
        let Some(peer) = self.take(host) else {
            return Err(
                self.wrong("'client', 'server' or 'quiet' should stand here", "此处应为 'client'、'server' 或 'quiet'")
            );
        };
        if self.takes("unread") {
            return Ok(Wait::Unread(peer));
        }
        if self.takes("probing") {
            let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
            if self.peek().filter(is_number).is_none() {
                return Ok(Wait::Probing(peer, 0));
            }
            let probes = self.take(|word| word.parse().ok().filter(|probes| (1..=MOST_PROBES).contains(probes)));
            return probes.map(|probes| Wait::Probing(peer, probes)).ok_or_else(|| {
                self.wrong(&format!("from 1 to {MOST_PROBES} probes"), &format!("探测次数应为 1 到 {MOST_PROBES}"))
            });
        }
        let state = self.take(|word| State::ALL.into_iter().find(|state| state.name().eq_ignore_ascii_case(word)));
        state.map(|state| Wait::State(peer, state)).ok_or_else(|| {
            let names = State::ALL.map(State::name);
            let mut error = self.wrong(
                &format!("a state, 'unread' or 'probing' should stand here: {}", names.join(", ")),
                &format!("此处应为状态、'unread' 或 'probing'：{}", names.join("、")),
            );
            error.suggestion = self.peek().and_then(|word| likest_of(word, names.into_iter()));
            error
        })
    }

    fn option(&mut self) -> Result<Opt, ScriptError> {
        let Some(name) = self.word() else {
            return Err(self.wrong("an option should stand here", "此处应为选项"));
        };
        Ok(match name.as_str() {
            "linger" => Opt::Linger(self.number("seconds", "秒数")?),
            "reuseaddr" => Opt::ReuseAddr,
            "nodelay" => Opt::NoDelay,
            "quickack" => Opt::QuickAck(!self.takes("off")),
            "rcvbuf" => Opt::RcvBuf(self.number("octets", "字节数")?),
            "sndbuf" => Opt::SndBuf(self.number("octets", "字节数")?),
            "fastopen" => Opt::FastOpen,
            "keepalive" => Opt::KeepAlive {
                idle: self.seconds()?,
                interval: self.seconds()?,
                count: self.number("unanswered probes", "无应答探测次数")?,
            },
            other => {
                self.at -= 1;
                let mut error = self.wrong(
                    &format!("no such option; there are {}", OPTIONS.join(", ")),
                    &format!("没有这个选项；可用的有 {}", OPTIONS.join("、")),
                );
                error.suggestion = likest_of(other, OPTIONS.into_iter());
                return Err(error);
            }
        })
    }
}

fn host(word: &str) -> Option<Peer> {
    match word {
        "client" => Some(Peer::A),
        "server" => Some(Peer::B),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Wanted;
    use super::*;

    const HOST: Place = Place::Host(Peer::B);

    #[test]
    fn calls_are_read_with_what_they_must_give() {
        let text = "listen 8080 backlog 1\n  first: accept from server # a comment\nrecv -> \"hi\\n\"\n\nconnect 9 -> ECONNREFUSED\nwait until client time-wait";
        let lines = parse(text, HOST).unwrap();
        assert_eq!(lines[0].what, What::Listen { port: 8080, backlog: 1 });
        assert_eq!(
            (lines[1].socket.as_deref(), &lines[1].what),
            (Some("first"), &What::Accept { from: Some("server".into()) })
        );
        assert_eq!((&lines[2].what, &lines[2].wanted), (&What::Recv(Amount::Once), &Wanted::Text(b"hi\n".to_vec())));
        assert_eq!((lines[3].number, &lines[3].wanted), (5, &Wanted::Error("ECONNREFUSED".into())));
        assert_eq!(lines[4].what, What::Wait(Wait::State(Peer::A, State::TimeWait)));
    }

    #[test]
    fn files_are_served_and_got() {
        let lines = parse(
            "serve 80 a.txt=3 b=0 -> 3\nget 80 a.txt -> ENOENT\nset quickack off\nwait until client probing",
            HOST,
        );
        let lines = lines.unwrap();
        assert_eq!(lines[0].what, What::Serve { port: 80, files: vec![("a.txt".into(), 3), ("b".into(), 0)] });
        assert_eq!(lines[1].what, What::Get { port: 80, name: "a.txt".into() });
        assert_eq!(lines[2].what, What::Set(Opt::QuickAck(false)));
        assert_eq!(lines[3].what, What::Wait(Wait::Probing(Peer::A, 0)));
        assert_eq!(parse("wait until server probing 2", HOST).unwrap()[0].what, What::Wait(Wait::Probing(Peer::B, 2)));
        for wrong in [
            "wait until server probing 0",
            "wait until server probing 9",
            "serve 80",
            "serve 80 a.txt",
            "serve 80 ../a=3",
            "get 80",
            "serve http 80 /a=3",
            "serve http 80 a/../../b=3",
            "serve http 80 a//b=3",
            "get http 80 a",
            "set quickack of",
        ] {
            assert!(parse(wrong, HOST).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_are_served_and_got() {
        let lines =
            parse("serve http 80 index.html=3 a/b.html=0 old=/a/b.html -> 2\nget http 80 /a/b.html?x -> 0", HOST)
                .unwrap();
        let files = vec![("index.html".into(), 3), ("a/b.html".into(), 0)];
        let moved = vec![("old".into(), "/a/b.html".into())];
        assert_eq!(lines[0].what, What::ServeWeb { port: 80, files, moved });
        assert_eq!(lines[1].what, What::GetWeb { port: 80, path: "/a/b.html?x".into() });
    }

    #[test]
    fn names_are_served_and_looked_up() {
        let lines = parse("names 53 a.test=10.0.0.2 a.test=fd00::2\nconnect 80 to a.test\nconnect 80 at self", HOST);
        let lines = lines.unwrap();
        let names = ["10.0.0.2", "fd00::2"].map(|ip| ("a.test".to_string(), ip.parse().unwrap())).to_vec();
        assert_eq!(lines[0].what, What::Names { port: 53, names });
        assert_eq!(lines[1].what, What::Connect { port: 80, to: Target::Name("a.test".into()) });
        assert_eq!(lines[2].what, What::Connect { port: 80, to: Target::Own });
        for wrong in ["names 53", "names 53 a.test", "names 53 a.test=b.test", "names 53 =10.0.0.2", "connect 80 to"] {
            assert!(parse(wrong, HOST).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |text: &str| {
            let error = parse(text, HOST).unwrap_err();
            (error.line, error.column, error.suggestion)
        };
        assert_eq!(wrong("accept\n  conect 80"), (1, 2, Some("connect".into())));
        assert_eq!(wrong("listen"), (0, 7, None));
        assert_eq!(wrong("close now"), (0, 6, None));
        assert_eq!(wrong("send \"x"), (0, 5, None));
        assert_eq!(wrong("wait until server TIME-WIAT"), (0, 18, Some("TIME-WAIT".into())));
        assert_eq!(wrong("recv -> nothing"), (0, 8, None));
        assert_eq!(wrong("recv -> ECONREFUSED"), (0, 8, Some("ECONNREFUSED".into())));
        assert_eq!(wrong("recv -> EFOO").0, 0);
        for call in ["connect 0", "listen 0", "bind 0", "serve 0 a=1", "get 0 a", "connect 65536"] {
            assert_eq!(wrong(call).1, call.find(' ').unwrap() + 1, "{call}");
        }
        assert_eq!(wrong("set keepalive 1s 300ms 3"), (0, 17, None));
        assert!(parse("connect 80", Place::Wire).is_err());
    }
}
