//! Values that give their reader power over somebody's account: told only by their length, unless asked for.

use crate::timeline::Header;

/// Fields whose values are credentials.
const SECRET: [&str; 6] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token"];

/// Takes the value out of a field that holds a secret.
pub(super) fn mask(header: &mut Header) {
    if SECRET.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
        header.value = format!("({} octets)", header.value.len());
        header.masked = true;
    }
}
