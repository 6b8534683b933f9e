// A row in a sentence, for the tooltip, for screen readers, for the search and for the table.
function sentence(row) {
  const parts = [what(row), ...stateWords(row)];
  if (row.arrival) parts.push(...stateWords(row.arrival));
  return [who(row), parts.filter((one) => one !== "").join(view.lang === "zh" ? "；" : "; ")].filter((one) => one !== "").join(view.lang === "zh" ? "：" : ": ");
}

function who(row) {
  if (row.kind === "segment") return role(row.from) + " → " + role(1 - row.from);
  if (row.kind === "arrival") return row.sent ? role(1 - row.sent.from) : "";
  if (row.kind === "folded") return row.flows.map((flow) => role(flow.from)).join(" ⇄ ");
  return typeof row.side === "number" ? role(row.side) : "";
}

function what(row) {
  switch (row.kind) {
    case "segment": return segmentWords(row);
    case "arrival": return row.sent ? word("arrival") + " " + shownWords(row.sent).flags + " (" + row.delay + ")" : word("arrival");
    case "folded": return [...row.flows.map((flow) => told(flow.words)), told(row.words)].join(" · ");
    case "wait": return (told(row.words) || []).join(" · ");
    case "message": return [told(row.words), ...(told(row.problems) || [])].join(" · ");
    case "states": return "";
    default: return told(row.words);
  }
}

function segmentWords(row) {
  const { flags, label, details } = shownWords(row);
  const fate = [];
  if (row.lost) fate.push(word("lost"));
  if (row.unproven) fate.push(word("unproven"));
  if (row.made_up) fate.push(word("made_up"));
  if (isOnItsWay(row)) fate.push(word("in_flight"));
  else if (row.arrival) fate.push(word("arrives", row.arrival.delay));
  if (isSecret(row)) fate.push(word("hidden"));
  return [(flags + " " + label).trim(), ...details, ...fate].join(" · ");
}

// `client: SYN-SENT (inferred)`.
function stateWords(row) {
  if (row.states.flat().length === 0) return [];
  if (secrets(row).includes("states")) return [word("state") + " " + MASK];
  return [0, 1].flatMap((side) => (row.states[side] ?? []).map(({ name, basis }) => word("becomes", role(side), basis === "observed" ? name : name + " (" + word(basis) + ")")));
}

function noteWords(note) {
  return told(note.text) + (note.rfc ? " [" + note.rfc + "]" : "");
}

// All notes of a row and of its arrival, unless they would give something away.
function notesOf(row) {
  if (isSecret(row) || (row.arrival && isSecret(row.arrival))) return [];
  return [...row.notes, ...(row.arrival?.notes ?? [])];
}

function label(row) {
  return [sentence(row), ...notesOf(row).map(noteWords)].join(". ");
}
