//! Names and addresses in a text, found and replaced in one pass from its beginning to its end.

use super::places::Places;
use std::borrow::Cow;
use std::net::IpAddr;

impl Places {
    /// The text with each name and each address replaced.
    pub(super) fn hide(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut rest, mut last) = (text, None);
        let mut sections = Sections::None;
        while let Some(first) = rest.chars().next() {
            if let Some((len, other)) = self.known_word(rest, last) {
                out.push_str(&other);
                (last, rest) = behind(rest, len);
                continue;
            }
            if let Some(len) = self.phrase(rest, last, &mut out) {
                (last, rest) = behind(rest, len);
                continue;
            }
            let (word, _) = rest.split_at(self.word_len(rest));
            if word.is_empty() {
                sections.pass(first);
                out.push(first);
                (last, rest) = behind(rest, first.len_utf8());
                continue;
            }
            (last, rest) = behind(rest, word.len());
            if sections.read(word) {
                out.push_str(word);
                continue;
            }
            match self.word(word) {
                Some((other, is_address)) => {
                    out.push_str(&other);
                    if is_address {
                        (last, rest) = behind(rest, zone_len(rest));
                    }
                }
                None => out.push_str(word),
            }
        }
        out
    }

    /// A field that holds nothing but a name or an address.
    pub(super) fn hide_place(&mut self, text: &str) -> String {
        match self.name(text) {
            Some(other) => other.into_owned(),
            None => self.hide(text),
        }
    }

    /// The name that the text begins with, where a phrase would take a part of it: `printer` of `printer.lab.test`. Its length and
    /// what stands for it.
    fn known_word(&mut self, text: &str, last: Option<char>) -> Option<(usize, String)> {
        if self.phrases.is_empty() || last.is_some_and(|c| is_of_word(c) && c != ':') {
            return None;
        }
        let end = text.find(|c| !is_of_word(c) || c == ':').unwrap_or(text.len());
        let word = text.get(..end)?.trim_end_matches(['.', '-', '_']);
        let phrase = self.phrases.longest(text).map(|(len, _)| len);
        if word.is_empty() || phrase.is_some_and(|len| len > word.len()) {
            return None;
        }
        let other = self.name(word)?.into_owned();
        Some((word.len(), other))
    }

    /// Puts out what stands for the phrase that the text begins with; gives its length. Labels before it are hidden with it.
    fn phrase(&self, text: &str, last: Option<char>, out: &mut String) -> Option<usize> {
        let in_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if self.phrases.is_empty() || in_word(last) && in_word(text.chars().next()) {
            return None;
        }
        let (len, other) = self.phrases.longest(text)?;
        match other {
            Some(other) => {
                if out.ends_with('.') {
                    let before = out.trim_end_matches(is_of_word).len();
                    out.truncate(before);
                }
                out.push_str(other);
            }
            None => out.push_str(text.get(..len).unwrap_or_default()),
        }
        Some(len)
    }

    /// Octets of the word that the text begins with: until something else comes, also a phrase.
    fn word_len(&self, text: &str) -> usize {
        let end = text.find(|c| !is_of_word(c)).unwrap_or(text.len());
        if self.phrases.is_empty() {
            return end;
        }
        let word = text.get(..end).unwrap_or_default();
        let starts = word.match_indices(|c: char| !c.is_ascii_alphanumeric()).map(|(at, _)| at + 1);
        let begins = |at: &usize| text.get(*at..).is_some_and(|text| self.phrases.longest(text).is_some());
        starts.take_while(|at| *at < end).find(begins).unwrap_or(end)
    }

    /// What stands for a word, and whether it ends in an address.
    fn word(&mut self, word: &str) -> Option<(String, bool)> {
        if let Some(found) = self.whole(word) {
            return Some(found);
        }
        let bare = word.trim_end_matches(['.', ':', '-', '_']);
        let tail = word.get(bare.len()..).unwrap_or_default();
        if let Some((found, _)) = self.whole(bare) {
            return Some((found + tail, false));
        }
        // Further ones, with a port or a sign between them.
        let mut is_any = false;
        let mut all = String::with_capacity(word.len());
        for part in bare.split_inclusive(':') {
            let (part, colon) = part.strip_suffix(':').map_or((part, ""), |part| (part, ":"));
            match self.whole(part) {
                Some((other, _)) => {
                    is_any = true;
                    all.push_str(&other);
                }
                None => {
                    let (text, is_found) = self.addresses_between_signs(part);
                    is_any |= is_found;
                    all.push_str(&text);
                }
            }
            all.push_str(colon);
        }
        is_any.then(|| (all + tail, false))
    }

    /// `10.0.0.1-10.0.0.9`: hyphens belong to names, and go between addresses.
    fn addresses_between_signs<'w>(&mut self, word: &'w str) -> (Cow<'w, str>, bool) {
        let is_sign = |c| matches!(c, '-' | '_');
        if !word.split(is_sign).any(|part| part.parse::<IpAddr>().is_ok()) {
            return (word.into(), false);
        }
        let mut all = String::with_capacity(word.len());
        for part in word.split_inclusive(is_sign) {
            let bare = part.trim_end_matches(is_sign);
            match bare.parse::<IpAddr>() {
                Ok(address) => all.push_str(&self.address(address).to_string()),
                Err(_) => all.push_str(bare),
            }
            all.push_str(part.get(bare.len()..).unwrap_or_default());
        }
        (all.into(), true)
    }

    /// A name, an address or an address of hardware, and nothing else; whether it is an address.
    fn whole(&mut self, word: &str) -> Option<(String, bool)> {
        if let Some(other) = self.name(word) {
            return Some((other.into_owned(), false));
        }
        if let Ok(address) = word.parse::<IpAddr>() {
            return Some((self.address(address).to_string(), true));
        }
        let (sign, octets) = hardware(word)?;
        let other = self.hardware(&octets);
        let group = if sign == '.' { 2 } else { 1 };
        let groups = other.chunks(group).map(|octets| octets.iter().map(|octet| format!("{octet:02x}")).collect());
        let groups: Vec<String> = groups.collect();
        Some((groups.join(sign.encode_utf8(&mut [0; 4])), false))
    }
}

