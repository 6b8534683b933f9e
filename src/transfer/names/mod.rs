//! Names: the system's hosts file, a client that asks a DNS server, and a DNS server that knows a few names.

mod ask;
mod hosts_file;
mod over_tcp;
mod server;

pub use ask::{AskError, ask};
pub use hosts_file::{HOSTS_FILE, in_order, look_up};
pub use server::NameServer;

/// Octets of a DNS message in a datagram that everybody takes (RFC 1035 4.2.1).
const LONGEST: usize = 512;
