//! What several test programs share.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing
)]

pub mod any_timeline;
pub mod contract;
pub mod exported;
pub mod harness;
pub mod hostile;
pub mod life;
pub mod packet;
pub mod sequence;
pub mod talk;
pub mod two_sides;
pub mod web;
pub mod witnessed;
