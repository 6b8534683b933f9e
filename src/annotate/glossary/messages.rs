//! What applications say: words of HTTP, and of how it uses connections.

/// The word, what it means, and what to do about it or how to see it.
pub(super) const WORDS: [(&str, [(&str, &str); 2]); 7] = [
    (
        "message",
        [
            (
                "What one program says to the other in one go: for HTTP a request or a response. TCP knows nothing of it: it carries octets in order, and one message may fill many segments, or one segment hold several messages.",
                "一个程序一次对另一个程序说的内容：在 HTTP 中就是一个请求或一个响应。TCP 对此一无所知：它只按序传送字节，一条消息可能占用多个报文段，一个报文段也可能包含多条消息。",
            ),
            (
                "The ladder tells a message behind the segment in which it begins; in the JSON it is an event of the kind message, with the place of each part.",
                "时序图在消息开始的报文段之后显示它；JSON 中它是 message 类型的事件，并给出各部分的位置。",
            ),
        ],
    ),
    (
        "http",
        [
            (
                "HTTP/1.x (RFC 9112): a start line, header fields, an empty line, and perhaps a body. The empty line ends the head; Content-Length, chunks or the connection's end tell where the body ends. The client asks, the server answers, in the same order.",
                "HTTP/1.x（RFC 9112）：起始行、首部字段、空行，之后可能有正文。空行表示首部结束；Content-Length、分块或连接关闭表示正文在哪里结束。客户端请求，服务器按相同顺序响应。",
            ),
            (
                "See all requests of a capture with --format waterfall, or save them for a browser with --format har. The capture must hold the payload (live: --snaplen 0 or -w).",
                "用 --format waterfall 查看捕获中的全部请求，或用 --format har 保存给浏览器查看。捕获必须包含载荷（live 请用 --snaplen 0 或 -w）。",
            ),
        ],
    ),
    (
        "http.keep-alive",
        [
            (
                "A long (persistent) connection: after a response it stays open, and the next request goes over it without another handshake. HTTP/1.1 does so unless somebody says Connection: close (RFC 9112 9.3). It has nothing to do with TCP's keep-alive, which only asks whether the peer is still there.",
                "长连接（持续连接）：响应之后连接保持打开，下一个请求无需再次握手。HTTP/1.1 默认如此，除非有一方写明 Connection: close（RFC 9112 9.3）。它与 TCP 的保活无关，后者只是询问对端是否还在。",
            ),
            (
                "In the waterfall its later requests have no connect part; in a HAR they have the same connection and connect -1. An idle one takes memory at both ends, so servers close it after some seconds.",
                "瀑布图中其后续请求没有“建立连接”部分；HAR 中它们的 connection 相同、connect 为 -1。空闲的长连接占用双方内存，因此服务器会在若干秒后关闭它。",
            ),
        ],
    ),
    (
        "http.short-connection",
        [
            (
                "A connection for one request: handshake, request, response, teardown. Each request pays one more round trip and some seven packets, and leaves a TIME-WAIT at whoever closes first.",
                "短连接：一个连接只用于一个请求，经历握手、请求、响应、挥手。每个请求多付出一个往返时间和约七个数据包，并在先关闭的一方留下一个 TIME-WAIT。",
            ),
            (
                "Where many requests go to one server, let the client keep the connection (HTTP/1.1 without Connection: close, one session for all). A client that opens thousands a minute runs out of ports.",
                "若有许多请求发往同一服务器，应让客户端保持连接（HTTP/1.1 且不写 Connection: close，共用一个会话）。每分钟打开数千个短连接的客户端会用尽端口。",
            ),
        ],
    ),
    (
        "http.pipelining",
        [
            (
                "Requests that are sent before the responses to earlier ones have come (RFC 9112 9.3.2). The server must answer in order, so a slow response holds up all behind it; browsers do not do it.",
                "流水线：在前面的响应到达之前就发送后续请求（RFC 9112 9.3.2）。服务器必须按顺序响应，因此一个慢响应会拖住后面的全部响应；浏览器不使用它。",
            ),
            (
                "Nothing, if client and server both mean it; else use several connections.",
                "若双方有意如此则无需处理；否则请使用多个连接。",
            ),
        ],
    ),
    (
        "http.redirect",
        [
            (
                "A response with status 301, 302, 303, 307 or 308 and Location: the client asks again at the place that it names (RFC 9110 15.4). The request that follows it is linked to it (follows).",
                "重定向：状态码为 301、302、303、307 或 308 且带 Location 的响应，客户端按其指出的位置重新请求（RFC 9110 15.4）。随后的请求会与它关联（follows）。",
            ),
            (
                "Each costs a round trip, and a handshake where it leads to another server: link to the final place instead.",
                "每次重定向都要多一个往返时间，若指向另一台服务器还要再握手一次：链接应直接指向最终位置。",
            ),
        ],
    ),
    (
        "waterfall",
        [
            (
                "The parts of a request's time, by its packets and as its client had it. Connect: from the SYN until the client is in ESTABLISHED, only with the first request of a connection. Idle: the connection stands and nothing is asked. Send: the request's first to last octet. Wait: until the response's first octet, that is one round trip and the server's work. Receive: until its last.",
                "请求各阶段的用时，依据报文并以客户端所见为准。建立连接：从 SYN 到客户端进入 ESTABLISHED，只计入连接上的第一个请求。空闲：连接已建立但还没有请求。发送：从请求的第一个字节到最后一个字节。等待：到响应的第一个字节，即一个往返时间加上服务器的处理时间。接收：到响应的最后一个字节。",
            ),
            (
                "Long connect: the way is long, or a SYN was lost: keep connections. Long wait: the server works. Long receive: much data, a small window, or loss: look at the connection's ladder.",
                "建立连接时间长：路径远或 SYN 丢失，应使用长连接。等待时间长：服务器处理慢。接收时间长：数据多、窗口小或有丢包，请查看该连接的时序图。",
            ),
        ],
    ),
];
