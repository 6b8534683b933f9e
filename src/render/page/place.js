// Where things stand: the columns from left to right, the rows from top to bottom.
const MARGIN = 12;
const NARROW = 640;

// Columns of a ladder of this width, in the ladder's own pixels.
function columnsOf(width, hasNotes) {
  if (width < NARROW) {
    const left = 58;
    return { width, narrow: true, time: 4, left, right: width - left, notes: null, area: width - 2 * left };
  }
  const time = MARGIN + 76;
  const left = time + 12 + 108 + 12;
  const room = width - MARGIN - left - 120;
  const notes = hasNotes ? Math.min(430, Math.max(170, room * 0.36)) : 0;
  const right = left + room - (hasNotes ? notes + 18 : 0);
  return { width, narrow: false, time, left, right, area: right - left, notes: hasNotes ? { x: width - MARGIN - notes, width: notes } : null };
}

function laneOf(columns, side) {
  return side === 0 ? columns.left : columns.right;
}

// So far from one side's lifeline towards the other one; less than 0 is outside.
function inside(columns, side, pixels) {
  return side === 0 ? columns.left + pixels : columns.right - pixels;
}

const AIR = 5;
// To scale, the whole of a connection gets about so many pixels for each of its rows; a single wait no more than so many.
const WHOLE = 900;
const LONGEST = 260;

// Gives each block its `y`, and says where the last one ends.
function placeRows(blocks, spacing) {
  const scale = spacing === "time" ? scaleOf(blocks) : 0;
  let end = 6;
  let notesEnd = 0;
  let last = null;
  for (const block of blocks) {
    let y = end + block.above + AIR;
    if (block.notes.length > 0) y = Math.max(y, notesEnd + 22);
    if (block.row.kind === "phase") y = Math.max(y, notesEnd + 10);
    if (typeof block.row.t_ns === "number") {
      if (last !== null) y = Math.max(y, last.y + Math.min(LONGEST, Math.max(0, block.row.t_ns - last.t) * scale));
      last = { y, t: block.row.t_ns };
    }
    // Idle time that was cut out is not to scale.
    if (block.row.kind === "gap") last = null;
    block.y = y;
    block.top = y - block.above;
    block.bottom = end = y + block.below;
    if (block.notes.length > 0 && !block.notesBelow) notesEnd = y - 12 + block.notes.length * NOTE_LINE;
  }
  return Math.max(end, notesEnd) + 10;
}

// Pixels for a nanosecond.
function scaleOf(blocks) {
  let busy = 0;
  let last = null;
  for (const { row } of blocks) {
    if (row.kind === "gap") last = null;
    else if (typeof row.t_ns === "number") {
      busy += last === null ? 0 : Math.max(0, row.t_ns - last);
      last = row.t_ns;
    }
  }
  return busy === 0 ? 0 : Math.max(WHOLE, blocks.length * 12) / busy;
}
