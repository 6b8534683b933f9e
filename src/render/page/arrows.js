// Segments between the lifelines: straight, slanting, lost, made up, on their way, folded.
const LOST_AT = 0.62;
const NOWHERE = 0.25;
const WAY_AT = 0.6;

function arrow(block, columns) {
  const { row, y } = block;
  const ink = inkOf(row);
  const onWay = isOnItsWay(row);
  const end = row.lost ? y + LOST_FALL / LOST_AT : block.arrives;
  // Along the way from the sender's lifeline to the receiver's: 0 to 1.
  const on = (share) => [inside(columns, row.from, columns.area * share), y + (end - y) * share];
  const foot = on(row.made_up ? NOWHERE : 0);
  const shapes = [];
  const hit = line(...foot, ...on(1), "hit");
  if (row.lost) {
    const tip = on(LOST_AT);
    shapes.push(line(...foot, ...tip, "shaft s-" + ink), ...cross(...tip, ink));
  } else if (onWay) {
    const tip = on(WAY_AT);
    shapes.push(line(...foot, ...tip, "shaft s-" + ink), line(...tip, ...on(1), "shaft way s-" + ink));
  } else {
    shapes.push(...shaft(foot, on(1 - 2 / columns.area), ink, { sure: !row.unproven }));
  }
  if (row.made_up) shapes.push(svg("circle", { cx: foot[0], cy: foot[1], r: 4, class: "hollow s-" + ink }));
  return [hit, ...shapes, ...labels(block, columns, on, end)];
}

function inkOf(row) {
  if (row.reset || row.lost) return secrets(row).includes("flags") && !row.lost ? sideInk(row.from) : "error";
  return sideInk(row.from);
}

function sideInk(side) {
  return side === 0 ? "client" : "server";
}

// Words along the shaft: above it flags and numbers, below it options and the like.
function labels(block, columns, on, end) {
  const { row, y } = block;
  if (columns.narrow) return levelLabels(block, columns);
  const turn = Math.atan2(end - y, columns.area) * (row.from === 0 ? 1 : -1);
  const share = shareOf(block, columns);
  const [x, middle] = on(share);
  const beside = (pixels) => [x - Math.sin(turn) * pixels, middle + Math.cos(turn) * pixels];
  const turned = ([left, top], text, kind) => words(left, top, text, kind, { transform: "rotate(" + round(turn * 180 / Math.PI) + " " + round(left) + " " + round(top) + ")" });
  const ink = row.reset && !secrets(row).includes("flags") ? "error" : sideInk(row.from);
  const head = turned(beside(-7), "", "label halo middle");
  head.append(svg("tspan", { class: "bold f-" + ink }, block.label.flags), svg("tspan", { class: "f-text" }, block.label.rest));
  return [head, ...block.details.map((text, at) => turned(beside(15 + at * DETAIL_LINE), text, "detail halo middle f-dim"))];
}

// Where there is little room words stand level above the foot: nothing crosses them there.
function levelLabels(block, columns) {
  const { row, y } = block;
  const ink = row.reset && !secrets(row).includes("flags") ? "error" : sideInk(row.from);
  const x = inside(columns, row.from, 10);
  const side = row.from === 0 ? "" : " end";
  const top = y - 9 - block.details.length * DETAIL_LINE;
  const head = words(x, top, "", "label halo" + side);
  head.append(svg("tspan", { class: "bold f-" + ink }, block.label.flags), svg("tspan", { class: "f-text" }, block.label.rest));
  return [head, ...block.details.map((text, at) => words(x, top + (at + 1) * DETAIL_LINE, text, "detail halo f-dim" + side))];
}

// Folded data: an arrow for each direction, and below them what they are together.
function folded(block, columns) {
  const { row, y } = block;
  const middle = (columns.left + columns.right) / 2;
  const shapes = [box(columns.left, y - 22, columns.area, block.below + 18, "hit-box")];
  row.flows.forEach((flow, at) => {
    const place = y + at * 26;
    shapes.push(...shaft([laneOf(columns, flow.from), place], [inside(columns, 1 - flow.from, 2), place], sideInk(flow.from), { thick: true }));
    shapes.push(words(middle, place - 8, cut(told(flow.words), columns.area - 20, LABEL, "bold"), "label middle bold f-" + sideInk(flow.from)));
  });
  const below = y + Math.max(0, row.flows.length - 1) * 26 + 20;
  shapes.push(words(middle, below, cut(told(row.words), columns.area - 20, DETAIL), "detail middle f-dim"));
  return shapes;
}
