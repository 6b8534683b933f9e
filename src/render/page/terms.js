// What TCP's own words mean, in English and Simplified Chinese: states, header fields, control bits, options.
const STATES = {
  "CLOSED": ["no connection at all", "没有连接"],
  "LISTEN": ["waits for a SYN from anyone", "监听：等待任何人的 SYN"],
  "SYN-SENT": ["has sent a SYN and waits for its answer", "同步已发送：等待应答"],
  "SYN-RECEIVED": ["has received and sent a SYN; waits for the ACK", "同步已收到：等待 ACK"],
  "ESTABLISHED": ["open: data flows both ways", "连接已建立：可双向传输数据"],
  "FIN-WAIT-1": ["has sent a FIN and waits for its ACK", "终止等待 1：等待对 FIN 的 ACK"],
  "FIN-WAIT-2": ["its FIN is acknowledged; waits for the peer's FIN", "终止等待 2：等待对端的 FIN"],
  "CLOSE-WAIT": ["the peer has closed; the own program has not yet", "关闭等待：对端已关闭，本端程序尚未关闭"],
  "CLOSING": ["both sent a FIN at once; waits for the ACK of its own", "正在关闭：双方同时发送 FIN，等待对自己 FIN 的 ACK"],
  "LAST-ACK": ["has sent its FIN last; waits for its ACK", "最后确认：等待对最后一个 FIN 的 ACK"],
  "TIME-WAIT": ["waits 2 MSL so that late segments die out", "时间等待：等待 2MSL，让迟到的报文段消失"],
};

const FIELDS = {
  source: [["source port", "源端口"], ["the sender's program", "发送方的程序"]],
  destination: [["destination port", "目的端口"], ["the receiver's program", "接收方的程序"]],
  seq: [["sequence number", "序号"], ["number of the first octet of data; with SYN the initial sequence number. SYN and FIN use one number each", "数据第一个字节的编号；带 SYN 时为初始序号。SYN 与 FIN 各消耗一个序号"]],
  ack: [["acknowledgment number", "确认号"], ["the next octet that the sender expects: all before it has arrived", "期望收到的下一个字节：此前的都已收到"]],
  offset: [["data offset", "数据偏移"], ["length of this header in units of four octets", "首部长度，以 4 字节为单位"]],
  reserved: [["reserved", "保留"], ["zero; its last bit is Accurate ECN's AE", "为 0；最后一位是精确 ECN 的 AE"]],
  wnd: [["window", "窗口"], ["octets that the sender still accepts", "发送方还能接收的字节数"]],
  checksum: [["checksum", "检验和"], ["over header, data and addresses", "覆盖首部、数据与地址"]],
  urgent: [["urgent pointer", "紧急指针"], ["where urgent data ends; only with URG", "紧急数据的末尾；仅 URG 置位时有效"]],
  option: [["option", "选项"], ["", ""]],
};

// From the most significant bit of octet 13 down.
const BITS = [
  ["CWR", "the sender has reduced its congestion window", "拥塞窗口已减小"],
  ["ECE", "ECN echo: congestion was reported on the way", "ECN 回显：途中报告了拥塞"],
  ["URG", "the urgent pointer counts", "紧急：紧急指针有效"],
  ["ACK", "the acknowledgment number counts", "确认：确认号有效"],
  ["PSH", "hand the data to the program now", "推送：立即交付给程序"],
  ["RST", "the connection is over at once", "复位：立即终止连接"],
  ["SYN", "opens: sequence numbers are agreed", "同步：建立连接，同步序号"],
  ["FIN", "the sender has no more data", "终止：发送方不再有数据"],
];

const CHECKSUMS = {
  valid: ["; it fits", "；正确"],
  invalid: ["; it is wrong: a receiver discards the segment", "；错误：接收方会丢弃此报文段"],
  offloaded: ["; left to the network card", "；交给网卡计算"],
  unchecked: ["; not checked: not all octets were captured", "；未检查：捕获不完整"],
};

// By kind.
const OPTIONS = {
  0: ["end of options", "选项结束", "what follows is padding", "其后为填充"],
  1: ["no operation", "空操作", "padding, so that the next one is aligned", "填充，用于对齐"],
  2: ["maximum segment size", "最大报文段长度 MSS", "largest payload that the sender accepts in one segment", "发送方一个报文段可接受的最大载荷"],
  3: ["window scale", "窗口扩大", "the window field is shifted left by this", "窗口字段左移的位数"],
  4: ["SACK permitted", "允许 SACK", "selective acknowledgments are welcome", "接受选择确认"],
  5: ["SACK", "选择确认 SACK", "these ranges have arrived out of order", "这些范围已乱序到达"],
  8: ["timestamps", "时间戳", "TSval: the sender's clock; TSecr: the echo of the peer's", "TSval：发送方时钟；TSecr：对端时钟的回显"],
  19: ["MD5 signature", "MD5 签名", "RFC 2385", "RFC 2385"],
  28: ["user timeout", "用户超时", "RFC 5482", "RFC 5482"],
  29: ["authentication (TCP-AO)", "认证（TCP-AO）", "RFC 5925", "RFC 5925"],
  30: ["Multipath TCP", "多路径 TCP", "RFC 8684", "RFC 8684"],
  34: ["Fast Open cookie", "快速打开 Cookie", "RFC 7413", "RFC 7413"],
};

// The one of a pair that stands in the page's language.
function pick(pair) {
  return pair?.[LANGUAGES.indexOf(view.lang)] ?? "";
}
