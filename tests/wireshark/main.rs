//! Wireshark's words: over real captures against tshark's own answers, over typed sequences, and where synfin knows better.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod corpus;
mod differences;
mod fixture;
mod score;
mod words;
