//! What a call carries: octets, a text in some encoding, files, names.

use super::{ScriptError, Words};
use crate::app::Encoding;
use std::net::IpAddr;

/// Octets that one `send` or one file makes up at most.
const MOST_SENT: usize = 64 << 20;
impl Words {
    pub(super) fn load(&mut self) -> Result<Vec<u8>, ScriptError> {
        if let Some(text) = self.text()? {
            return self.piece(text);
        }
        let count = self.take(|word| word.parse().ok().filter(|count: &usize| (1..=MOST_SENT).contains(count)));
        let pattern = |count: usize| (0..count).map(|place| b'a' + (place % 26) as u8).collect();
        count
            .map(pattern)
            .ok_or_else(|| self.wrong("octets or a \"text\" should stand here", "此处应为字节数或 \"文本\""))
    }

    /// `"text"`, in UTF-8, or in the encoding whose name follows.
    pub(super) fn text(&mut self) -> Result<Option<Vec<u8>>, ScriptError> {
        let Some(text) = self.all.get(self.at).filter(|word| word.is_quoted).map(|word| word.text.clone()) else {
            return Ok(None);
        };
        self.at += 1;
        let encoding = self.take(Encoding::named).unwrap_or(Encoding::Utf8);
        encoding.encode(&text).map(Some).ok_or_else(|| {
            self.at -= 1;
            self.wrong("this encoding has no place for some of the characters", "该编码无法表示其中的某些字符")
        })
    }

    /// Of a text all, or its `first` octets, or those `after` them.
    fn piece(&mut self, mut text: Vec<u8>) -> Result<Vec<u8>, ScriptError> {
        let (is_first, is_after) = (self.takes("first"), self.takes("after"));
        if !is_first && !is_after {
            return Ok(text);
        }
        let within = |word: &str| word.parse().ok().filter(|count| (1..text.len()).contains(count));
        let Some(count) = self.take(within) else {
            let most = text.len().saturating_sub(1);
            return Err(self.wrong(
                &format!("octets should stand here, from 1 to {most}"),
                &format!("此处应为字节数，1 到 {most}"),
            ));
        };
        let rest = text.split_off(count);
        Ok(if is_first { text } else { rest })
    }

    /// `name=octets`, at least one.
    pub(super) fn files(&mut self) -> Result<Vec<(String, usize)>, ScriptError> {
        self.made_up(|name| !name.contains('/'))
    }

    /// The same, which may be in folders.
    pub(super) fn pages(&mut self) -> Result<Vec<(String, usize)>, ScriptError> {
        self.made_up(|_| true)
    }

    /// `name=/path`, for what has moved there.
    pub(super) fn moved(&mut self) -> Vec<(String, String)> {
        let moved = |word: &str| {
            let (name, to) = word.split_once('=')?;
            to.starts_with('/').then(|| (name.to_string(), to.to_string()))
        };
        std::iter::from_fn(|| self.take(moved)).collect()
    }

    /// What a web client asks for.
    pub(super) fn path(&mut self) -> Result<String, ScriptError> {
        let path = self.take(|word| word.starts_with('/').then(|| word.to_string()));
        path.ok_or_else(|| {
            self.wrong("a path such as /index.html should stand here", "此处应为 /index.html 这样的路径")
        })
    }

    fn made_up(&mut self, may_be: impl Fn(&str) -> bool) -> Result<Vec<(String, usize)>, ScriptError> {
        let file = |word: &str| {
            let (name, octets) = word.split_once('=')?;
            // It is made up in a folder of its own, and stays there.
            let is_plain = name.split('/').all(|part| !matches!(part, "" | "." | "..")) && may_be(name);
            let octets = octets.parse().ok().filter(|octets: &usize| *octets <= MOST_SENT)?;
            is_plain.then(|| (name.to_string(), octets))
        };
        let mut files = Vec::new();
        while let Some(found) = self.take(file) {
            files.push(found);
        }
        if files.is_empty() {
            return Err(
                self.wrong("a file such as notes.txt=20000 should stand here", "此处应为 notes.txt=20000 这样的文件")
            );
        }
        Ok(files)
    }

    /// `name=address`, at least one.
    pub(super) fn names(&mut self) -> Result<Vec<(String, IpAddr)>, ScriptError> {
        let entry = |word: &str| {
            let (name, ip) = word.split_once('=')?;
            (!name.is_empty()).then_some((name.to_string(), ip.parse().ok()?))
        };
        let mut names = Vec::new();
        while let Some(found) = self.take(entry) {
            names.push(found);
        }
        if names.is_empty() {
            return Err(self.wrong(
                "a name such as www.lab.test=10.0.0.2 should stand here",
                "此处应为 www.lab.test=10.0.0.2 这样的名字",
            ));
        }
        Ok(names)
    }
}
