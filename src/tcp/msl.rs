//! How long TIME-WAIT lasts, by who implements it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Whose 2MSL is in force. Only the RFC gives a number for all; every system chose its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MslProfile {
    /// 60 s, fixed when the kernel is compiled (`TCP_TIMEWAIT_LEN`); no sysctl changes it.
    #[default]
    Linux,
    /// 4 min: twice the 2 min of RFC 9293 3.4.2.
    Rfc,
    /// 60 s: `net.inet.tcp.msl` is 30 s.
    Bsd,
    /// 30 s: `net.inet.tcp.msl` is 15 s.
    Macos,
    /// 120 s: `TcpTimedWaitDelay` of Windows Server 2003; newer defaults vary.
    Windows,
    /// The length of TIME-WAIT as the user says, in seconds.
    Seconds(u32),
}

impl MslProfile {
    /// The length of TIME-WAIT: twice the maximum segment lifetime.
    pub fn two_msl(self) -> Duration {
        Duration::from_secs(match self {
            MslProfile::Linux | MslProfile::Bsd => 60,
            MslProfile::Rfc => 240,
            MslProfile::Macos => 30,
            MslProfile::Windows => 120,
            MslProfile::Seconds(seconds) => seconds.into(),
        })
    }

    /// Whether every segment with an ACK starts TIME-WAIT anew, not only the repeated FIN of RFC 9293 3.10.7.4: so does Linux
    /// (`tcp_timewait_state_process`); FreeBSD (`tcp_twcheck`) looks for the FIN.
    pub fn rearms_by_any(self) -> bool {
        self == MslProfile::Linux
    }

    /// [`MslProfile::two_msl`] in nanoseconds.
    pub fn two_msl_ns(self) -> i64 {
        i64::try_from(self.two_msl().as_nanos()).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for MslProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MslProfile::Linux => f.write_str("linux"),
            MslProfile::Rfc => f.write_str("rfc"),
            MslProfile::Bsd => f.write_str("bsd"),
            MslProfile::Macos => f.write_str("macos"),
            MslProfile::Windows => f.write_str("windows"),
            MslProfile::Seconds(seconds) => write!(f, "{seconds}"),
        }
    }
}

impl FromStr for MslProfile {
    type Err = String;

    /// A profile's name, or the length of TIME-WAIT (2MSL) in whole seconds.
    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "linux" => MslProfile::Linux,
            "rfc" => MslProfile::Rfc,
            "bsd" => MslProfile::Bsd,
            "macos" => MslProfile::Macos,
            "windows" => MslProfile::Windows,
            _ => MslProfile::Seconds(text.parse().map_err(|_| {
                "give linux, rfc, bsd, macos, windows, or the length of TIME-WAIT in seconds".to_string()
            })?),
        })
    }
}