/// The rest of a text, with what stood last before it.
fn behind(text: &str, len: usize) -> (Option<char>, &str) {
    let (before, behind) = text.split_at(len);
    (before.chars().next_back(), behind)
}

/// What names, addresses and ports are made of.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

/// Octets of the zone behind an address (RFC 4007 11.2): it may be the name of an interface, and goes with the address.
fn zone_len(text: &str) -> usize {
    let Some(zone) = text.strip_prefix('%') else { return 0 };
    let end = zone.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '@')));
    let zone = zone.get(..end.unwrap_or(zone.len())).unwrap_or_default().trim_end_matches('.');
    if zone.is_empty() { 0 } else { 1 + zone.len() }
}

/// `02:42:ac:11:00:02`, with hyphens, or in threes with dots: the sign between, and the octets; of 64 bits with hyphens only, as
/// with colons it is an IPv6 address.
fn hardware(word: &str) -> Option<(char, Vec<u8>)> {
    let (sign, group, groups) = match word.len() {
        17 => (word.chars().nth(2)?, 2, 6),
        14 => (word.chars().nth(4)?, 4, 3),
        23 => (word.chars().nth(2)?, 2, 8),
        _ => return None,
    };
    let fits = match group {
        4 => sign == '.',
        _ => sign == '-' || sign == ':' && groups == 6,
    };
    let parts: Vec<&str> = word.split(sign).collect();
    let is_hex = |part: &&str| part.len() == group && part.bytes().all(|c| c.is_ascii_hexdigit());
    if !fits || parts.len() != groups || !parts.iter().all(is_hex) {
        return None;
    }
    let octets = data_encoding::HEXLOWER_PERMISSIVE.decode(parts.concat().as_bytes()).ok()?;
    Some((sign, octets))
}

