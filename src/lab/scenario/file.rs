//! A scenario file as TOML has it.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub title: Words,
    #[serde(default)]
    pub lesson: Lesson,
    pub delay: Option<Spanned<String>>,
    /// Kilobits a second.
    pub rate: Option<Spanned<u64>>,
    /// Octets.
    pub queue: Option<Spanned<usize>>,
    #[serde(default)]
    pub faults: Vec<Spanned<String>>,
    /// The encoding of what is said, shown as text.
    pub text: Option<Spanned<String>>,
    #[serde(default)]
    pub ipv6: bool,
    /// `wire` or `loopback`.
    #[serde(default, rename = "where")]
    pub ground: super::Ground,
    #[serde(default)]
    pub sysctl: Sysctls,
    #[serde(default)]
    pub program: BTreeMap<String, Program>,
    pub expect: Spanned<String>,
    pub limit: Option<Spanned<String>>,
    #[serde(default)]
    pub long: bool,
}

/// In one language, or in both.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a \"text\" or { en = \"…\", zh = \"…\" } should stand here")]
pub(super) enum Words {
    One(String),
    Both { en: String, zh: String },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lesson {
    pub before: Option<Words>,
    pub during: Option<Words>,
    pub after: Option<Words>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sysctls {
    #[serde(default)]
    pub both: BTreeMap<Spanned<String>, Value>,
    #[serde(default)]
    pub client: BTreeMap<Spanned<String>, Value>,
    #[serde(default)]
    pub server: BTreeMap<Spanned<String>, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a whole number or a \"text\" should stand here")]
pub(super) enum Value {
    Number(i64),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Program {
    /// `client`, `server` or `wire`; a program of such a name needs none.
    pub host: Option<Spanned<String>>,
    pub calls: Spanned<String>,
}
