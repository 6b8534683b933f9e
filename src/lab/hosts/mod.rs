//! Client and server, each a host of its own: namespaces, and the devices and addresses in them.

mod host;
pub(super) mod link;
mod network;

pub(super) use network::DEVICE;

pub use host::Host;
pub use network::{Network, address, mac, names_address, wire_device};
