// The data as the page needs it: rows that know when they come in, what arrives where, and who is in which state after each step.
const data = (() => {
  try {
    return JSON.parse(part("data").textContent);
  } catch {
    return null;
  }
})();
const connections = Array.isArray(data?.connections) ? data.connections : [];
const prepared = new Map();

// The connection that is shown.
function current() {
  if (!prepared.has(view.c)) prepared.set(view.c, prepare(connections[view.c]));
  return prepared.get(view.c);
}

function prepare(connection) {
  const steps = connection.steps ?? [];
  const arrivals = new Map();
  // What stands below is never told before what stands above: a segment that arrives during a later step is on its way until then.
  let at = 0;
  const rows = (connection.rows ?? []).map((row, index) => {
    at = Math.max(at, row.step ?? 0);
    const line = { ...row, index, at, own: row.step ?? 0, states: row.states ?? [[], []], notes: row.notes ?? [], arrival: null, sent: null };
    if (row.kind === "arrival") arrivals.set(row.event, line);
    return line;
  });
  for (const row of rows) {
    if (row.kind !== "segment" || !row.slants) continue;
    const arrival = arrivals.get(row.event);
    if (arrival) {
      row.arrival = arrival;
      arrival.sent = row;
    }
  }
  return { ...connection, steps, rows, moves: moves(rows), places: placesAt(rows, steps.length) };
}

// Each side's changes of state, in order.
function moves(rows) {
  const last = [null, null];
  const list = [];
  for (const row of rows) {
    for (const side of [0, 1]) {
      for (const { name, basis } of row.states[side] ?? []) {
        if (last[side] !== name) list.push({ side, from: last[side], to: name, basis, at: row.at, row });
        last[side] = name;
      }
    }
  }
  return list;
}

// The first and last row of each step.
function placesAt(rows, count) {
  const places = Array.from({ length: count }, () => null);
  for (const row of rows) {
    if (row.kind === "phase" || row.at >= count) continue;
    places[row.at] = [places[row.at]?.[0] ?? row.index, row.index];
  }
  return places;
}

// The step up to which things have happened, counted from 0; in the overview all have.
function until() {
  return view.step === 0 ? Infinity : view.step - 1;
}

function isLater(row) {
  return row.at > until();
}

// A segment that has left but not arrived at this step.
function isOnItsWay(row) {
  return row.arrival !== null && !isLater(row) && isLater(row.arrival);
}

// Whether what the row shows is hidden by the reader's choice.
function isHidden(row) {
  const segment = row.kind === "arrival" ? row.sent : row;
  if (!segment) return false;
  if (segment.kind === "segment") {
    const isControl = /SYN|FIN|RST/.test(segment.flags);
    if (view.hideData && !isControl && (segment.header?.len ?? 0) > 0) return true;
    return view.hideAcks && segment.pure_ack;
  }
  return view.hideData && (segment.kind === "folded" || (segment.kind === "message" && current().steps[segment.own]?.phase === "data"));
}

// Which side a row belongs to, if to one.
function sideOf(row) {
  if (row.kind === "segment") return row.from;
  if (row.kind === "arrival") return row.sent ? 1 - row.sent.from : null;
  return row.side ?? null;
}

function role(side) {
  return told(current().lanes[side]?.role);
}
