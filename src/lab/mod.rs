//! Hosts of our own: private namespaces, and the kernel as witness.

pub mod deed;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod error;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod exec;
pub mod fault;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod host;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod link;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod loopback;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod medium;
#[cfg(unix)]
pub mod namespace;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod network;
pub mod pace;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod player;
pub mod process;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod recording;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod rehearsal;
#[cfg(unix)]
mod remedy;
pub mod scenario;
#[cfg(target_os = "linux")]
pub mod sock_diag;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod traced;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod tracer;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod watch;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod wire;
#[cfg(target_os = "linux")]
pub mod witness;
#[cfg(all(feature = "capture", target_os = "linux"))]
mod worker;

#[cfg(all(feature = "capture", target_os = "linux"))]
pub use error::LabError;
#[cfg(all(feature = "capture", target_os = "linux"))]
pub use recording::Recording;
