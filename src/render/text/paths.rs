//! The line of the head on MPTCP: first path or further one, and the tokens.

use crate::timeline::{Lang, Mptcp};

/// What the line says.
pub(super) fn told(mptcp: &Mptcp, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(version) = mptcp.version {
        parts.push(format!("{} {version}", lang.pick("version", "版本")));
    }
    let tokens =
        [(mptcp.token_client, "client's token", "客户端令牌"), (mptcp.token_server, "server's token", "服务器令牌")];
    for (token, en, zh) in tokens {
        parts.extend(token.map(|token| format!("{} {token:#010x}", lang.pick(en, zh))));
    }
    if let Some(token) = mptcp.joins_token {
        parts.push(match (mptcp.joins, lang) {
            (Some(of), Lang::En) => format!("a further path of connection {of} (token {token:#010x})"),
            (Some(of), Lang::Zh) => format!("连接 {of} 的又一条路径（令牌 {token:#010x}）"),
            (None, Lang::En) => {
                format!("joins token {token:#010x}, whose connection was not captured from its opening")
            }
            (None, Lang::Zh) => format!("加入令牌 {token:#010x}，未捕获到该连接的建立"),
        });
    }
    if !mptcp.agreed {
        parts.push(lang.pick("only one side is seen to speak it", "只看到一方使用").into());
    }
    parts.join(lang.pick(", ", "，"))
}
