//! Values that give their reader power over somebody's account: told only by their length, unless asked for.

use crate::timeline::Header;

/// Fields whose values are credentials.
const SECRET: [&str; 6] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token"];

/// Whether a line holds a secret. `goes_on`: one that begins with a blank does if the line before it did (RFC 9112 5.2).
pub(super) fn is_in(line: &[u8], goes_on: bool) -> bool {
    if line.first().is_some_and(|octet| matches!(octet, b' ' | b'\t')) {
        return goes_on;
    }
    let name = line.split(|octet| *octet == b':').next().unwrap_or_default().trim_ascii();
    SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret.as_bytes()))
}

/// Takes the value out of a field that holds a secret.
pub(super) fn mask(header: &mut Header) {
    if SECRET.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
        header.value = format!("({} octets)", header.value.len());
        header.masked = true;
    }
}
