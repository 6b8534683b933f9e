//! Two hosts of our own, a wire between them, and the kernel as witness.
//!
//! # How a performance goes
//! ```text
//! namespace    the process goes to a private network, once and before any thread      [`namespace::enter`]
//! hosts        client and server, each in a network of its own, a device each         [`hosts::Network::build`]
//! wire         takes up the way between both devices; or lo is captured instead        [`wire::Wire::lay`]
//! witnesses    each host's kernel is asked, every 2 ms; root hears tracepoints too     [`kernel::witness`], `performance::watch`
//! programs     a thread each, or a process each, which move to their hosts and call    [`performance::player`], [`performance::exec`]
//! rest         until the wire is quiet and no socket waits for an answer              `performance::watch`
//! record       the wire ends first, then all that was seen and called is one pcapng    [`performance::Recording`]
//! timeline     `cli::lab` replays that file as it replays any other                    [`crate::cli`]
//! ```
//! The wire ends while the sockets are still open: what clearing the stage sends is not of the lesson.
//!
//! What is to be done, and what was, are words without any socket: [`scenario`] (with its scripts), [`fault`] and [`pace`]
//! (what the wire shall do), [`deed`] (what it did). The rest needs the system: a room uses only those above it.

pub mod deed;
pub mod fault;
pub mod pace;
pub mod scenario;

#[cfg(unix)]
pub mod namespace;

#[cfg(target_os = "linux")]
pub mod kernel;

#[cfg(all(feature = "capture", target_os = "linux"))]
mod worker;

#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod hosts;

#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod wire;

#[cfg(all(feature = "capture", target_os = "linux"))]
pub mod performance;
