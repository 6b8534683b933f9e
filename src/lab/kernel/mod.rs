//! The kernel's own word: what it answers when it is asked about its sockets, and what its tracepoints tell.

pub mod process;
pub mod sock_diag;
#[cfg(feature = "capture")]
pub(super) mod tracer;
pub mod witness;
