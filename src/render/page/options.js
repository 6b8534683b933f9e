// The options of a TCP header, read from its octets, or from the fields where these are not known.
function optionField(number, kind, from, to, raw) {
  const known = Object.hasOwn(OPTIONS, kind) ? OPTIONS[kind] : ["option " + kind, "选项 " + kind, "", ""];
  const at = LANGUAGES.indexOf(view.lang);
  return { key: "option-" + number, bit: from * 8, bits: (to - from) * 8, from, to, name: known[at], raw, relative: "", meaning: known[at + 2], isOption: true };
}

function readOptions(octets, header) {
  const end = Math.min(octets.length, Math.max(5, nibble(octets[12][0])) * 4);
  const fields = [];
  let from = 20;
  while (from < end) {
    const kind = numberAt(octets, from, 1);
    const single = kind < 2;
    const length = kind === 0 ? end - from : single ? 1 : numberAt(octets, from + 1, 1);
    // A length that cannot be: what is left is not read.
    const isBad = length === null || length < 1 || (!single && length < 2) || from + length > end;
    const to = isBad ? end : from + length;
    const field = optionField(fields.length, kind, from, to, isBad ? "…" : optionValue(kind, octets, from, length));
    if (kind === 5) field.relative = sackEdges(header);
    fields.push(field);
    from = to;
  }
  return fields;
}

function optionValue(kind, octets, from, length) {
  const four = (at) => numberAt(octets, from + at, 4);
  switch (kind) {
    case 0: case 1: case 4: return "";
    case 2: return String(numberAt(octets, from + 2, 2));
    case 3: return numberAt(octets, from + 2, 1) + " (× " + 2 ** numberAt(octets, from + 2, 1) + ")";
    case 8: return four(2) + ", " + four(6);
    case 5: return Array.from({ length: Math.floor((length - 2) / 8) }, (_, at) => four(2 + at * 8) + "–" + four(6 + at * 8)).join(", ");
    default: return octets.slice(from + 2, from + length).join(" ");
  }
}

function sackEdges(header) {
  return (header.options?.sack ?? []).map(([from, to]) => from + "–" + to).join(", ");
}

// Their octets and order are not known: fields without a place.
function knownOptions(header) {
  const { mss, wscale, sack_permitted, timestamps, sack, fast_open, mptcp, md5, ao, other } = header.options ?? {};
  const list = [];
  const add = (kind, raw, relative = "") => list.push({ ...optionField(list.length, kind, 20, 20, raw), relative });
  if (mss !== undefined) add(2, String(mss));
  if (sack_permitted) add(4, "");
  if (timestamps) add(8, timestamps.join(", "));
  if (wscale !== undefined) add(3, wscale + " (× " + 2 ** wscale + ")");
  if (sack?.length) add(5, "", sackEdges(header));
  if (fast_open !== undefined) add(34, "");
  if (mptcp !== undefined) add(30, String(mptcp));
  if (md5) add(19, "");
  if (ao) add(29, "");
  for (const kind of other ?? []) add(kind, "");
  return list;
}
