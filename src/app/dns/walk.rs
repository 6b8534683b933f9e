//! Where everything stands in a DNS message, up to the first octet that is wrong: bounded, whatever the message claims.

use crate::timeline::Text;

/// Questions looked at; one is all that anybody asks (RFC 9619).
const MOST_QUESTIONS: u16 = 4;
/// Records of the answer section looked at: as many as a datagram of 4,096 octets holds.
pub(super) const MOST_ANSWERS: u16 = 256;
/// Octets of a name as sent, with the lengths of its labels and the root (RFC 1035 3.1).
const LONGEST_NAME: usize = 255;
/// Pointers in one name: it has no more than 127 labels to stand between them.
const MOST_POINTERS: usize = 127;
/// The header (RFC 1035 4.1.1).
pub(super) const HEADER: usize = 12;

/// What can be read of a message.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Where the type of each question stands.
    pub(super) questions: Vec<usize>,
    /// Where the type of each record of the answer section stands.
    pub(super) answers: Vec<usize>,
    /// Where what was read ends.
    pub(super) end: usize,
    /// Records of the answer section that were not looked at.
    pub(super) left_out: u64,
    /// Those of them that are addresses.
    pub(super) addresses_left_out: u64,
    /// Why it was not read further.
    pub(super) problem: Option<Text>,
}

/// Two octets as a number.
pub(super) fn number(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..at.checked_add(2)?)?.first_chunk::<2>().map(|field| u16::from_be_bytes(*field))
}

/// Walks over questions and answers. The header must be there.
pub(super) fn walk(octets: &[u8]) -> Walk {
    let mut walk = Walk { end: HEADER, ..Walk::default() };
    let [questions, answers] = [4, 6].map(|at| number(octets, at).unwrap_or_default());
    for n in 0..questions {
        if n >= MOST_QUESTIONS {
            let (en, zh) = (format!("{questions} questions"), format!("问题多达 {questions} 个"));
            walk.problem = Some(Text::new(en, zh));
            return walk;
        }
        match name_end(octets, walk.end) {
            Ok(at) if octets.len() >= at + 4 => {
                walk.questions.push(at);
                walk.end = at + 4;
            }
            Ok(_) => return walk.stop(&Wrong::Cut, "the question", "问题"),
            Err(wrong) => return walk.stop(&wrong, "the question", "问题"),
        }
    }
    for n in 0..answers {
        if n >= MOST_ANSWERS {
            walk.left_out = u64::from(answers - n);
            walk.addresses_left_out = addresses(octets, walk.end, answers - n);
            return walk;
        }
        match record(octets, walk.end) {
            Ok((at, end)) => {
                walk.answers.push(at);
                walk.end = end;
            }
            Err(wrong) => {
                let n = n + 1;
                let (en, zh) = (format!("answer {n} of {answers}"), format!("第 {n} 条回答（共 {answers} 条）"));
                return walk.stop(&wrong, &en, &zh);
            }
        }
    }
    walk
}

/// How many addresses so many further answers have, as far as they can be read.
fn addresses(octets: &[u8], mut end: usize, answers: u16) -> u64 {
    let mut count = 0;
    for _ in 0..answers {
        let Ok((at, behind)) = record(octets, end) else { break };
        count += u64::from(matches!(number(octets, at), Some(1 | 28)));
        end = behind;
    }
    count
}

/// What can be wrong.
enum Wrong {
    Cut,
    /// A pointer that does not lead to an earlier place, so that it may go round in circles for ever; or far too many.
    Pointer,
    TooLong,
    /// A label of a kind that is not in use (RFC 6891 5).
    Label,
    /// An address of the wrong length.
    Address,
}

impl Walk {
    fn stop(mut self, wrong: &Wrong, en: &str, zh: &str) -> Walk {
        let (what, what_zh) = match wrong {
            Wrong::Cut => ("is cut short", "不完整"),
            Wrong::Pointer => (
                "has a name with a pointer that leads to no earlier place, so that it could loop",
                "的名字含有不指向更早位置的压缩指针，可能成环",
            ),
            Wrong::TooLong => ("has a name of more than 255 octets", "的名字超过 255 字节"),
            Wrong::Label => ("has a name with a label of an unknown kind", "的名字含有未知类型的标签"),
            Wrong::Address => ("has an address of the wrong length", "的地址长度不对"),
        };
        self.problem = Some(Text::new(format!("{en} {what}"), format!("{zh}{what_zh}")));
        self
    }
}

/// Where the type of a record stands, and where the record ends.
fn record(octets: &[u8], at: usize) -> Result<(usize, usize), Wrong> {
    let fixed = name_end(octets, at)?;
    let data = fixed + 10;
    let len = number(octets, fixed + 8).ok_or(Wrong::Cut)?;
    let end = data + usize::from(len);
    if end > octets.len() {
        return Err(Wrong::Cut);
    }
    match (number(octets, fixed), len) {
        (Some(1), 4) | (Some(28), 16) => {}
        (Some(1 | 28), _) => return Err(Wrong::Address),
        // NS, CNAME, PTR, DNAME: the data is a name.
        (Some(2 | 5 | 12 | 39), _) if name_end(octets, data)? > end => return Err(Wrong::Cut),
        _ => {}
    }
    Ok((fixed, end))
}

/// The place behind a name. Each pointer must lead further back than the one before (RFC 1035 4.1.4: to a prior occurrence;
/// RFC 9267 2), so that their number is bounded.
fn name_end(octets: &[u8], begin: usize) -> Result<usize, Wrong> {
    let (mut at, mut earliest, mut end, mut len) = (begin, begin, None, 1);
    let mut pointers = 0;
    loop {
        let first = *octets.get(at).ok_or(Wrong::Cut)?;
        match first >> 6 {
            0 if first == 0 => return Ok(end.unwrap_or(at + 1)),
            0 => {
                len += 1 + usize::from(first);
                at += 1 + usize::from(first);
                if len > LONGEST_NAME {
                    return Err(Wrong::TooLong);
                }
            }
            3 => {
                let target = usize::from(number(octets, at).ok_or(Wrong::Cut)? & 0x3fff);
                end.get_or_insert(at + 2);
                pointers += 1;
                if target >= earliest || pointers > MOST_POINTERS {
                    return Err(Wrong::Pointer);
                }
                (at, earliest) = (target, target);
            }
            _ => return Err(Wrong::Label),
        }
    }
}
