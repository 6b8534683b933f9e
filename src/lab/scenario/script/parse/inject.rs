//! The words of an `inject` line.

use super::super::{Injection, MadeUp, Number};
use super::{ScriptError, Words, host};
use crate::lab::fault::Selector;
use crate::tcp::Flags;

/// An IPv4 or IPv6 packet with this much data still fits into one frame.
const MOST_DATA: usize = 1440;

impl Words {
    pub(super) fn injection(&mut self) -> Result<Injection, ScriptError> {
        if self.takes("again") {
            return self.again();
        }
        if !self.takes("from") {
            return Err(self.wrong("'from' or 'again' should stand here", "此处应为 'from' 或 'again'"));
        }
        let Some(from) = self.take(host) else {
            return Err(self.wrong("'client' or 'server' should stand here", "此处应为 'client' 或 'server'"));
        };
        let ports = match self.take(|word| word.parse().ok()) {
            None => None,
            Some(_) if !self.takes("to") => return Err(self.wrong("'to' should stand here", "此处应为 'to'")),
            Some(port) => Some((port, self.port()?)),
        };
        let flags = self.take(flags);
        let mut made = MadeUp {
            from,
            ports,
            flags: flags.unwrap_or(Flags::ACK),
            seq: Number::Off(0),
            ack: Number::Off(0),
            window: None,
            data: Vec::new(),
        };
        loop {
            if self.takes("seq") {
                made.seq = self.sequence_number()?;
            } else if self.takes("ack") {
                made.ack = self.sequence_number()?;
            } else if self.takes("win") {
                made.window = Some(self.number("a window", "窗口值")?);
            } else if self.takes("data") {
                made.data = self.load()?;
                if made.data.len() > MOST_DATA {
                    self.at -= 1;
                    return Err(
                        self.wrong("more than one segment carries (1440)", "超过一个报文段能携带的数据（1440）")
                    );
                }
            } else {
                break;
            }
        }
        if flags.is_none() && made.data.is_empty() {
            return Err(self.wrong(
                "SYN, SYN-ACK, ACK, FIN, FIN-ACK, RST, RST-ACK or data should stand here",
                "此处应为 SYN、SYN-ACK、ACK、FIN、FIN-ACK、RST、RST-ACK 或 data",
            ));
        }
        Ok(Injection::MadeUp(made))
    }

    fn again(&mut self) -> Result<Injection, ScriptError> {
        let begin = self.at;
        let mut said = Vec::new();
        while let Some(word) = self.take(|word| (word != "->").then(|| word.to_string())) {
            said.push(word);
        }
        Selector::parse(&said.join(" ")).map(Injection::Again).map_err(|error| {
            self.at = begin + error.place;
            let expected = error.expected;
            self.wrong(&format!("{expected} should stand here"), &format!("此处应为 {expected}"))
        })
    }

    fn sequence_number(&mut self) -> Result<Number, ScriptError> {
        self.take(Number::parse).ok_or_else(|| {
            self.wrong("a number as 1000, +1000 or -1000 should stand here", "此处应为 1000、+1000 或 -1000 这样的数")
        })
    }
}

fn flags(word: &str) -> Option<Flags> {
    Some(match word.to_ascii_uppercase().as_str() {
        "SYN" => Flags::SYN,
        "SYN-ACK" => Flags::SYN | Flags::ACK,
        "ACK" => Flags::ACK,
        // A FIN without ACK is thrown away (RFC 9293 3.10.7.4).
        "FIN" | "FIN-ACK" => Flags::FIN | Flags::ACK,
        "RST" => Flags::RST,
        "RST-ACK" => Flags::RST | Flags::ACK,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
    use super::*;
    use crate::lab::fault::{Kind, Which};
    use crate::lab::scenario::Place;
    use crate::lab::scenario::script::{What, parse};
    use crate::tcp::{Peer, SeqNumber};

    fn injection(text: &str) -> Injection {
        let What::Inject(injection) = parse(text, Place::Wire).unwrap().remove(0).what else { panic!("{text}") };
        injection
    }

    #[test]
    fn segments_are_made_up_as_the_line_says() {
        let Injection::MadeUp(syn) = injection("inject from client 50000 to 8080 SYN seq 1000") else { panic!() };
        assert_eq!((syn.from, syn.ports), (Peer::A, Some((50000, 8080))));
        assert_eq!((syn.flags, syn.seq), (Flags::SYN, Number::Exactly(1000)));
        let Injection::MadeUp(rst) = injection("inject from server rst seq -1000 win 7") else { panic!() };
        assert_eq!((rst.ports, rst.flags, rst.window), (None, Flags::RST, Some(7)));
        assert_eq!((rst.seq, rst.ack), (Number::Off(-1000), Number::Off(0)));
        let Injection::MadeUp(data) = injection("inject from server data \"hi\"") else { panic!() };
        assert_eq!((data.flags, data.data), (Flags::ACK, b"hi".to_vec()));
        let Injection::Again(again) = injection("inject again the 2nd data segment from the client") else { panic!() };
        assert_eq!((again.which, again.kind, again.from), (Which::Nth(2), Kind::Data, Some(Peer::A)));
    }

    #[test]
    fn numbers_wrap_around() {
        assert_eq!(Number::Off(-2).from(SeqNumber(1)), SeqNumber(u32::MAX));
        assert_eq!(Number::Exactly(5).from(SeqNumber(1)), SeqNumber(5));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |text: &str| parse(text, Place::Wire).unwrap_err().column;
        assert_eq!(wrong("inject SYN"), 7);
        assert_eq!(wrong("inject from mars RST"), 12);
        assert_eq!(wrong("inject from client 5 SYN"), 21);
        assert_eq!(wrong("inject from client"), 19);
        assert_eq!(wrong("inject from client RST seq near"), 27);
        assert_eq!(wrong("inject from client data 1441"), 24);
        assert_eq!(wrong("inject again the first dada segment"), 23);
        assert!(parse("inject from client RST", Place::Host(Peer::A)).is_err());
    }
}
