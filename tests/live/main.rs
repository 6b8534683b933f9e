//! Live capture, private networks, rights and the demo, through the program itself: as root, as an ordinary user, and with
//! cap_net_raw alone. What this machine does not allow is skipped, and says so.
#![cfg(all(target_os = "linux", feature = "capture"))]
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::explicit_write)]

mod capture;
mod demo;
mod program;
