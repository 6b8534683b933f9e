//! synfin shows the life of a TCP connection, from SYN to the end of TIME-WAIT, as an annotated timeline of real packets.

pub mod analyze;
pub mod annotate;
pub mod assemble;
pub mod cli;
pub mod decode;
pub mod lab;
pub mod ladder;
pub mod render;
pub mod source;
pub mod tcp;
pub mod timeline;
pub mod track;
pub mod transfer;

/// Frames and capture files for unit tests; the integration tests share the same file.
#[cfg(test)]
#[path = "../tests/support/packet.rs"]
mod test_packet;
