//! What must hold whatever comes in, for each stage of the house: one function per fuzz target, from arbitrary octets to a
//! panic where something is wrong. The fuzz targets (`tests/fuzz/`) and the ordinary tests that replay their finds share it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod cursor;
pub mod decoder;
pub mod dns;
pub mod http;
pub mod pipeline;
pub mod reader;
pub mod relative;
pub mod sound;
pub mod tracker;

/// A target: octets in, a panic where something is wrong.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 6] = [
    ("reader", reader::run),
    ("decoder", decoder::run),
    ("tracker", tracker::run),
    ("pipeline", pipeline::run),
    ("http", http::run),
    ("dns", dns::run),
];
