//! The control bits of the TCP header, all nine (RFC 9293 3.1, AE from RFC 9768).

use std::fmt;

/// The control bits, as they lie in octets 12 and 13 of the header. Any mix is kept: illegal ones are shown, not refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u16);

impl Flags {
    pub const FIN: Flags = Flags(0x001);
    pub const SYN: Flags = Flags(0x002);
    pub const RST: Flags = Flags(0x004);
    pub const PSH: Flags = Flags(0x008);
    pub const ACK: Flags = Flags(0x010);
    pub const URG: Flags = Flags(0x020);
    pub const ECE: Flags = Flags(0x040);
    pub const CWR: Flags = Flags(0x080);
    /// Accurate ECN; until RFC 9768 this bit was the nonce sum NS.
    pub const AE: Flags = Flags(0x100);
    /// The three bits that are still reserved.
    pub const RESERVED: Flags = Flags(0xe00);

    /// Names in the order in which people say them: SYN before ACK, data bits last.
    const NAMES: [(Flags, &'static str); 9] = [
        (Flags::SYN, "SYN"),
        (Flags::FIN, "FIN"),
        (Flags::RST, "RST"),
        (Flags::PSH, "PSH"),
        (Flags::ACK, "ACK"),
        (Flags::URG, "URG"),
        (Flags::ECE, "ECE"),
        (Flags::CWR, "CWR"),
        (Flags::AE, "AE"),
    ];

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any bit of `other` is set.
    pub fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// ACK, perhaps with PSH or FIN, and nothing else: what a connection goes on by.
    pub fn is_ordinary_ack(self) -> bool {
        self.0 & !(Flags::PSH.0 | Flags::FIN.0) == Flags::ACK.0
    }

    pub fn syn(self) -> bool {
        self.has(Flags::SYN)
    }

    pub fn ack(self) -> bool {
        self.has(Flags::ACK)
    }

    pub fn fin(self) -> bool {
        self.has(Flags::FIN)
    }

    pub fn rst(self) -> bool {
        self.has(Flags::RST)
    }

    /// The names of the bits that are set, in the order in which people say them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Flags::NAMES.into_iter().filter(move |(bit, _)| self.has(*bit)).map(|(_, name)| name)
    }

    /// The bits behind the names; an unknown name gives nothing.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Flags {
        let bit = |name| Flags::NAMES.iter().find(|(_, known)| *known == name).map_or(Flags(0), |(bit, _)| *bit);
        names.into_iter().fold(Flags(0), |set, name| set | bit(name))
    }
}

impl std::ops::BitOr for Flags {
    type Output = Flags;
    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.names().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        let flags = Flags::SYN | Flags::ACK | Flags::ECE;
        assert_eq!(flags.to_string(), "SYN,ACK,ECE");
        assert_eq!(Flags::from_names(flags.names()), flags);
        assert_eq!(Flags::from_names(["XYZ"]), Flags(0));
    }
}
