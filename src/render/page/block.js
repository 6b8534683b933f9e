// A row's words in lines, and how much room it needs above and below its place.
const LABEL = 13.5;
const DETAIL = 11.5;
const DETAIL_LINE = 15;
const NOTE = 12.5;
const NOTE_LINE = 16.5;
const STATE = 11.5;
const STATE_STEP = 24;
const LEAST_FALL = 46;
const LOST_FALL = 24;
const MOST_NOTES = 6;

function blockOf(row, columns) {
  const block = { row, words: [], label: null, details: [], notes: [], notesBelow: columns.narrow, above: 13, below: 9, y: 0, top: 0, bottom: 0 };
  const hidden = isHidden(row);
  block.bare = hidden;
  if (!hidden) fillBlock(block, row, columns);
  const states = Math.max(row.states[0]?.length ?? 0, row.states[1]?.length ?? 0);
  if (states > 0) block.below = Math.max(block.below, 13 + (states - 1) * STATE_STEP + (columns.narrow ? 20 + Math.max(0, block.words.length - 1) * DETAIL_LINE : 0));
  if (!hidden) addNotes(block, row, columns);
  return block;
}

function fillBlock(block, row, columns) {
  const room = columns.area * 0.8;
  const lines = (text, ink, face) => wrap(text, room, DETAIL, face).map((words) => ({ words, ink }));
  switch (row.kind) {
    case "segment":
      fillSegment(block, row, columns);
      break;
    case "arrival":
      block.above = row.states.flat().length > 0 ? 13 : 9;
      break;
    case "folded":
      block.above = 24;
      block.below = 28 + Math.max(0, row.flows.length - 1) * 26;
      break;
    case "gap":
      block.above = block.below = 20;
      break;
    case "phase":
      block.above = 8;
      block.below = 24;
      break;
    case "call":
      block.words = lines(told(row.words), row.failed ? "error" : "dim", "mono");
      break;
    case "message":
      block.words = lines(told(row.words), row.side === 0 ? "client" : "server");
      for (const problem of told(row.problems) || []) block.words.push(...lines(problem, "error"));
      break;
    case "wait":
      (told(row.words) || []).forEach((text, at) => block.words.push(...lines(text, at === 0 ? "wait" : "dim")));
      break;
  }
  if (block.words.length > 0) block.below = 8 + (block.words.length - 1) * DETAIL_LINE + (row.bar ? 24 : 0);
}

function fillSegment(block, row, columns) {
  const room = columns.narrow ? columns.area - 20 : columns.area * (row.crosses ? 0.4 : row.lost ? 0.58 : 0.88);
  const { flags, label, details } = shownWords(row);
  const parts = label.split(" ").filter((one) => one !== "");
  const moved = [];
  const long = () => widthOf(flags, LABEL, "mono-bold") + widthOf(" " + parts.join(" "), LABEL, "mono") > room;
  while (parts.length > 1 && long()) moved.unshift(parts.pop());
  block.label = { flags: cut(flags, room, LABEL, "mono-bold"), rest: parts.length > 0 ? " " + cut(parts.join(" "), room, LABEL, "mono") : "" };
  const all = [moved.join(" "), ...details].filter((one) => one !== "");
  block.details = [];
  let line = "";
  for (const one of all) {
    const longer = line === "" ? one : line + " · " + one;
    if (line !== "" && widthOf(longer, DETAIL) > room) {
      block.details.push(line);
      line = one;
    } else line = longer;
  }
  if (line !== "") block.details.push(line);
  block.details = block.details.slice(0, 6).map((one) => cut(one, room, DETAIL));
  block.above = 26 + (columns.narrow ? block.details.length * DETAIL_LINE : 0);
  const own = 8 + (columns.narrow ? 0 : block.details.length * DETAIL_LINE);
  block.below = row.arrival ? Math.max(own, LEAST_FALL) : own + (row.lost ? LOST_FALL : 0);
}

// Beside the ladder, or where there is no room for that, between the lifelines below the row.
function addNotes(block, row, columns) {
  if (row.notes.length === 0 || isSecret(row.sent ?? row)) return;
  const room = columns.notes ? columns.notes.width - 16 : columns.area - 34;
  for (const note of row.notes.slice(0, MOST_NOTES)) {
    const words = told(note.text) + (note.rfc ? " [" + note.rfc.replace(/([^,]) /g, "$1\u00a0") + "]" : "");
    wrap(words, room, NOTE).forEach((line, at) => block.notes.push({ line, severity: at === 0 ? note.severity : null }));
  }
  if (row.notes.length > MOST_NOTES) block.notes.push({ line: word("more_notes"), severity: null });
  if (!columns.notes) {
    block.notesAt = block.below + 12;
    block.below += 10 + block.notes.length * NOTE_LINE;
  }
}

// Every block of the connection, placed; and the end of the last.
function layOut(columns) {
  const rows = current().rows.filter((row) => !isHidden(row) || row.states.flat().length > 0);
  const blocks = rows.map((row) => blockOf(row, columns));
  const end = placeRows(blocks, view.w);
  const byRow = new Map(blocks.map((block) => [block.row.index, block]));
  for (const block of blocks) {
    const arrival = block.row.arrival && byRow.get(block.row.arrival.index);
    block.arrives = arrival ? arrival.y : block.y;
    if (arrival) block.bottom = Math.max(block.bottom, arrival.y + 8);
    if (block.notes.length > 0 && !block.notesBelow) block.bottom = Math.max(block.bottom, block.y + block.notes.length * NOTE_LINE);
  }
  blocks.forEach((block, index) => Object.assign(block, { layout: blocks, index }));
  return { blocks, byRow, end };
}
