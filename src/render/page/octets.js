// A TCP header as octets and fields: from the captured octets where the page has them, else rebuilt from what is known.
const FIXED = [["source", 0, 16], ["destination", 16, 16], ["seq", 32, 32], ["ack", 64, 32], ["offset", 96, 4], ["reserved", 100, 4], ["wnd", 112, 16], ["checksum", 128, 16], ["urgent", 144, 16]];

// `octets`: two hexadecimal digits each, or `??`. `fields`: key, place in bits, and what to say.
function headerOf(row) {
  const header = row.header;
  if (!header) return null;
  const captured = capturedOctets(header.octets);
  const octets = captured ?? rebuilt(row, header);
  const fields = fixedFields(octets, row, header);
  fields.push(...(captured ? readOptions(captured, header) : knownOptions(header)));
  return { octets, fields, isCaptured: captured !== null };
}

function capturedOctets(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2}){20,60}$/i.test(text)) return null;
  return text.toLowerCase().match(/../g);
}

function portOf(address) {
  const port = /:(\d{1,5})$/.exec(address ?? "");
  return port ? Number(port[1]) : null;
}

function hex(value, digits) {
  return value === null || value === undefined ? "?".repeat(digits) : value.toString(16).padStart(digits, "0");
}

function rebuilt(row, header) {
  const lanes = current().lanes;
  const bits = BITS.reduce((sum, [name]) => sum * 2 + (header.flags.includes(name) ? 1 : 0), 0);
  const hasOptions = Object.keys(header.options ?? {}).length > 0;
  const hasAck = header.flags.includes("ACK");
  const text = hex(portOf(lanes[row.from]?.address), 4) + hex(portOf(lanes[1 - row.from]?.address), 4) + hex(header.seq_raw, 8) +
    (hasAck ? hex(header.ack_raw, 8) : "????????") + (hasOptions ? "?" : "5") + (header.flags.includes("AE") ? "1" : "0") + hex(bits, 2) + hex(header.wnd, 4) + "????????";
  // An octet of which only half is known is not known.
  return text.match(/../g);
}

// The number in some octets, or null where one of them is not known.
function numberAt(octets, from, count) {
  const text = octets.slice(from, from + count).join("");
  return text.length === count * 2 && /^[0-9a-f]+$/.test(text) ? parseInt(text, 16) : null;
}

function fixedFields(octets, row, header) {
  const fields = FIXED.map(([key, bit, bits]) => {
    const from = Math.floor(bit / 8);
    const to = Math.ceil((bit + bits) / 8);
    const half = octets[12];
    const raw = key === "offset" ? nibble(half[0]) : key === "reserved" ? nibble(half[1]) : numberAt(octets, from, to - from);
    return { key, bit, bits, from, to, name: pick(FIELDS[key][0]), raw, relative: relativeOf(key, header), meaning: meaningOf(key, raw, header) };
  });
  const flags = numberAt(octets, 13, 1);
  const bits = BITS.map(([name, ...meaning], at) => {
    const isSet = flags === null ? header.flags.includes(name) : (flags >> (7 - at)) % 2 === 1;
    return { key: "flag-" + name, bit: 104 + at, bits: 1, from: 13, to: 14, name, raw: isSet ? 1 : 0, relative: "", meaning: pick(meaning), isFlag: true, isSet };
  });
  return [...fields.slice(0, 6), ...bits, ...fields.slice(6)];
}

function nibble(digit) {
  return /[0-9a-f]/.test(digit) ? parseInt(digit, 16) : null;
}

function relativeOf(key, header) {
  if (key === "seq") return String(header.seq ?? "");
  if (key === "ack") return header.ack === null || header.ack === undefined ? "" : String(header.ack);
  return "";
}

function meaningOf(key, raw, header) {
  let meaning = pick(FIELDS[key][1]);
  const join = view.lang === "zh" ? "；" : "; ";
  if (key === "offset" && raw !== null) meaning += join + raw + " × 4 = " + raw * 4;
  if (key === "wnd" && typeof header.wnd_bytes === "number") {
    const shift = header.wnd > 0 ? Math.round(Math.log2(header.wnd_bytes / header.wnd)) : 0;
    meaning += join + (shift > 0 ? header.wnd + " × 2^" + shift + " = " : "") + header.wnd_bytes;
  }
  if (key === "checksum" && Object.hasOwn(CHECKSUMS, header.checksum ?? "")) meaning += pick(CHECKSUMS[header.checksum]);
  return meaning;
}
