// Where along their arrows words stand: where the fewest other arrows and words are.
const SHARES = [0.5, 0.35, 0.65, 0.25, 0.75, 0.42, 0.58, 0.15];
const SHARE_POINTS = 12;
const SHARE_ROWS = 60;
const FROM_SHAFT = 8.5;
const FROM_WORDS = 13;

// Where a block's words stand, 0 to 1 of its arrow's way. It is looked for when it is first drawn, among the rows that are near: a
// page may have thousands. Lines are [x, y, x, y].
function shareOf(block, columns) {
  if (block.share !== undefined) return block.share;
  block.share = usualShare(block.row);
  if (slants(block)) placeWords(block, columns);
  return block.share;
}

function placeWords(block, columns) {
  const near = block.layout.slice(Math.max(0, block.index - SHARE_ROWS), block.index + SHARE_ROWS);
  const others = near.filter((other) => other !== block);
  const [top, bottom] = [Math.min(block.y, block.arrives) - 40, Math.max(block.y, block.arrives) + 40];
  const isNear = (line) => Math.min(line[1], line[3]) <= bottom && Math.max(line[1], line[3]) >= top;
  const shafts = others.filter((other) => other.label).map((other) => (other.shaft ??= shaftOf(other, columns))).filter(isNear);
  const words = others.flatMap((other) => other.tags ?? (other.level ??= levelTags(other, columns))).filter(isNear);
  const until = block.row.lost ? LOST_AT : 1;
  const long = longOf(block);
  const half = Math.min(0.48, long / lengthOf(wayOf(block, columns)) / 2) + 0.02;
  let best = { hits: Infinity };
  for (const usual of [usualShare(block.row) / until, ...SHARES]) {
    const share = Math.min(Math.max(until - half, half), Math.max(half, usual * until));
    const tags = tagsAt(block, share, long, columns);
    const hits = tags.reduce((sum, tag) => sum + hitsOf(tag, shafts, FROM_SHAFT) + hitsOf(tag, words, FROM_WORDS), 0);
    if (hits < best.hits) best = { hits, share, tags };
    if (hits === 0) break;
  }
  block.share = best.share;
  block.tags = best.tags;
}

function slants({ label, row, arrives, y }) {
  return label !== null && (arrives !== y || row.lost);
}

function usualShare(row) {
  return row.crosses ? 0.24 : row.lost ? LOST_AT / 2 : 0.5;
}

// The whole way of an arrow, from the sender's lifeline to the receiver's, and what is seen of it.
function wayOf(block, columns) {
  const end = block.row.lost ? block.y + LOST_FALL / LOST_AT : block.arrives;
  return [laneOf(columns, block.row.from), block.y, laneOf(columns, 1 - block.row.from), end];
}

function shaftOf(block, columns) {
  const way = wayOf(block, columns);
  return [way[0], way[1], ...besideWay(way, block.row.lost ? LOST_AT : 1, 0)];
}

function longOf(block) {
  const label = widthOf(block.label.flags, LABEL, "mono-bold") + widthOf(block.label.rest, LABEL, "mono");
  return Math.max(label, ...block.details.map((text) => widthOf(text, DETAIL)));
}

// Through the middle of each line of words along an arrow.
function tagsAt(block, share, long, columns) {
  const way = wayOf(block, columns);
  const half = long / lengthOf(way) / 2;
  const beside = [-12, ...block.details.map((_, at) => 11 + at * DETAIL_LINE)];
  return beside.map((off) => [...besideWay(way, share - half, off), ...besideWay(way, share + half, off)]);
}

// Words that stand level where they are: at a lifeline, or along an arrow that does not slant. Those that have no place yet give
// way themselves.
function levelTags(block, columns) {
  const { row, y } = block;
  if (slants(block)) return [];
  if (block.label) return tagsAt(block, usualShare(row), longOf(block), columns);
  return block.words.map(({ words }, at) => {
    const long = widthOf(words, DETAIL, row.kind === "call" ? "mono" : undefined);
    return [inside(columns, row.side, 14), y + at * DETAIL_LINE, inside(columns, row.side, 14 + long), y + at * DETAIL_LINE];
  });
}

function lengthOf([x1, y1, x2, y2]) {
  return Math.max(1, Math.hypot(x2 - x1, y2 - y1));
}

// A place on a way, so many pixels below it.
function besideWay([x1, y1, x2, y2], share, below) {
  const length = lengthOf([x1, y1, x2, y2]) * (x2 < x1 ? -1 : 1);
  return [x1 + (x2 - x1) * share - below * (y2 - y1) / length, y1 + (y2 - y1) * share + below * (x2 - x1) / length];
}

// In how many of its places one of the others is nearer than so many pixels.
function hitsOf(tag, others, clear) {
  const [top, bottom] = [Math.min(tag[1], tag[3]) - clear, Math.max(tag[1], tag[3]) + clear];
  const near = others.filter((other) => Math.min(other[1], other[3]) <= bottom && Math.max(other[1], other[3]) >= top);
  let hits = 0;
  for (let point = 0; near.length > 0 && point <= SHARE_POINTS; point += 1) {
    const [x, y] = besideWay(tag, point / SHARE_POINTS, 0);
    if (near.some((other) => distanceTo(other, x, y) < clear)) hits += 1;
  }
  return hits;
}

function distanceTo([x1, y1, x2, y2], x, y) {
  const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / lengthOf([x1, y1, x2, y2]) ** 2;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - (x2 - x1) * share, y - y1 - (y2 - y1) * share);
}
