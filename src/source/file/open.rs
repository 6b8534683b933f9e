//! Telling capture files from other files by their first octets, and saying what the others are.

use crate::timeline::Text;
use std::io;

/// Why a capture file could not be opened. `Display` is the English text with its remedy; [`OpenError::text`] has both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    #[error("{}", self.text().en)]
    Open { name: String, source: io::Error },
    /// It was opened, and not one octet could be read.
    #[error("{}", self.text().en)]
    Read { name: String, source: io::Error },
    #[error("{}", self.text().en)]
    Empty { name: String },
    /// Its header is a capture file's, and is cut.
    #[error("{}", self.text().en)]
    HeaderCut { name: String, octets: usize },
    #[error("{}", self.text().en)]
    NotACapture { name: String, first: Vec<u8> },
}

impl OpenError {
    /// What happened and how to mend it. The name comes from outside: make it safe before it goes to a terminal.
    pub fn text(&self) -> Text {
        match self {
            OpenError::Open { name, source } => {
                let (en, zh) = remedy(source);
                Text::new(format!("cannot open {name}: {source}{en}"), format!("无法打开 {name}：{source}{zh}"))
            }
            OpenError::Read { name, source } => {
                let (en, zh) = remedy(source);
                Text::new(format!("cannot read {name}: {source}{en}"), format!("无法读取 {name}：{source}{zh}"))
            }
            OpenError::Empty { name } => Text::new(
                format!(
                    "{name} is empty: not even a capture file's header was written. Capture again, or wait for the writer"
                ),
                format!("{name} 是空文件：连捕获文件的头部都没有写入。请重新捕获，或等待写入完成"),
            ),
            OpenError::HeaderCut { name, octets } => Text::new(
                format!(
                    "{name} is cut inside its header ({octets} octet{}): it holds no packets. Copy or capture it again",
                    if *octets == 1 { "" } else { "s" }
                ),
                format!("{name} 在头部内被截断（仅 {octets} 字节）：其中没有数据包。请重新复制或捕获"),
            ),
            OpenError::NotACapture { name, first } => {
                let shown: Vec<String> = first.iter().map(|octet| format!("{octet:02x}")).collect();
                let shown = shown.join(" ");
                let (en, zh) = guess(first);
                Text::new(
                    format!("{name} is not a pcap or pcapng file: it begins with {shown}. {en}"),
                    format!("{name} 不是 pcap 或 pcapng 文件：它以 {shown} 开头。{zh}"),
                )
            }
        }
    }
}

fn remedy(error: &io::Error) -> (&'static str, &'static str) {
    match error.kind() {
        io::ErrorKind::NotFound => (". Check the name and the folder", "。请检查文件名和所在目录"),
        io::ErrorKind::PermissionDenied => (
            ". Captures made under sudo often belong to root: sudo chown $USER FILE",
            "。用 sudo 捕获的文件常属于 root：sudo chown $USER FILE",
        ),
        io::ErrorKind::IsADirectory => (". Name the capture files in it", "。请指定其中的捕获文件"),
        _ => ("", ""),
    }
}

/// What a file that is no capture seems to be, and what to do with it.
fn guess(first: &[u8]) -> (&'static str, &'static str) {
    match first {
        [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            ("It is xz-compressed: unpack it with xz -d", "它是 xz 压缩文件：请先用 xz -d 解压")
        }
        [b'B', b'Z', b'h', ..] => {
            ("It is bzip2-compressed: unpack it with bzip2 -d", "它是 bzip2 压缩文件：请先用 bzip2 -d 解压")
        }
        [0x02, 0x21, 0x4c, 0x18, ..] => {
            ("It is lz4-compressed: unpack it with lz4 -d", "它是 lz4 压缩文件：请先用 lz4 -d 解压")
        }
        [b'P', b'K', 3, 4, ..] => ("It is a zip archive: unpack it first", "它是 zip 压缩包：请先解压"),
        [b'{' | b'[', ..] => {
            ("It looks like JSON: draw a timeline with synfin render", "它像是 JSON：时间线请用 synfin render 绘制")
        }
        [b'<', ..] => (
            "It looks like HTML or XML: perhaps a web page was saved instead of the file",
            "它像是 HTML 或 XML：可能保存成了网页",
        ),
        _ if !first.is_empty() && first.iter().all(|octet| matches!(octet, b'\t' | b'\n' | b'\r' | b' '..=b'~')) => (
            "It looks like text: save the packets themselves (tcpdump -w FILE), not what was printed",
            "它像是文本：请保存数据包本身（tcpdump -w FILE），而不是打印的内容",
        ),
        _ => ("Convert other formats with editcap -F pcap", "其他格式请用 editcap -F pcap 转换"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn foreign_files_are_named() {
        let error = |first: &[u8]| OpenError::NotACapture { name: "x".into(), first: first.to_vec() };
        assert!(error(&[0xfd, b'7', b'z', b'X', b'Z']).to_string().contains("xz -d"));
        assert!(error(b"12:00 IP a").to_string().contains("tcpdump -w"));
        assert!(error(b"{\"schema\"").to_string().contains("synfin render"));
        assert!(error(&[1, 2, 3]).to_string().contains("01 02 03"));
    }
}
