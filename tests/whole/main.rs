//! The whole house at once: properties of the way from frames to pictures, the published schema, whole captures, and the
//! command line as people use it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod any_bytes;
mod aside;
mod both;
mod bounded;
mod calls;
mod captures;
mod commands;
mod expect;
mod explain;
mod extensions;
mod glance;
mod kernel;
mod panel;
mod phases;
mod program;
mod schema;
mod steady;
mod symmetry;
mod time_wait;
mod zeek;

/// How many random cases each property is tried on: 100, or what PROPTEST_CASES says. Cases that failed are kept in the
/// tests themselves, not in files.
fn cases() -> proptest::test_runner::Config {
    let mut config = proptest::test_runner::Config { failure_persistence: None, ..Default::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 100;
    }
    config
}
