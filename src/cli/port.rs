//! Who holds a port: the kernel's table of sockets, and the processes that own them.

use crate::render::safe;
use crate::timeline::Lang;
use std::fs;

/// What is known about a port that is in use, a line each. Empty where the system does not tell.
pub(super) fn holders(port: u16, lang: Lang) -> Vec<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    let sockets: Vec<Entry> =
        tables.iter().flat_map(|table| entries(table)).filter(|entry| entry.port == port).collect();
    let mut lines = Vec::new();
    for listener in sockets.iter().filter(|entry| entry.state == LISTEN) {
        lines.push(match (owner(listener.inode), lang) {
            (Some(owner), Lang::En) => format!("it is held by {}", safe(&owner)),
            (Some(owner), Lang::Zh) => format!("占用者：{}", safe(&owner)),
            (None, Lang::En) => {
                format!("another user's program listens there: sudo ss -ltnp 'sport = :{port}' names it")
            }
            (None, Lang::Zh) => format!("其他用户的程序正在监听，可用 sudo ss -ltnp 'sport = :{port}' 查看"),
        });
    }
    let waiting = sockets.iter().filter(|entry| entry.state == TIME_WAIT).count();
    if lines.is_empty() && waiting > 0 {
        lines.push(match lang {
            Lang::En => {
                format!("{waiting} connection(s) of it are in TIME-WAIT: wait up to 60 s, or set SO_REUSEADDR in both")
            }
            Lang::Zh => {
                format!("该端口有 {waiting} 个连接处于 TIME-WAIT：最多等待 60 秒，或新旧程序都设置 SO_REUSEADDR")
            }
        });
    }
    lines.dedup();
    lines
}

/// Numbers of include/net/tcp_states.h.
const TIME_WAIT: u8 = 6;
const LISTEN: u8 = 10;

struct Entry {
    port: u16,
    state: u8,
    inode: u64,
}

fn entries(table: &str) -> impl Iterator<Item = Entry> {
    table.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace();
        let port = u16::from_str_radix(words.nth(1)?.rsplit_once(':')?.1, 16).ok()?;
        let state = u8::from_str_radix(words.nth(1)?, 16).ok()?;
        Some(Entry { port, state, inode: words.nth(5)?.parse().ok()? })
    })
}

/// `python3 (pid 123)`, where we may look into the process.
fn owner(inode: u64) -> Option<String> {
    let wanted = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        for file in files.flatten() {
            if fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str()) {
                let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
                return Some(format!("{} (pid {pid})", name.trim_end()));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_kernels_table_is_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000 100 0 0 10 0\n\
            garbage\n";
        let found: Vec<_> = entries(table).map(|entry| (entry.port, entry.state, entry.inode)).collect();
        assert_eq!(found, [(8080, LISTEN, 4242)]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn we_hold_our_own_port() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let lines = holders(listener.local_addr().unwrap().port(), Lang::En);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains(&format!("(pid {})", std::process::id())), "{lines:?}");
    }
}
