//! The ports that a client gets without asking for one.

/// Linux's default range `ip_local_port_range`, 32768 to 60999.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32_768..=60_999;

/// So many of them a client has for each server and port.
pub const EPHEMERAL_PORTS: u32 = *EPHEMERAL.end() as u32 - *EPHEMERAL.start() as u32 + 1;

/// Whether a port is one of them.
pub fn is_ephemeral(port: u16) -> bool {
    EPHEMERAL.contains(&port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_has_its_ends() {
        assert_eq!([32_767, 32_768, 60_999, 61_000, 5_000].map(is_ephemeral), [false, true, true, false, false]);
        assert_eq!(EPHEMERAL_PORTS, 28_232);
    }
}
