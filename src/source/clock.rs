//! The wall clock, as captures stamp it. Only the edges read it; the middle is told the time.

#[cfg(all(feature = "capture", target_os = "linux"))]
mod held;

#[cfg(all(feature = "capture", target_os = "linux"))]
pub(crate) use held::{hold, stamped};

use super::Timestamp;
use std::time::SystemTime;

/// Now. A clock before 1970 reads as 1970.
pub fn now() -> Timestamp {
    #[cfg(all(feature = "capture", target_os = "linux"))]
    if let Some(even) = held::now() {
        return even;
    }
    wall()
}

fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
