//! The web server and the web client with programs that others wrote: curl, Python's http.server, nginx.

use crate::commands::{Serving, synfin, text};
use crate::{LONG, skipped};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A site to serve, and a folder to save into.
fn site() -> (tempfile::TempDir, tempfile::TempDir) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("sub")).unwrap();
    fs::write(root.path().join("index.html"), "<h1>front</h1>\n").unwrap();
    fs::write(root.path().join("hello.txt"), "hello\n").unwrap();
    fs::write(root.path().join("sub/课 件.txt"), "below\n").unwrap();
    fs::write(root.path().join("big"), big()).unwrap();
    (root, tempfile::tempdir().unwrap())
}

fn big() -> Vec<u8> {
    (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn web(root: &Path, args: &[&str]) -> Serving {
    Serving::synfin(root, &[&["--http"], args].concat())
}

fn is_here(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_here = found.is_ok_and(|status| status.success());
    if !is_here {
        skipped(&format!("no {program} here"));
    }
    is_here
}

fn curl(args: &[&str]) -> String {
    let output = Command::new("curl").args(["-s", "--noproxy", "*", "--max-time", "60"]).args(args).output().unwrap();
    assert!(output.status.success(), "curl {args:?}: {} {}", output.status, text(&output.stderr));
    text(&output.stdout)
}

fn get(folder: &Path, url: &str, args: &[&str]) -> Output {
    synfin().args(["get", url]).args(args).current_dir(folder).output().unwrap()
}

/// Sends octets as they are, then FIN, and reads to the server's FIN.
fn ask(port: u16, octets: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.write_all(octets).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("FIN, not RST");
    text(&answer)
}

#[test]
fn curl_gets_what_the_server_has() {
    if !is_here("curl") {
        return;
    }
    let (root, here) = site();
    let serving = web(root.path(), &[]);
    let at = |path: &str| format!("http://127.0.0.1:{}{path}", serving.port);
    assert_eq!(curl(&[&at("/")]), "<h1>front</h1>\n");
    let head = curl(&["-I", &at("/hello.txt")]);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("\r\nContent-Length: 6\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n") && head.contains("\r\nContent-Type: text/plain"), "{head}");
    let status = |path: &str| curl(&["-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", &at(path)]);
    assert_eq!(status("/none"), "404 ");
    assert_eq!(status("/sub"), format!("301 {}", at("/sub/")));
    assert_eq!(
        curl(&["-L", "-w", "%{num_connects}", "-o", "/dev/null", &at("/sub")]),
        "1",
        "redirects keep the connection"
    );
    assert!(curl(&[&at("/sub/")]).contains("%E8%AF%BE%20%E4%BB%B6.txt"));
    assert_eq!(curl(&[&at("/sub/%E8%AF%BE%20%E4%BB%B6.txt")]), "below\n");
    let posted = curl(&["-d", "name=Ada&city=New+York", &at("/form")]);
    assert!(posted.contains("22 octets came") && posted.contains("city = New York\n"), "{posted}");
    assert_eq!(curl(&["-w", "%{num_connects} ", &at("/hello.txt"), &at("/")]), "hello\n1 <h1>front</h1>\n0 ");
    let known =
        curl(&["-z", "Thu, 01 Jan 2037 00:00:00 GMT", "-o", "/dev/null", "-w", "%{http_code}", &at("/hello.txt")]);
    assert_eq!(known, "304");
    // A body long enough for curl to wait for 100, and one that is too long.
    let body = here.path().join("body");
    for (octets, code) in [(1_000_000, "200"), (2_000_000, "413")] {
        fs::write(&body, vec![b'x'; octets]).unwrap();
        let data = format!("@{}", body.display());
        let got = curl(&[
            "--data-binary",
            &data,
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-H",
            "Expect: 100-continue",
            &at("/"),
        ]);
        assert_eq!(got, code, "{octets} octets");
    }
    let copy = here.path().join("copy");
    curl(&["-o", copy.to_str().unwrap(), &at("/big")]);
    assert!(fs::read(&copy).unwrap() == big());
    let told = serving.interrupt();
    assert!(
        told.contains("404 Not Found: there is no such file") && told.contains("301 Moved Permanently → /sub/"),
        "{told}"
    );
    assert!(told.contains("POST /form") && told.contains("the body: 22 octets"), "{told}");
}

#[test]
fn requests_are_answered_as_http_says() {
    let (root, _here) = site();
    let serving = web(root.path(), &[]);
    let statuses = |octets: &str| -> Vec<u16> {
        let answer = ask(serving.port, octets.as_bytes());
        // The pages speak of HTTP/1.1 too, with no number behind it.
        answer.split("HTTP/1.1 ").filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
    };
    for (request, wanted) in [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\n\r\n", &[200, 404][..]),
        (
            "\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcHEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
            &[200, 200],
        ),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", &[200]),
        ("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n", &[200]),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", &[200, 200]),
        ("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", &[400]),
        ("PUT / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", &[405, 200]),
        ("BREW / HTTP/1.1\r\nHost: x\r\n\r\n", &[501]),
        ("POST / HTTP/1.1\r\nHost: x\r\n\r\n", &[411]),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: x\r\n\r\nGET /no HTTP/1.1\r\nHost: x\r\n\r\n",
            &[200, 404],
        ),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", &[400]),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", &[501]),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2147483648\r\n\r\nx", &[413]),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx", &[400]),
        ("GET / HTTP/3\r\n\r\n", &[505]),
        ("GET /", &[400]),
        ("", &[]),
    ] {
        assert_eq!(statuses(request), wanted, "{request:?}");
    }
    assert_eq!(statuses(&format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(100_000))), [431]);
    let told = serving.interrupt();
    assert!(told.contains("400 Bad Request: HTTP/1.1 requires a Host field"), "{told}");
}

