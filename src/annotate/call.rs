//! What a call came to, in one sentence.

use crate::tcp::{CallName, CallWord};
use crate::timeline::Text;

/// `recv → 0 bytes: the peer has closed`. `times` calls in a row may be told as one.
pub fn sentence(word: &CallWord, times: u64) -> Text {
    let name = word.call.name();
    let (en, zh) = outcome(word);
    let [many_en, many_zh] =
        if times > 1 { [format!(" ({times} calls)"), format!("（{times} 次调用）")] } else { Default::default() };
    Text::new(format!("{name} → {en}{many_en}"), format!("{name} → {zh}{many_zh}"))
}

fn outcome(word: &CallWord) -> (String, String) {
    let both = |en: &str, zh: &str| (en.to_string(), zh.to_string());
    if word.took.is_none() {
        return both("not returned yet", "尚未返回");
    }
    let count = match &word.result {
        Ok(count) => *count,
        Err(error) => {
            return match reason(word.call, error) {
                Some((en, zh)) => (format!("{error}: {en}"), format!("{error}：{zh}")),
                None => both(error, error),
            };
        }
    };
    match (word.call, count, word.remote) {
        (CallName::Recv, Some(0), _) => both("0 bytes: the peer has closed", "0 字节：对方已关闭"),
        (CallName::Send | CallName::Recv, Some(1), _) => both("1 byte", "1 字节"),
        (CallName::Send | CallName::Recv, Some(count), _) => (format!("{count} bytes"), format!("{count} 字节")),
        (CallName::Accept, _, Some(remote)) => {
            (format!("the connection from {remote}"), format!("来自 {remote} 的连接"))
        }
        (CallName::Connect, ..) => both("connected", "已连接"),
        (CallName::Listen, ..) => both("ok: clients may connect", "成功：客户端可以连接"),
        _ => both("ok", "成功"),
    }
}

/// Why a call fails with this error (the Linux manual pages of the calls say when).
fn reason(call: CallName, error: &str) -> Option<(&'static str, &'static str)> {
    Some(match (call, error) {
        (CallName::Connect, "ECONNREFUSED") => ("nobody listens there", "那里没有程序在监听"),
        (_, "ECONNREFUSED") => ("the peer refused", "对方拒绝了连接"),
        (CallName::Connect, "ETIMEDOUT") => ("no answer came", "没有收到应答"),
        (_, "ETIMEDOUT") => ("the peer no longer answers", "对方不再应答"),
        (_, "ECONNRESET") => ("the peer has reset the connection", "对方重置了连接"),
        (_, "ECONNABORTED") => ("the connection was gone before it was taken", "连接在被接受之前已经消失"),
        (_, "EPIPE") => ("nothing can be sent on this connection any more", "此连接已不能再发送"),
        (CallName::Bind | CallName::Listen, "EADDRINUSE") => ("the address is still in use", "地址仍被占用"),
        (_, "EADDRINUSE") => ("the address is in use", "地址已被占用"),
        (CallName::Connect, "EADDRNOTAVAIL") => ("no free port for this peer", "没有可用于该对端的端口"),
        (_, "EADDRNOTAVAIL") => ("this host has no such address", "本机没有这个地址"),
        (_, "EHOSTUNREACH") => ("no way to the host", "主机不可达"),
        (_, "ENETUNREACH") => ("no way to the network", "网络不可达"),
        (CallName::Connect, "EINPROGRESS") => ("under way", "正在进行"),
        (CallName::Send, "EAGAIN" | "EWOULDBLOCK") => ("no room in the buffer yet", "缓冲区暂无空间"),
        (_, "EAGAIN" | "EWOULDBLOCK") => ("nothing there yet", "暂时没有"),
        (_, "ENOTCONN") => ("there is no connection", "没有连接"),
        (_, "EISCONN") => ("it is connected already", "已经连接"),
        (_, "EINTR") => ("interrupted by a signal", "被信号中断"),
        (_, "EACCES" | "EPERM") => ("not permitted", "没有权限"),
        (_, "EBADF") => ("the socket is closed already", "套接字已关闭"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tcp::Timestamp;
    use std::time::Duration;

    fn told(call: CallName, result: Result<Option<u64>, String>) -> Text {
        let word = CallWord {
            local: "10.0.0.2:8080".parse().unwrap(),
            remote: Some("10.0.0.1:40000".parse().unwrap()),
            program: None,
            at: Timestamp(0),
            took: Some(Duration::ZERO),
            call,
            arguments: String::new(),
            result,
        };
        sentence(&word, 1)
    }

    #[test]
    fn what_came_of_it_is_said_in_words() {
        let cases = [
            (CallName::Recv, Ok(Some(0)), "recv → 0 bytes: the peer has closed"),
            (CallName::Send, Ok(Some(1)), "send → 1 byte"),
            (CallName::Accept, Ok(None), "accept → the connection from 10.0.0.1:40000"),
            (CallName::Connect, Err("ECONNREFUSED".to_string()), "connect → ECONNREFUSED: nobody listens there"),
            (CallName::Close, Ok(None), "close → ok"),
            (CallName::Send, Err("EODD".to_string()), "send → EODD"),
        ];
        for (call, result, wanted) in cases {
            assert_eq!(told(call, result).en, wanted);
        }
        assert_eq!(told(CallName::Recv, Ok(Some(0))).zh, "recv → 0 字节：对方已关闭");
    }
}
