//! What a call must give: `-> 3`, `-> "text"`, `-> ECONNREFUSED`.

use super::{ScriptError, Words};
use crate::expect::likest_of;
use crate::lab::scenario::script::Wanted;

/// What calls on sockets, and those of the built-in server and client, may give.
const ERRORS: [&str; 36] = [
    "EACCES",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
    "EAFNOSUPPORT",
    "EAGAIN",
    "EALREADY",
    "EBADF",
    "ECONNABORTED",
    "ECONNREFUSED",
    "ECONNRESET",
    "EDESTADDRREQ",
    "EHOSTDOWN",
    "EHOSTUNREACH",
    "EINPROGRESS",
    "EINTR",
    "EINVAL",
    "EIO",
    "EISCONN",
    "EMFILE",
    "EMSGSIZE",
    "ENETDOWN",
    "ENETRESET",
    "ENETUNREACH",
    "ENFILE",
    "ENOBUFS",
    "ENOENT",
    "ENOMEM",
    "ENOPROTOOPT",
    "ENOTCONN",
    "EOPNOTSUPP",
    "EPERM",
    "EPIPE",
    "EPROTO",
    "EPROTONOSUPPORT",
    "ESHUTDOWN",
    "ETIMEDOUT",
];

impl Words {
    pub(super) fn wanted(&mut self) -> Result<Wanted, ScriptError> {
        if !self.takes("->") {
            return Ok(Wanted::Success);
        }
        if let Some(text) = self.text()? {
            return Ok(Wanted::Text(text));
        }
        if let Some(count) = self.take(|word| word.parse().ok()) {
            return Ok(Wanted::Count(count));
        }
        let is_error = |word: &str| {
            word.strip_prefix('E')
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_uppercase()))
        };
        if let Some(name) = self.take(|word| is_error(word).then(|| word.to_string())) {
            if ERRORS.contains(&name.as_str()) {
                return Ok(Wanted::Error(name));
            }
            self.at -= 1;
            let mut error = self.wrong("no call gives an error of this name", "没有调用会给出这个名称的错误");
            error.suggestion = likest_of(&name, ERRORS.into_iter());
            return Err(error);
        }
        Err(self.wrong(
            "a number, a \"text\" or an error such as ECONNREFUSED should stand here",
            "此处应为数字、\"文本\"或 ECONNREFUSED 这样的错误",
        ))
    }
}