#[test]
fn nothing_that_steers_a_terminal_is_told() {
    let (root, _here) = site();
    let serving = web(root.path(), &["--lang", "en"]);
    for hostile in ["GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\u{202e}\u{9b}2J HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let answer = ask(serving.port, hostile.as_bytes());
        assert!(!answer.contains('\x1b') && answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    }
    let told = serving.interrupt();
    assert!(!told.contains(['\x1b', '\u{202e}', '\u{9b}']), "{told:?}");
}

#[test]
fn our_client_and_our_server_understand_each_other() {
    let (root, here) = site();
    let serving = web(root.path(), &[]);
    let at = |path: &str| format!("http://127.0.0.1:{}{path}", serving.port);
    let got = get(here.path(), &at("/big"), &[]);
    assert!(got.status.success(), "{}", text(&got.stderr));
    assert!(fs::read(here.path().join("big")).unwrap() == big());
    assert!(text(&got.stdout).contains("saved big: 3000000 octets (as Content-Length said)"), "{}", text(&got.stdout));
    let got = get(here.path(), &at("/sub"), &["-o", "-"]);
    let (page, told) = (text(&got.stdout), text(&got.stderr));
    assert!(page.starts_with("<!DOCTYPE html>") && told.contains("301 Moved Permanently → /sub/"), "{page}{told}");
    assert!(told.contains("1 connection\n"), "the redirect stays on it: {told}");
    let got = get(here.path(), &at("/sub"), &["-o", "-", "--close-first", "server"]);
    let told = text(&got.stderr);
    assert!(told.contains("2 connections\n") && told.contains("the server sent FIN first"), "{told}");
    let got = get(here.path(), &at("/sub/课 件.txt"), &[]);
    assert!(got.status.success() && here.path().join("课 件.txt").is_file(), "{}", text(&got.stderr));
    let got = get(here.path(), &at("/form"), &["--data", "a=b", "-o", "-"]);
    assert!(text(&got.stdout).contains("3 octets came") && text(&got.stdout).contains("a = b\n"));
    let got = get(here.path(), &at("/none"), &[]);
    assert_eq!(got.status.code(), Some(1));
    assert!(text(&got.stderr).contains("404 Not Found"), "{}", text(&got.stderr));
    assert!(!here.path().join("none").exists(), "no page, no file");
    for (usage, args) in [(at("/"), &["name"][..]), (at("/"), &["--half-close"]), ("https://x/".into(), &[])] {
        assert_eq!(get(here.path(), &usage, args).status.code(), Some(2), "{usage} {args:?}");
    }
    serving.interrupt();
}

/// A server that answers its clients, one after another, with fixed octets, and closes.
fn canned(answers: Vec<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    port
}

#[test]
fn our_client_takes_what_is_right_and_tells_what_is_not() {
    let here = tempfile::tempdir().unwrap();
    let told = |answer: &str| {
        let port = canned(vec![answer.as_bytes().to_vec()]);
        let got = get(here.path(), &format!("http://127.0.0.1:{port}/x"), &["-o", "-"]);
        (got.status.code(), text(&got.stdout), text(&got.stderr))
    };
    for right in [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: x\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nabcde",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 5\r\n\r\nabcdefgh",
    ] {
        let (code, page, said) = told(right);
        assert_eq!((code, page.as_str()), (Some(0), "abcde"), "{right:?}: {said}");
    }
    for (wrong, why) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "closed before its answer was whole, after 3 octets"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "closed before its answer was whole"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunks of the body are malformed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "no HTTP/1 response"),
        ("synfin: ok 5\nabcde", "no HTTP/1 response"),
        ("", "closed before its answer was whole"),
        ("HTTP/1.1 302 Found\r\nLocation: http://other.test/\r\nContent-Length: 0\r\n\r\n", "leads to another server"),
        ("HTTP/1.1 500 \x1b[31mbad\r\n\r\n", ""),
    ] {
        let (code, _, said) = told(wrong);
        assert!(code == Some(1) && said.contains(why) && !said.contains('\x1b'), "{wrong:?}: {code:?} {said:?}");
    }
    let turn = b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let port = canned(vec![turn.to_vec(); 6]);
    let got = get(here.path(), &format!("http://127.0.0.1:{port}/x"), &["-o", "-"]);
    assert!(
        got.status.code() == Some(1) && text(&got.stderr).contains("more than 5 redirects"),
        "{}",
        text(&got.stderr)
    );
}

