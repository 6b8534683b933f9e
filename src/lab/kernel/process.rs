//! Which process owns a socket, from /proc. Only processes of the same user can be looked into, or all by root.

use std::collections::HashMap;
use std::fmt;
use std::fs;

/// A process that holds a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    /// The command's name, up to 15 octets, as the process itself may have set it: not to be trusted by a terminal.
    pub name: String,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.name, self.pid)
    }
}

/// The owners of these sockets, by inode; those that cannot be known are missing. Inode 0 (TIME-WAIT, or closed by its
/// program) has no owner. Reads every process's descriptors once: ask for all sockets together. Of several owners
/// (after fork) the lowest pid is named.
pub fn owners(inodes: &[u32]) -> HashMap<u32, Process> {
    let mut found = HashMap::new();
    let wanted: Vec<u32> = inodes.iter().copied().filter(|inode| *inode != 0).collect();
    if wanted.is_empty() {
        return found;
    }
    let Ok(processes) = fs::read_dir("/proc") else { return found };
    let mut pids: Vec<u32> = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    for pid in pids {
        // Another user's process, or one that has just ended.
        let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
        for descriptor in descriptors.flatten() {
            let Ok(target) = fs::read_link(descriptor.path()) else { continue };
            let Some(inode) = target.to_str().and_then(socket_inode) else { continue };
            if wanted.contains(&inode) && !found.contains_key(&inode) {
                found.insert(inode, Process { pid, name: name(pid) });
            }
        }
        if found.len() == wanted.len() {
            break;
        }
    }
    found
}

fn name(pid: u32) -> String {
    // Octets of the process's own choice, not always UTF-8.
    fs::read(format!("/proc/{pid}/comm"))
        .map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_string())
        .unwrap_or_else(|_| "?".to_string())
}

/// The inode in a descriptor's link, as `socket:[12345]`.
fn socket_inode(link: &str) -> Option<u32> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn only_sockets_have_an_inode_here() {
        assert_eq!(socket_inode("socket:[4711]"), Some(4711));
        for other in ["pipe:[4711]", "/tmp/socket:[1]x", "socket:[]", "socket:[99999999999]", "socket:[1"] {
            assert_eq!(socket_inode(other), None, "{other}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_owns_its_own_socket() {
        use std::os::fd::AsRawFd;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let link = fs::read_link(format!("/proc/self/fd/{}", listener.as_raw_fd())).unwrap();
        let inode = socket_inode(link.to_str().unwrap()).unwrap();
        let owner = &owners(&[0, inode])[&inode];
        assert_eq!(owner.pid, std::process::id());
        assert_eq!(owner.to_string(), format!("{}[{}]", owner.name, owner.pid));
        assert!(owners(&[0]).is_empty());
    }
}
