//! Header fields (RFC 9110 5), by name without regard to case.

/// The fields of one message, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn of(headers: &[httparse::Header<'_>]) -> Fields {
        let value = |octets: &[u8]| String::from_utf8_lossy(octets).trim_matches([' ', '\t']).to_string();
        Fields(headers.iter().map(|header| (header.name.into(), value(header.value))).collect())
    }

    /// The values of all fields of this name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The members of the lists in all fields of this name (RFC 9110 5.6.1).
    pub(super) fn members(&self, name: &str) -> impl Iterator<Item = &str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|member| !member.is_empty())
    }

    pub(super) fn has(&self, name: &str, member: &str) -> bool {
        self.members(name).any(|known| known.eq_ignore_ascii_case(member))
    }

    /// Whether the connection stays open after this message (RFC 9112 9.3).
    pub(super) fn keeps_open(&self, minor: u8) -> bool {
        !self.has("connection", "close") && (minor >= 1 || self.has("connection", "keep-alive"))
    }

    /// The one length that all Content-Length fields agree on (RFC 9112 6.3); `Err` with what is none.
    pub(super) fn length(&self) -> Result<Option<u64>, String> {
        let mut length = None;
        for value in self.all("content-length").flat_map(|value| value.split(',')).map(str::trim) {
            let is_number = !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit());
            let number = value.parse().ok().filter(|_| is_number).ok_or_else(|| value.to_string())?;
            if length.is_some_and(|known| known != number) {
                return Err(value.into());
            }
            length = Some(number);
        }
        Ok(length)
    }
}

#[cfg(test)]
pub(super) fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_agree_or_are_none() {
        let length = |values: &[&str]| {
            fields(&values.iter().map(|value| ("CONTENT-length", *value)).collect::<Vec<_>>()).length()
        };
        assert_eq!((length(&[]), length(&["7"]), length(&["7, 7", "7"])), (Ok(None), Ok(Some(7)), Ok(Some(7))));
        for wrong in [&["7, 8"][..], &["+7"], &["-1"], &[""], &["0x7"], &["7", "8"], &["99999999999999999999"]] {
            assert!(length(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn connections_stay_open_as_the_version_says() {
        assert!(fields(&[]).keeps_open(1) && !fields(&[]).keeps_open(0));
        assert!(!fields(&[("Connection", "upgrade, Close")]).keeps_open(1));
        assert!(fields(&[("connection", "Keep-Alive")]).keeps_open(0));
    }
}
