//! The command line as people use it: pipes, full disks, damaged files, colours, languages, filters.

use crate::program::{feed, run, synfin, text};
use crate::support::contract;
use crate::support::talk::{download, gzip, pcap, pcapng};
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with `a.pcap` (port 40001, one data segment), `b.pcapng` (port 40002, two), both packed, and `cut.pcap`.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let (a, b) = (pcap(&download(40001, 1)), pcapng(&download(40002, 2)));
        folder.put("a.pcap.gz", &gzip(&a));
        folder.put("b.pcapng.gz", &gzip(&b));
        folder.put("cut.pcap", &a[..a.len() - 7]);
        folder.put("a.pcap", &a);
        folder.put("b.pcapng", &b);
        folder
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = synfin(args);
        command.current_dir(self.0.path());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Standard output of a run that must do well and quietly.
    fn good(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{args:?}");
        text(&output.stdout)
    }
}

#[track_caller]
fn assert_fails(output: &Output, code: i32, parts: &[&str]) {
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(parts.iter().all(|part| error.contains(part)), "{parts:?} wanted in: {error}");
}

#[test]
fn alone_it_prints_help_with_three_examples() {
    let alone = run(&[]);
    assert_eq!(alone.status.code(), Some(2));
    let help = text(&alone.stderr) + &text(&alone.stdout);
    let (_, examples) = help.split_once("Examples:").unwrap();
    assert_eq!(examples.lines().filter(|line| line.contains("synfin ")).count(), 3, "{examples}");
    let asked = run(&["--help"]);
    assert_eq!((asked.status.code(), asked.stderr.len()), (Some(0), 0));
    assert!(text(&asked.stdout).contains("Examples:"));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::new();
    folder.put("long.pcap", &pcap(&download(40003, 2_000)));
    let json = folder.good(&["replay", "long.pcap", "--full", "--format", "json"]);
    assert!(json.len() > 200_000);
    folder.put("long.json", json.as_bytes());
    let commands: &[&[&str]] = &[
        &["replay", "long.pcap", "--full"],
        &["replay", "long.pcap", "--full", "--format", "json"],
        &["replay", "a.pcap"],
        &["render", "long.json"],
        &["render", "long.json", "--format", "json"],
        &["schema"],
        &["doctor"],
        &["doctor", "--json"],
        #[cfg(feature = "capture")]
        &["interfaces"],
        &["--help"],
    ];
    for args in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = folder.command(args).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    let folder = Folder::new();
    for format in ["text", "json"] {
        let output = folder.run(&["replay", "a.pcap", "--format", format, "-o", "/dev/full"]);
        assert_fails(&output, 1, &["/dev/full", "No space left"]);
    }
    for args in [&["replay", "a.pcap"][..], &["replay", "a.pcap", "--format", "json"], &["schema"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = folder.command(args).stdout(full).output().unwrap();
        assert_fails(&output, 1, &["standard output", "No space left"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_the_file_is_named() {
    let folder = Folder::new();
    // Nobody can make a file here, not even root.
    assert_fails(&folder.run(&["replay", "a.pcap", "-o", "/proc/x.json"]), 1, &["/proc/x.json"]);
    assert_fails(&folder.run(&["replay", "a.pcap", "-o", "none/x.json"]), 1, &["none/x.json", "help: "]);
    std::fs::create_dir(folder.path("d.txt")).unwrap();
    assert_fails(&folder.run(&["replay", "a.pcap", "-o", "d.txt"]), 1, &["d.txt", "directory"]);
    assert_fails(&folder.run(&["replay", "a.pcap", "-o", "x"]), 2, &["'x'", ".json"]);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_get_what_standard_output_gets() {
    let folder = Folder::new();
    let output = folder.run(&["replay", "a.pcap", "-o", "/dev/stderr"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), text(&output.stdout));
}

/// A packed file that is cut so early that nothing can be unpacked is as damaged as one that is cut later.
#[test]
fn a_packed_file_that_is_cut_is_damaged() {
    let folder = Folder::new();
    // Their magic, and a piece of the header behind it.
    folder.put("cut.pcap.zst", &[0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x81]);
    folder.put("cut.pcap.lz4", &[0x04, 0x22, 0x4d, 0x18, 0x74, 0x40]);
    let packed = gzip(&pcap(&download(40001, 1)));
    folder.put("cut.pcap.gz", &packed[..packed.len() / 2]);
    for name in ["cut.pcap.zst", "cut.pcap.lz4", "cut.pcap.gz"] {
        assert_fails(&folder.run(&["replay", name]), 0, &["warning: ", "the compressed data is cut or corrupt"]);
        assert_fails(&folder.run(&["replay", name, "--strict"]), 4, &["warning: "]);
    }
}

#[test]
fn a_cut_file_shows_what_could_be_read() {
    let folder = Folder::new();
    let json = ["replay", "cut.pcap", "--format", "json"];
    let lenient = folder.run(&json);
    assert_fails(&lenient, 0, &["warning: cut.pcap: "]);
    assert_eq!(text(&lenient.stderr).lines().count(), 1);
    let timeline = contract::parse(&lenient.stdout);
    // All but the last packet, which is cut.
    assert_eq!(timeline["source"]["packets"]["decoded"], download(40001, 1).shots.len() - 1);
    assert!(timeline["source"]["warnings"][0]["en"].as_str().unwrap().starts_with("cut.pcap: "));
    let strict = folder.run(&[&json[..], &["--strict"]].concat());
    assert_fails(&strict, 4, &["warning: cut.pcap: "]);
    assert_eq!(strict.stdout, lenient.stdout);
    assert_eq!(folder.run(&["replay", "a.pcap", "--strict"]).status.code(), Some(0));
    let zh = folder.run(&["replay", "cut.pcap", "--lang", "zh"]);
    assert_fails(&zh, 0, &["警告：cut.pcap"]);
}

#[test]
fn several_outputs_are_all_written() {
    let folder = Folder::new();
    let picture = folder.good(&["replay", "a.pcap"]);
    let both = folder.good(&["replay", "a.pcap", "-o", "x.json", "-o", "y.txt"]);
    assert_eq!(both, picture);
    assert_eq!(std::fs::read_to_string(folder.path("y.txt")).unwrap(), picture);
    let saved = std::fs::read(folder.path("x.json")).unwrap();
    contract::parse(&saved);
    assert_eq!(folder.good(&["render", "x.json"]), picture);
    assert_eq!(folder.good(&["replay", "a.pcap", "--format", "json"]).as_bytes(), saved);
}

#[test]
fn colour_is_for_who_wants_it() {
    let folder = Folder::new();
    let plain = folder.good(&["replay", "a.pcap"]);
    let coloured = |flag: Option<&str>, environment: &[(&str, &str)]| {
        let mut command = folder.command(&["replay", "a.pcap"]);
        command.args(flag.map(|flag| ["--color", flag]).into_iter().flatten()).envs(environment.iter().copied());
        let output = text(&command.output().unwrap().stdout);
        let found = output.contains('\x1b');
        assert_eq!(strip(&output), plain, "{flag:?} {environment:?}: only colours may differ");
        found
    };
    type Case = (Option<&'static str>, &'static [(&'static str, &'static str)], bool);
    let cases: &[Case] = &[
        (None, &[], false),
        (Some("always"), &[], true),
        (Some("always"), &[("NO_COLOR", "1")], true),
        (Some("always"), &[("TERM", "dumb")], true),
        (Some("never"), &[("CLICOLOR_FORCE", "1")], false),
        (None, &[("CLICOLOR_FORCE", "1")], true),
        (None, &[("FORCE_COLOR", "1")], true),
        (None, &[("CLICOLOR_FORCE", "0")], false),
        (None, &[("CLICOLOR_FORCE", "")], false),
        (None, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], true),
        (None, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (None, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        (Some("auto"), &[("CLICOLOR", "1")], false),
    ];
    for (flag, environment, wanted) in cases {
        assert_eq!(coloured(*flag, environment), *wanted, "{flag:?} {environment:?}");
    }
    // A file is coloured only where the user says so himself.
    let mut command = folder.command(&["replay", "a.pcap", "-o", "auto.txt"]);
    command.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert_eq!(std::fs::read_to_string(folder.path("auto.txt")).unwrap(), plain);
    folder.good(&["replay", "a.pcap", "-o", "always.txt", "--color", "always"]);
    assert!(std::fs::read_to_string(folder.path("always.txt")).unwrap().contains('\x1b'));
    assert!(!folder.good(&["replay", "a.pcap", "--format", "json", "--color", "always"]).contains('\x1b'));
}

/// Without SGR sequences.
fn strip(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |whole, part| whole + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn the_locale_decides_language_and_characters() {
    let folder = Folder::new();
    let drawn = |environment: &[(&str, &str)], args: &[&str]| {
        let mut command = folder.command(&["replay", "a.pcap"]);
        let output =
            text(&command.env_remove("LANG").envs(environment.iter().copied()).args(args).output().unwrap().stdout);
        let is_chinese = output.contains("三次握手");
        let is_english = output.contains("three-way handshake");
        assert!(is_chinese != is_english, "{environment:?}: one language\n{output}");
        let characters = match () {
            () if output.is_ascii() => "ascii",
            () if output.contains('│') => "unicode",
            () => "narrow",
        };
        (if is_chinese { "zh" } else { "en" }, characters)
    };
    assert_eq!(drawn(&[("LANG", "en_US.UTF-8")], &[]), ("en", "unicode"));
    assert_eq!(drawn(&[("LANG", "de_DE.utf8")], &[]), ("en", "unicode"));
    assert_eq!(drawn(&[("LANG", "zh_CN.UTF-8")], &[]), ("zh", "narrow"));
    assert_eq!(drawn(&[("LANG", "C")], &[]), ("en", "ascii"));
    assert_eq!(drawn(&[("LANG", "C.UTF-8")], &[]), ("en", "unicode"));
    assert_eq!(drawn(&[], &[]), ("en", "ascii"));
    assert_eq!(drawn(&[("LANG", "zh_CN.GB18030")], &[]), ("en", "ascii"));
    assert_eq!(drawn(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")], &[]), ("zh", "narrow"));
    assert_eq!(drawn(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], &[]), ("en", "ascii"));
    assert_eq!(drawn(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")], &[]), ("zh", "narrow"));
    assert_eq!(drawn(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN.UTF-8")], &[]).0, "zh");
    assert_eq!(
        drawn(&[("LANG", "zh_CN.UTF-8"), ("LC_CTYPE", "C"), ("LC_MESSAGES", "en_US.UTF-8")], &[]),
        ("en", "ascii")
    );
    assert_eq!(drawn(&[("LANG", "zh_CN.UTF-8")], &["--lang", "en", "--charset", "unicode"]), ("en", "unicode"));
    assert_eq!(drawn(&[("LANG", "C")], &["--lang", "zh"]).0, "zh");
}

/// Errors are in the language of the locale too.
#[test]
fn errors_speak_the_language_of_the_locale() {
    let folder = Folder::new();
    let output = folder.command(&["replay", "none.pcap"]).env("LANG", "zh_CN.UTF-8").output().unwrap();
    assert_fails(&output, 1, &["错误：", "none.pcap"]);
    let error = text(&folder.run(&["replay", "none.pcap"]).stderr);
    assert_eq!(error.matches("none.pcap").count(), 1, "{error}");
}

#[test]
fn errors_in_chinese_are_chinese() {
    let folder = Folder::new();
    folder.put("n.json", b"{}");
    folder.put("e.json", b"");
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&["render", "n.json"], 1, &["不是此 synfin 能读取的时间线", "  办法：生成时间线："]),
        (&["render", "e.json"], 1, &["为空", "  办法：生成时间线："]),
        (&["replay", "a.pcap", "--connection", "0"], 2, &["没有连接 0：其中只有连接 1"]),
        (&["replay", "a.pcap", "-o", "none/x.json"], 1, &["文件夹 'none' 不存在", "  办法：请先建立"]),
        (&["replay", "a.pcap", "-o", "x.pdf"], 2, &["后缀 .pdf 不是已知的格式", "  办法："]),
        #[cfg(target_os = "linux")]
        (&["replay", "a.pcap", "-o", "/dev/full"], 1, &["无法写入 '/dev/full'", "  原因："]),
    ];
    for (args, code, parts) in cases {
        let output = folder.run(&[args, &["--lang", "zh"][..]].concat());
        assert_fails(&output, *code, &[&["错误："], *parts].concat());
    }
}

#[cfg(feature = "capture")]
#[test]
fn filters_on_files() {
    let folder = Folder::new();
    let all = folder.good(&["replay", "a.pcap"]);
    assert_eq!(folder.good(&["replay", "a.pcap", "--", "tcp", "port", "80"]), all);
    assert_eq!(folder.good(&["replay", "a.pcap", "--", "tcp port 80 and host 192.0.2.1"]), all);
    let none = folder.good(&["replay", "a.pcap", "--", "tcp", "port", "81"]);
    assert!(none.contains("No TCP connection was seen") && !none.contains("loopback"), "{none}");
    let one = folder.good(&["replay", "a.pcap", "b.pcapng", "--format", "json", "--", "port 40002"]);
    let one = contract::parse(one.as_bytes());
    assert_eq!(one["connections"].as_array().unwrap().len(), 1);
    assert_eq!(one["source"]["packets"]["seen"], download(40002, 2).shots.len());
    for file in ["a.pcap", "none.pcap"] {
        let wrong = folder.run(&["replay", file, "--", "tcp", "prot", "80"]);
        assert_fails(&wrong, 2, &["'tcp prot 80'"]);
        assert!(wrong.stdout.is_empty());
    }
}

#[test]
fn captures_come_packed_and_through_pipes() {
    let folder = Folder::new();
    let picture = |name: &str| folder.good(&["replay", name]);
    let body = |picture: &str| picture.split_once('\n').map(|(_, body)| body.to_string()).unwrap();
    for name in ["a.pcap", "b.pcapng"] {
        let plain = body(&picture(name));
        assert!(plain.contains("ESTABLISHED"));
        let packed = format!("{name}.gz");
        assert_eq!(body(&picture(&packed)), plain, "{packed}");
        for name in [name, &packed] {
            let bytes = std::fs::read(folder.path(name)).unwrap();
            let piped = feed(&mut folder.command(&["replay", "-"]), &bytes);
            assert_eq!((piped.status.code(), text(&piped.stderr).as_str()), (Some(0), ""), "{name}");
            assert_eq!(body(&text(&piped.stdout)), plain, "{name} through a pipe");
        }
    }
}

#[test]
fn several_files_are_one_timeline() {
    let folder = Folder::new();
    let json = folder.good(&["replay", "a.pcap", "b.pcapng.gz", "--format", "json"]);
    let json = contract::parse(json.as_bytes());
    assert_eq!(json["connections"].as_array().unwrap().len(), 2);
    assert_eq!(json["source"]["name"], "a.pcap b.pcapng.gz");
    let packets = download(40001, 1).shots.len() + download(40002, 2).shots.len();
    assert_eq!(json["source"]["packets"]["decoded"], packets);
    assert!(folder.good(&["replay", "a.pcap", "b.pcapng.gz"]).contains("2 connections"));
    assert_fails(&folder.run(&["replay", "a.pcap", "none.pcap"]), 1, &["none.pcap"]);
    assert_fails(&folder.run(&["replay", "a.pcap", "--connection", "9"]), 2, &["9"]);
}

#[test]
fn captures_are_checked() {
    let folder = Folder::new();
    folder.put("wanted.txt", b"client SYN\nserver SYN-ACK\nclient ACK\n...\n");
    folder.put("wrong.txt", b"client SYN\nserver SINACK\n");
    let good = folder.good(&["check", "a.pcap", "b.pcapng", "--expect", "three-way-handshake", "--like", "wanted.txt"]);
    assert_eq!(good.lines().count(), 5, "{good}");
    assert!(good.starts_with("✓ a.pcap  connection 1  192.0.2.1:40001 → 192.0.2.2:80  fits three-way-handshake\n"));
    assert!(good.ends_with("4 of 4 fit\n"));
    let bad = folder.run(&["check", "a.pcap", "--expect", "four-way-close", "--charset", "ascii"]);
    let drawn = text(&bad.stdout);
    assert_eq!((bad.status.code(), text(&bad.stderr).as_str()), (Some(1), ""));
    assert!(drawn.starts_with("NO connection 1  192.0.2.1:40001 > 192.0.2.2:80  differs from four-way-close\n"));
    assert!(
        drawn.contains("expected  other ACK  (line 4)\n    came      client FIN  frame 7 at 0.006000 s\n"),
        "{drawn}"
    );
    let chinese = folder.run(&["check", "a.pcap", "--expect", "four-way-close", "--lang", "zh"]);
    assert!(text(&chinese.stdout).contains("应为  other ACK  (第 4 行)\n    实际  client FIN  第 7 帧"));
    // Written, and read again.
    folder.put("own.txt", folder.good(&["check", "--write", "a.pcap"]).as_bytes());
    folder.good(&["check", "a.pcap", "--like", "own.txt"]);
    folder.good(&["check", "a.pcap", "--like", "a.pcap.gz"]);
    folder.put("a.json", folder.good(&["replay", "a.pcap", "--format", "json"]).as_bytes());
    folder.good(&["check", "a.json", "--like", "a.json", "--connection", "1"]);
    let json = folder.run(&["check", "a.pcap", "--expect", "refused", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((json.status.code(), &told["fits"]), (Some(1), &false.into()));
    let difference = &told["checks"][0]["difference"];
    assert_eq!((&difference["expected"][0]["line"], &difference["came"]["frame"]), (&3.into(), &2.into()));
    let list = folder.good(&["check", "--list"]);
    assert!(list.lines().any(|line| line.starts_with("four-way-close  ")));
    assert!(folder.good(&["check", "--show", "refused"]).contains("server RST\n"));
    // What could not be judged is not 1.
    assert_fails(&folder.run(&["check", "none.pcap", "--expect", "reset"]), 4, &["none.pcap"]);
    assert_fails(&folder.run(&["check", "own.txt", "--expect", "reset"]), 4, &["not a pcap"]);
    let empty = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0][..], &[0; 8], &[0, 0, 4, 0, 1, 0, 0, 0]].concat();
    let unreadable = [&empty[..], &[1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 60, 0, 0, 0], b"junk"].concat();
    folder.put("empty.pcap", &empty);
    folder.put("unreadable.pcap", &unreadable);
    assert_fails(&folder.run(&["check", "empty.pcap", "--expect", "reset"]), 4, &["empty.pcap has no packet"]);
    assert_fails(
        &folder.run(&["check", "a.pcap", "unreadable.pcap", "--expect", "reset"]),
        4,
        &["unreadable.pcap has no packet that can be read, of 1"],
    );
    assert_fails(
        &folder.run(&["check", "unreadable.pcap", "--expect", "reset", "--lang", "zh"]),
        4,
        &["unreadable.pcap 的 1 个数据包都无法解读"],
    );
    assert_fails(&folder.run(&["check", "a.pcap", "--expect", "rest"]), 2, &["did you mean reset?", "--list"]);
    assert_fails(&folder.run(&["check", "a.pcap", "--like", "none.txt"]), 2, &["none.txt"]);
    assert_fails(
        &folder.run(&["check", "a.pcap", "--like", "wrong.txt"]),
        2,
        &["wrong.txt, line 2, column 8", "^^^^^^"],
    );
    assert_fails(&folder.run(&["check", "a.pcap"]), 2, &["--expect NAME"]);
    assert_eq!(folder.run(&["check", "a.pcap", "--expect", "reset", "--connection", "7"]).status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn hostile_names_and_sequences_are_checked_safely() {
    let folder = Folder::new();
    let name = "a\u{1b}]0;x\u{7}\nclient RST.txt";
    folder.put(name, b"client SYN\nserver \x1b[2J\n");
    let error = folder.run(&["check", "a.pcap", "--like", name]);
    assert_eq!(error.status.code(), Some(2));
    assert!(!text(&error.stderr).contains('\u{1b}') && !text(&error.stderr).contains('\u{7}'));
    let hostile = "b\u{1b}[2J\nclient RST.pcap";
    folder.put(hostile, &pcap(&download(40001, 1)));
    for args in [&["check", hostile, "a.pcap", "--expect", "reset"][..], &["check", "--write", hostile]] {
        let output = text(&folder.run(args).stdout);
        assert!(!output.contains('\u{1b}') && !output.lines().any(|line| line.starts_with("client RST")), "{output}");
    }
}

#[test]
fn a_read_only_file_is_not_replaced() {
    let folder = Folder::new();
    for name in ["a.json", "lines.csv"] {
        folder.put(name, b"mine");
        let mut permissions = folder.path(name).metadata().unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(folder.path(name), permissions).unwrap();
        let refused = folder.run(&["replay", "a.pcap", "-o", name]);
        assert_fails(&refused, 1, &[&format!("cannot write '{name}'"), "read-only"]);
        assert!(refused.stdout.is_empty(), "before any work");
        assert_eq!(std::fs::read(folder.path(name)).unwrap(), b"mine");
    }
    assert_fails(&folder.run(&["replay", "a.pcap", "-o", "a.json", "--lang", "zh"]), 1, &["无法写入", "只读"]);
}

/// A table has no room for text: it says where to find it, and only where somebody asked for text.
#[test]
fn a_table_says_how_text_is_seen() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/");
    let [one, two] = ["download.pcap", "reset.pcap"].map(|name| format!("{folder}{name}"));
    let replay = |more: &[&str]| text(&run(&[&["replay", &one, &two], more].concat()).stdout);
    let hint =
        "\nThe text of one connection: --connection N --text; of all, message by message: --format messages --text\n";
    assert!(!replay(&[]).contains("--connection N"));
    for more in [&["--text"][..], &["--encoding", "gbk"], &["--text", "--where", "open = three-way"]] {
        assert!(replay(more).contains(hint), "{more:?}: {}", replay(more));
    }
    assert!(replay(&["--text", "--lang", "zh"]).contains("\n查看某个连接的文本：--connection N --text"));
    assert!(!replay(&["--text", "--connection", "1"]).contains("--connection N"));
}
