//! Makes the large captures that speed is measured with: `make-capture many-short|bulk|synflood FILE [COUNT] [SEED]`.
//! The same arguments give the same octets.

mod bulk;
mod packet;
mod random;
mod short;
mod synflood;

use packet::Capture;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u64| words.get(place).and_then(|word| word.parse().ok()).unwrap_or(default);
    let [kind, file, ..] = words.as_slice() else {
        eprintln!("usage: make-capture many-short|bulk|synflood FILE [COUNT] [SEED]");
        return ExitCode::from(2);
    };
    let seed = number(3, 1);
    let made = Capture::create(file).and_then(|mut capture| {
        match kind.as_str() {
            "many-short" => short::write(&mut capture, number(2, 1_000_000), seed)?,
            "bulk" => bulk::write(&mut capture, number(2, 2_100_000), seed)?,
            "synflood" => synflood::write(&mut capture, number(2, 5_000_000), seed)?,
            other => return Err(std::io::Error::other(format!("'{other}' is not known"))),
        }
        capture.finish()
    });
    match made {
        Ok(packets) => {
            println!("{packets} packets");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}
