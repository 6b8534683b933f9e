// What stands at the lifelines: states, calls, messages, waits, cuts, times, notes, and the lifelines themselves.
const STATE_HEIGHT = 20;

function stateBox(name, basis, x, y, wide) {
  const ink = name === "TIME-WAIT" ? "wait" : "state";
  const shapes = [box(x, y - STATE_HEIGHT / 2, wide, STATE_HEIGHT, "state-box s-" + ink + " " + basis + " " + ink, 4)];
  if (basis === "kernel") {
    for (const edge of [x + 3.5, x + wide - 3.5]) shapes.push(line(edge, y - 7, edge, y + 7, "edge s-" + ink));
  }
  shapes.push(words(x + wide / 2, y + STATE * 0.36, name, "state-name middle bold f-" + ink));
  return shapes;
}

function states(block, columns) {
  const { row } = block;
  const isMasked = secrets(row).includes("states");
  return [0, 1].flatMap((side) => (row.states[side] ?? []).flatMap(({ name, basis }, at) => {
    const shown = isMasked ? MASK : name;
    const wide = widthOf(shown, STATE, "bold") + 16;
    const lane = laneOf(columns, side);
    const y = block.y + at * STATE_STEP + (columns.narrow ? 18 + Math.max(0, block.words.length - 1) * DETAIL_LINE : 0);
    const x = columns.narrow ? Math.min(Math.max(4, lane - wide / 2), columns.width - 4 - wide) : side === 0 ? lane - 12 - wide : lane + 12;
    return stateBox(shown, isMasked ? "observed" : basis, x, y, wide);
  }));
}

// Lines of words at one side, between the lifelines.
function near(block, columns, face) {
  const { row, y } = block;
  const shapes = [box(columns.left, block.top, columns.area, block.above + block.below, "hit-box")];
  const anchor = row.side === 0 ? "" : " end";
  block.words.forEach(({ words: text, ink }, at) => {
    shapes.push(words(inside(columns, row.side, 14), y + 4 + at * DETAIL_LINE, text, "detail halo " + face + anchor + " f-" + ink));
  });
  if (row.kind === "call") shapes.push(svg("circle", { cx: laneOf(columns, row.side), cy: round(y), r: 3.5, class: "dot" }));
  if (row.bar) shapes.push(...bar(block, columns));
  return shapes;
}

// How much of 2MSL is over.
function bar(block, columns) {
  const [share, end] = block.row.bar;
  const room = widthOf(end, DETAIL, "mono") + 10;
  const wide = Math.min(320, Math.max(60, columns.area - 60 - room));
  const left = block.row.side === 0 ? inside(columns, 0, 28) : columns.right - 14 - room - wide;
  const y = block.y + block.words.length * DETAIL_LINE - 3;
  return [
    words(left - 5, y + 10, "0", "detail end f-dim"), box(left, y, wide, 12, "f-wait-box", 2),
    box(left, y, wide * Math.min(1, Math.max(0, share)), 12, "f-wait", 2), box(left, y, wide, 12, "frame s-wait", 2),
    words(left + wide + 6, y + 10, end, "detail f-dim"),
  ];
}

// Time that was cut out: waves through the lifelines.
function gap(block, columns) {
  const { row, y } = block;
  const shapes = [box(columns.left, y - 14, columns.area, 28, "hit-box")];
  [0, 1].filter((side) => row.lifelines[side] !== "waiting").forEach((side) => {
    const x = laneOf(columns, side);
    shapes.push(box(x - 9, y - 4, 18, 8, "f-paper"));
    for (const at of [y - 4, y + 4]) {
      const points = [[-10, 3], [-4, -3], [4, 3], [10, -3]].map(([dx, dy]) => round(x + dx) + "," + round(at + dy));
      shapes.push(svg("polyline", { points: points.join(" "), class: "wave" }));
    }
  });
  shapes.push(words((columns.left + columns.right) / 2, y + 5, told(row.words), "gap middle bold f-text halo"));
  return shapes;
}

function timeOf(block, columns) {
  const { row, y } = block;
  if (typeof row.t_ns !== "number" || row.kind === "gap" || row.kind === "phase") return [];
  if (columns.narrow) return [words(columns.time, y + (sideOf(row) === 1 ? 4 : -6), shortPoint(row.t_ns), "time small halo f-dim")];
  return [words(columns.time, y + 4, point(row.t_ns), "time end f-dim")];
}

function notes(block, columns) {
  const x = columns.notes ? columns.notes.x : columns.left + 14;
  const top = columns.notes ? block.y : block.y + block.notesAt;
  return block.notes.flatMap(({ line: text, severity }, at) => {
    const y = top + at * NOTE_LINE;
    const shape = words(x + 14, y + 4, text, "note halo f-text");
    return severity ? [svg("circle", { cx: x + 4, cy: round(y - 0.5), r: 3.5, class: "f-" + severity }), shape] : [shape];
  });
}

// Pieces of both lifelines: one for each stretch that looks the same.
function lifelines(layout) {
  const first = current().rows.find((row) => typeof row.t_ns === "number");
  const opens = first && (first.kind === "segment" ? first.flags.includes("SYN") : first.lifelines.includes("closed"));
  return [0, 1].flatMap((side) => {
    const pieces = [{ side, kind: opens ? "closed" : "open", from: 0, to: 0 }];
    for (const { row, y } of layout.blocks) {
      const kind = row.lifelines?.[side] ?? "open";
      const last = pieces.at(-1);
      last.to = y;
      if (kind !== last.kind) pieces.push({ side, kind, from: y, to: y });
    }
    pieces.at(-1).to = layout.end;
    return pieces;
  });
}
