//! The words of the protocol: how a name is asked for, and how the answer begins. Pure; see the module head.

use crate::timeline::Text;

/// The longest name that is accepted, in octets.
pub(super) const LONGEST_NAME: usize = 1024;
/// The longest first line of an answer, in octets.
const LONGEST_HEAD: usize = 1024;
/// How an error line begins, and no file that is sent to a bare name.
pub(super) const ERROR: &[u8] = b"synfin: error ";
const OK: &[u8] = b"synfin: ok ";
/// How a line begins, and hardly any name of a file.
const GET: &[u8] = b"synfin: get ";

/// How the client asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The name alone; FIN ends the answer.
    Bare,
    /// `synfin: get`, the name and a newline; the answer begins with its length.
    Line,
}

/// Who sends the first FIN, and so waits in TIME-WAIT (RFC 9293 3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closer {
    Client,
    Server,
    /// A reset ended it: nobody waits.
    Reset,
}

/// Why the server does not send a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    NotFound,
    /// A directory, a FIFO, a device, a socket.
    NotAFile,
    /// `..`, an absolute path, or a symbolic link that leads out of the root.
    Outside,
    /// Empty, too long, or with control characters.
    BadName,
    Unreadable,
    /// It begins like an error line and was asked for by a bare name.
    LooksLikeError,
    /// No name came, or none in time.
    NoName,
}

impl Refusal {
    const ALL: [Refusal; 7] = [
        Refusal::NotFound,
        Refusal::NotAFile,
        Refusal::Outside,
        Refusal::BadName,
        Refusal::Unreadable,
        Refusal::LooksLikeError,
        Refusal::NoName,
    ];

    /// The stable word on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotFound => "not-found",
            Refusal::NotAFile => "not-a-file",
            Refusal::Outside => "outside",
            Refusal::BadName => "bad-name",
            Refusal::Unreadable => "unreadable",
            Refusal::LooksLikeError => "looks-like-error",
            Refusal::NoName => "no-name",
        }
    }

    /// The reason for people.
    pub fn text(self) -> Text {
        match self {
            Refusal::NotFound => Text::new("there is no such file", "没有这个文件"),
            Refusal::NotAFile => Text::new("that is not a regular file", "这不是普通文件"),
            Refusal::Outside => Text::new("that leads out of the served folder", "该路径越出了所提供的文件夹"),
            Refusal::BadName => Text::new("that is not a file name", "这不是有效的文件名"),
            Refusal::Unreadable => Text::new("the server may not read that file", "服务器无权读取该文件"),
            Refusal::LooksLikeError => Text::new(
                "the file begins like an error line; ask for it by a line: synfin: get NAME",
                "该文件的开头与错误行相同，请改用一行请求：synfin: get NAME",
            ),
            Refusal::NoName => Text::new("no file name came", "没有收到文件名"),
        }
    }

    pub(super) fn line(self) -> Vec<u8> {
        let words = self.text().en;
        [ERROR, self.code().as_bytes(), b" ", words.as_bytes(), b"\n"].concat()
    }
}

/// What the client sends for a name.
pub(super) fn request(ask: Ask, name: &str) -> Vec<u8> {
    match ask {
        Ask::Bare => name.into(),
        Ask::Line => [GET, name.as_bytes(), b"\n"].concat(),
    }
}

/// What has come of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request<'a> {
    /// It has ended: the name, and how it was asked for.
    Whole(&'a [u8], Ask),
    /// A bare name, if no more comes.
    Name(&'a [u8]),
    /// The same, but it is or may become a line.
    Begun(&'a [u8]),
    TooLong,
}

/// Judges the beginning of a request.
pub(super) fn judge(octets: &[u8]) -> Request<'_> {
    let line = octets.strip_prefix(GET);
    let rest = line.unwrap_or(octets);
    // A `\r` at the end is half of a line's end, or a student's own: no name has it.
    let end = rest.iter().position(|&octet| octet == b'\n');
    let is_ended = end.is_some() || (line.is_none() && rest.ends_with(b"\r"));
    let mut name = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
    while let Some(shorter) = name.strip_suffix(b"\r").filter(|_| is_ended) {
        name = shorter;
    }
    match line {
        _ if name.len() > LONGEST_NAME => Request::TooLong,
        Some(_) if is_ended => Request::Whole(name, Ask::Line),
        None if is_ended => Request::Whole(name, Ask::Bare),
        Some(_) => Request::Begun(octets),
        None if GET.starts_with(octets) => Request::Begun(octets),
        None => Request::Name(octets),
    }
}

/// The line that announces the length.
pub(super) fn ok_line(length: u64) -> Vec<u8> {
    [OK, length.to_string().as_bytes(), b"\n"].concat()
}

/// What the beginning of an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// Too little has come to tell.
    More,
    /// The file begins at this octet.
    File {
        from: usize,
        announced: Option<u64>,
    },
    Refused(Refusal),
    /// An error line of another version.
    RefusedOtherwise(String),
    /// Asked by line, and no status line came: this is not our server.
    Foreign,
}