/// Whether what comes may be the sections of an RFC, which look like addresses: `RFC 9293 3.10.7.4, 3.10.7.2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sections {
    None,
    /// `RFC`: its number comes.
    Number,
    /// Its sections come.
    Listed,
}

impl Sections {
    /// What stands between words.
    fn pass(&mut self, c: char) {
        if !matches!(c, ' ' | '\u{a0}' | ',' | '、') {
            *self = Sections::None;
        }
    }

    /// Whether this word is a section. No part of one is nought or of three digits.
    fn read(&mut self, word: &str) -> bool {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        let mut parts = word.trim_end_matches(['.', ':']).split('.');
        let is_section = parts.all(|part| is_number(part) && part.len() < 3 && !part.starts_with('0'));
        *self = match self {
            _ if word == "RFC" => Sections::Number,
            Sections::Number if is_number(word) => Sections::Listed,
            Sections::Listed if is_section => return true,
            _ => Sections::None,
        };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowing(names: &[&str]) -> Places {
        let mut places = Places::keeping(&[]);
        names.iter().for_each(|name| places.learn(name));
        places
    }

    #[test]
    fn the_same_address_is_the_same_everywhere() {
        let mut places = knowing(&["www.lab.test."]);
        let hidden = places.hide(
            "WWW.lab.test → 10.0.0.2:8080, fe80::1 and 10.0.0.2. Not mywww.lab.tests, 127.0.0.1 or [::1]:80; [fe80::1]:80",
        );
        assert_eq!(
            hidden,
            "host1.example → 192.0.2.1:8080, 2001:db8::1 and 192.0.2.1. Not mywww.lab.tests, 127.0.0.1 or [::1]:80; \
             [2001:db8::1]:80"
        );
        assert_eq!(places.hide("from 10.0.0.9 to 10.0.0.2"), "from 192.0.2.2 to 192.0.2.1");
        assert_eq!(places.hide("::ffff:10.0.0.2 10.0.0.2-10.0.0.9"), "::ffff:192.0.2.1 192.0.2.1-192.0.2.2");
        assert_eq!(places.hide("at:10.0.0.9:80 10.0.0.2/8"), "at:192.0.2.2:80 192.0.2.1/8");
    }

    #[test]
    fn labels_before_a_known_name_go_with_it() {
        let mut places = knowing(&["www.lab.test"]);
        assert_eq!(
            places.hide("secret.WWW.lab.test:80, www.lab.test. and a.secret.www.lab.test; secret.www.lab.test"),
            "host2.example:80, host1.example and host3.example; host2.example"
        );
    }

    #[test]
    fn what_stands_for_a_name_is_not_replaced_again() {
        // Two that were hidden before, in the other order.
        let mut places = knowing(&["host2.example", "host1.example"]);
        assert_eq!(places.hide("host1.example, host2.example"), "host2.example, host1.example");
        let mut places = Places::keeping(&["host1.example"]);
        places.learn("www.lab.test");
        assert_eq!(places.hide("host1.example www.lab.test"), "host1.example host2.example");
    }

    #[test]
    fn hardware_and_zones_are_hidden() {
        let mut places = knowing(&[]);
        assert_eq!(
            places.hide("02:42:ac:11:00:02, 02-42-AC-11-00-02. 0242.ac11.0003 ff:ff:ff:ff:ff:ff"),
            "00:00:5e:00:53:00, 00-00-5e-00-53-00. 0000.5e00.5301 ff:ff:ff:ff:ff:ff"
        );
        assert_eq!(places.hide("[fe80::1%eth0]:80, fe80::1%wlan-home."), "[2001:db8::1]:80, 2001:db8::1.");
        assert_eq!(places.hide("50% of 10.0.0.2%"), "50% of 192.0.2.1%");
    }

    #[test]
    fn chinese_needs_no_blanks_round_them() {
        let mut places = knowing(&["www.lab.test"]);
        assert_eq!(
            places.hide("来自10.0.0.2的连接，主机www.lab.test的回答"),
            "来自192.0.2.1的连接，主机host1.example的回答"
        );
    }

    #[test]
    fn names_of_several_words_are_hidden_whole() {
        let mut places = knowing(&["My Shop", "小明", "Müller.test"]);
        places.learn_path("/home/me/my hosts");
        assert_eq!(
            places.hide(
                "my shop's and My Shopping, 由小明应答; intern.müller.test or intern.Müller.test by /home/me/my hosts"
            ),
            "host1.example's and My Shopping, 由host2.example应答; host3.example or host3.example by hosts-file"
        );
        assert_eq!(places.hide_place("/home/me/my hosts"), "hosts-file");
        let mut places = Places::keeping(&["Shop of 10.0.0.2"]);
        places.learn_path("/etc/hosts");
        assert_eq!(places.hide("Shop of 10.0.0.2 not in /etc/hosts"), "Shop of 10.0.0.2 not in /etc/hosts");
    }

    #[test]
    fn capitals_of_any_script_are_the_same_name() {
        let mut places = knowing(&["MÜLLER.test", "ΟΔΟΣ.test", "сервер.test"]);
        assert_eq!(
            places.hide("müller.test Müller.TEST intern.müller.test οδος.test οδοσ.test СЕРВЕР.test"),
            "host1.example host1.example host1.example host2.example host2.example host3.example"
        );
        assert_eq!(places.hide_place("müller.test"), "host1.example");
        let mut places = Places::keeping(&["ÄRZTE"]);
        places.learn("ärzte");
        assert_eq!(places.hide("Ärzte"), "Ärzte");
    }

    #[test]
    fn what_records_hold_is_hidden_in_every_sentence() {
        let mut places = knowing(&["lab.test"]);
        places.learn_data("10 mail.lab.test");
        places.learn_data("\"key of me@lab.test\"");
        assert_eq!(
            places.hide("lookup lab.test MX → 10 mail.lab.test, \"key of me@lab.test\" by 10.0.0.53"),
            "lookup host1.example MX → …, … by 192.0.2.1"
        );
        // A name is known by all of itself, whatever records hold of it.
        let mut places = knowing(&["printer.lab.test", "a.shop.test"]);
        for data in ["printer", "shop", "lab.test", "etc-"] {
            assert!(places.learn_data(data));
        }
        assert_eq!(
            places
                .hide("lookup printer.lab.test NS → printer, shop by /etc/hosts; at:printer.lab.test:80 a.shop.test."),
            "lookup host1.example NS → …, … by /etc/hosts; at:host1.example:80 host2.example."
        );
        assert_eq!(places.hide("secret.printer.lab.test, printers"), "host3.example, printers");
    }

    #[test]
    fn what_only_looks_like_an_address_stays() {
        let mut places = knowing(&[]);
        for text in [
            "RFC 9293 3.10.7.4",
            "[RFC\u{a0}9293\u{a0}3.10.7.4]",
            "RFC 9293 3.5, 3.10.7.4, RFC 7323 5.3.1.2",
            "12:30:45",
            "1.5 ms",
            "face",
            "seq=0",
            "0..1",
            "-- :: ..",
            "1.2.3.4.5",
        ] {
            assert_eq!(places.hide(text), text);
        }
        assert_eq!(places.hide("RFC 1122 10.0.0.2; RFC 9293: 10.1.1.2"), "RFC 1122 192.0.2.1; RFC 9293: 192.0.2.2");
    }

    /// Texts of any length and any number of names take time in proportion.
    #[test]
    fn many_names_and_long_words_take_little_time() {
        let began = std::time::Instant::now();
        let names: Vec<String> = (0..20_000).map(|number| format!("n{number}.lab.test")).collect();
        let mut places = Places::keeping(&[]);
        names.iter().for_each(|name| places.learn(name));
        for name in &names {
            assert!(!places.hide(&format!("lookup {name} → 10.0.0.2 by DNS server 10.0.0.53")).contains("lab"));
        }
        places.hide(&"a.".repeat(100_000));
        places.hide(&"a:".repeat(100_000));
        assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    }
}
