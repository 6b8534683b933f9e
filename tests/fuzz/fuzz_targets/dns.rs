#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../support/harness/mod.rs"]
mod harness;
#[path = "../../support/packet.rs"]
mod packet;

fuzz_target!(|bytes: &[u8]| harness::dns::run(bytes));