/// Judges the beginning of an answer; `ended` says that FIN has come after it.
pub(super) fn head(ask: Ask, octets: &[u8], ended: bool) -> Head {
    let begins = |with: &[u8]| octets.iter().zip(with).all(|(a, b)| a == b);
    let foreign = || match ask {
        Ask::Bare => Head::File { from: 0, announced: None },
        Ask::Line => Head::Foreign,
    };
    let may_have_status = begins(ERROR) || (ask == Ask::Line && begins(OK));
    if !may_have_status {
        return foreign();
    }
    let Some(end) = octets.iter().take(LONGEST_HEAD).position(|&octet| octet == b'\n') else {
        return if ended || octets.len() >= LONGEST_HEAD { foreign() } else { Head::More };
    };
    let line = octets.get(..end).unwrap_or_default();
    if let Some(rest) = line.strip_prefix(ERROR) {
        let rest = String::from_utf8_lossy(rest);
        let code = rest.split(' ').next().unwrap_or_default();
        return match Refusal::ALL.into_iter().find(|refusal| refusal.code() == code) {
            Some(refusal) => Head::Refused(refusal),
            None => Head::RefusedOtherwise(rest.into_owned()),
        };
    }
    let length = line.strip_prefix(OK).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    match length {
        Some(length) => Head::File { from: end + 1, announced: Some(length) },
        None => foreign(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn every_refusal_is_read_back_in_both_ways_of_asking() {
        for refusal in Refusal::ALL {
            for ask in [Ask::Bare, Ask::Line] {
                let line = refusal.line();
                for cut in 0..line.len() {
                    assert_eq!(head(ask, &line[..cut], false), Head::More, "{refusal:?} cut at {cut}");
                }
                assert_eq!(head(ask, &line, false), Head::Refused(refusal));
            }
        }
        let other = head(Ask::Bare, b"synfin: error too-late come tomorrow\n", true);
        assert_eq!(other, Head::RefusedOtherwise("too-late come tomorrow".into()));
    }

    #[test]
    fn only_our_own_line_asks_for_a_status() {
        for name in ["notes.txt", "课件.txt", "synfin", "synfin: got"] {
            assert_eq!(judge(&request(Ask::Line, name)), Request::Whole(name.as_bytes(), Ask::Line));
            for end in ["\n", "\r\n", "\r", "\nand more"] {
                let asked = format!("{name}{end}");
                assert_eq!(judge(asked.as_bytes()), Request::Whole(name.as_bytes(), Ask::Bare), "{asked:?}");
            }
        }
        assert_eq!(judge(b"synfin: get a\r\n"), Request::Whole(b"a", Ask::Line));
        assert_eq!(judge(b"notes.txt"), Request::Name(b"notes.txt"));
        assert_eq!(judge(b"a\rb"), Request::Name(b"a\rb"));
        for begun in [&b""[..], b"s", b"synfin: get ", b"synfin: get a", b"synfin: get a\r"] {
            assert_eq!(judge(begun), Request::Begun(begun));
        }
        assert_eq!(judge(&[b'x'; LONGEST_NAME + 1]), Request::TooLong);
        assert_eq!(
            judge(&[GET, &[b'x'; LONGEST_NAME]].concat()),
            Request::Begun(&[GET, &[b'x'; LONGEST_NAME]].concat())
        );
    }

    #[test]
    fn a_bare_answer_is_the_file_as_soon_as_it_differs_from_an_error() {
        let file = |from| Head::File { from, announced: None };
        assert_eq!(head(Ask::Bare, b"", false), Head::More);
        assert_eq!(head(Ask::Bare, b"", true), file(0));
        assert_eq!(head(Ask::Bare, b"synfin: o", false), file(0));
        assert_eq!(head(Ask::Bare, b"synfin: err", false), Head::More);
        assert_eq!(head(Ask::Bare, b"synfin: err", true), file(0));
        assert_eq!(head(Ask::Bare, &[b"synfin: error ".as_slice(), &[b'x'; 2000]].concat(), false), file(0));
    }

    #[test]
    fn an_asked_line_needs_its_status() {
        assert_eq!(head(Ask::Line, &ok_line(42), false), Head::File { from: 14, announced: Some(42) });
        assert_eq!(head(Ask::Line, b"synfin: ok 4", false), Head::More);
        assert_eq!(head(Ask::Line, b"synfin: ok many\n", false), Head::Foreign);
        assert_eq!(head(Ask::Line, b"<html>", false), Head::Foreign);
        assert_eq!(head(Ask::Line, b"", true), Head::Foreign);
    }

    proptest::proptest! {
        #[test]
        fn an_answer_in_pieces_is_judged_as_the_whole(
            begin in "(synfin: (ok|error) )?(([0-9]{1,20})|(not-found [a-z ]{0,9})|(a{1000,1100}))?\n?",
            rest: Vec<u8>,
            line: bool,
        ) {
            let ask = if line { Ask::Line } else { Ask::Bare };
            let octets = [begin.as_bytes(), &rest].concat();
            let whole = head(ask, &octets, true);
            let first = (0..=octets.len()).map(|end| head(ask, &octets[..end], false)).find(|head| *head != Head::More);
            // What stays open to the end is decided by the end.
            proptest::prop_assert_eq!(first.unwrap_or_else(|| head(ask, &octets, true)), whole);
        }
    }
}
