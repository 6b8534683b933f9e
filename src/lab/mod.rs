//! Hosts of our own: private namespaces, and the kernel as witness.

#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod exec;
pub mod fault;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod host;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod link;
#[cfg(unix)]
pub mod namespace;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod network;
pub mod pace;
pub mod process;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod rehearsal;
#[cfg(unix)]
mod remedy;
#[cfg(target_os = "linux")]
pub mod sock_diag;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod wire;
#[cfg(target_os = "linux")]
pub mod witness;