/// A server closes between two requests (RFC 9112 9.3.1).
#[test]
fn what_a_kept_connection_did_not_answer_is_asked_again_over_a_new_one() {
    let here = tempfile::tempdir().unwrap();
    let led =
        |status: u16| format!("HTTP/1.1 {status} Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n").into_bytes();
    let page = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde".to_vec();
    for (lang, said) in
        [("en", "closed the kept connection before it answered: GET goes out again"), ("zh", "重新发送 GET")]
    {
        let port = canned(vec![led(302), page.clone()]);
        let got = get(here.path(), &format!("http://127.0.0.1:{port}/x"), &["-o", "-", "--lang", lang]);
        let told = text(&got.stderr);
        assert!(got.status.success() && got.stdout == b"abcde" && told.contains(said), "{told}");
    }
    // What may change something is not asked twice; nor is what a new connection does not answer.
    let port = canned(vec![led(307), page]);
    let got = get(here.path(), &format!("http://127.0.0.1:{port}/x"), &["-o", "-", "--data", "a=b"]);
    assert!(got.status.code() == Some(1) && text(&got.stderr).contains("closed before its answer"), "{got:?}");
    let port = canned(vec![Vec::new(), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()]);
    let got = get(here.path(), &format!("http://127.0.0.1:{port}/x"), &["-o", "-"]);
    assert!(got.status.code() == Some(1) && !text(&got.stderr).contains("again"), "{got:?}");
}

#[test]
fn our_client_downloads_from_pythons_server() {
    if !is_here("python3") {
        return;
    }
    let (root, here) = site();
    let mut python = Command::new("python3");
    python.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]).current_dir(root.path());
    // It tells "… port 40000 (http://127.0.0.1:40000/) ...".
    let serving = Serving::start(&mut python);
    let got = get(here.path(), &format!("http://127.0.0.1:{}/big", serving.port), &[]);
    assert!(got.status.success(), "{}", text(&got.stderr));
    assert!(fs::read(here.path().join("big")).unwrap() == big());
    let got = get(here.path(), &format!("http://127.0.0.1:{}/sub", serving.port), &["-o", "-"]);
    assert!(text(&got.stderr).contains("301 Moved Permanently"), "{}", text(&got.stderr));
    let got = get(here.path(), &format!("http://127.0.0.1:{}/none", serving.port), &["-o", "-"]);
    assert!(got.status.code() == Some(1) && text(&got.stderr).contains("404"), "{}", text(&got.stderr));
    serving.kill();
}

/// A program that is ended with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn our_client_downloads_from_nginx() {
    let version = Command::new("nginx").arg("-v").stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        return skipped("no nginx here");
    }
    let (root, here) = site();
    // Its workers may run as another user.
    fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let own = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (at, served) = (own.path().display(), root.path().display());
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};"))
        .concat();
    let conf = format!(
        "daemon off; master_process off; pid {at}/pid; error_log stderr; events {{}} \
         http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; root {served}; autoindex on; }} }}"
    );
    let file = own.path().join("conf");
    fs::write(&file, conf).unwrap();
    let nginx = Command::new("nginx").arg("-p").arg(own.path()).arg("-c").arg(&file).stderr(Stdio::null()).spawn();
    let _nginx = Ended(nginx.unwrap());
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < LONG, "nginx does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let got = get(here.path(), &at("/big"), &[]);
    assert!(got.status.success(), "{}", text(&got.stderr));
    assert!(fs::read(here.path().join("big")).unwrap() == big());
    // Its list of a folder comes in chunks, behind a redirect on the same connection.
    let got = get(here.path(), &at("/sub"), &["-o", "-"]);
    let told = text(&got.stderr);
    assert!(told.contains("301 Moved Permanently") && told.contains("(in chunks)"), "{told}");
    assert!(told.contains("1 connection\n"), "{told}");
    let got = get(here.path(), &at("/none"), &["-o", "-"]);
    assert!(got.status.code() == Some(1) && text(&got.stderr).contains("404 Not Found"), "{}", text(&got.stderr));
}
