// The ladder: lays all rows out, but draws only those in view, and keeps the drawing in step with what the reader does.
const ladder = { svg: null, head: null, layers: {}, columns: null, layout: null, nodes: new Map(), scale: 1, bands: [], pieces: [], all: false, painted: -Infinity };
// Pixels that are drawn above and below what is in view; half of that may be scrolled before more is drawn.
const BESIDE = 600;
const HEAD = 52;

function startLadder() {
  const layer = (name) => (ladder.layers[name] = svg("g", { class: name }));
  ladder.svg = svg("svg", { class: "ladder", role: "group" }, layer("bands"), layer("spots"), layer("phases"), layer("lifelines"), layer("rows"));
  ladder.head = svg("svg", { class: "lanes", role: "group" });
  part("ladder").append(ladder.svg);
  part("lanes").append(ladder.head);
  let waiting = false;
  on("scroll", "scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      paint(false);
    });
  });
  let wide = 0;
  new ResizeObserver(([entry]) => {
    if (Math.abs(entry.contentRect.width - wide) < 1) return paint(true);
    wide = entry.contentRect.width;
    renew();
  }).observe(part("scroll"));
  ladder.svg.addEventListener("click", (event) => act(rowOf(event.target)));
}

// The row that an element of the ladder belongs to.
function rowOf(element) {
  const index = element.closest?.("[data-row]")?.dataset.row;
  return index === undefined ? null : current().rows[Number(index)];
}

// A click or Enter: reveals, or opens the header, or goes to the row's step.
function act(row) {
  if (!row) return;
  if (isSecret(row)) return reveal(row);
  if (row.arrival && isSecret(row.arrival)) return reveal(row.arrival);
  if (row.kind === "segment") change({ header: row.index });
  else if (row.kind === "arrival" && row.sent) change({ header: row.sent.index });
  else change({ step: row.at + 1 });
}

// Everything anew: another connection, other words, another width.
function renew() {
  if (!current() || !ladder.svg) return;
  const room = part("scroll").clientWidth || 800;
  // On large screens letters grow with the room.
  ladder.scale = room < NARROW ? 1 : Math.min(1.6, Math.max(1, room / 1080));
  const hasNotes = current().rows.some((row) => row.notes.length > 0);
  ladder.columns = columnsOf(Math.max(320, room / ladder.scale), hasNotes);
  ladder.layout = layOut(ladder.columns);
  ladder.pieces = lifelines(ladder.layout);
  ladder.bands = bands();
  ladder.svg.setAttribute("aria-label", word("ladder"));
  resize();
  drawHead();
  paint(true);
}

function resize() {
  const { width } = ladder.columns;
  const pixels = ladder.scale * view.zoom;
  for (const [element, height] of [[ladder.svg, ladder.layout.end], [ladder.head, HEAD]]) {
    element.setAttribute("viewBox", "0 0 " + round(width) + " " + round(height));
    element.setAttribute("width", String(round(width * pixels)));
    element.setAttribute("height", String(round(height * pixels)));
  }
  part("lanes").style.width = part("ladder").style.width = round(width * pixels) + "px";
}

function drawHead() {
  const { columns } = ladder;
  const shapes = [0, 1].flatMap((side) => {
    const lane = current().lanes[side];
    const most = columns.narrow ? columns.width / 2 - 10 : columns.area - 20;
    const address = cut(lane?.address ?? "", most - 24, 12, "mono");
    const name = cut(role(side), most - 24, 15, "bold");
    const wide = Math.max(widthOf(address, 12, "mono"), widthOf(name, 15, "bold"), 96) + 22;
    const x = Math.min(Math.max(3, laneOf(columns, side) - wide / 2), columns.width - 3 - wide);
    return [box(x, 4, wide, HEAD - 10, "lane s-" + sideInk(side), 6), words(x + wide / 2, 22, name, "role middle bold f-" + sideInk(side)), words(x + wide / 2, 38, address, "address middle f-text")];
  });
  ladder.head.replaceChildren(...shapes);
}

// The ground of each phase.
function bands() {
  const begins = ladder.layout.blocks.filter(({ row }) => row.kind === "phase");
  return begins.map((block, at) => ({ block, from: block.y, to: begins[at + 1]?.y ?? ladder.layout.end }));
}

// Draws what is in view and takes away what is not; all of it anew if asked.
function paint(anew) {
  if (!ladder.layout) return;
  if (!anew && Math.abs(part("scroll").scrollTop - ladder.painted) < BESIDE / 2) return;
  ladder.painted = part("scroll").scrollTop;
  const scroll = part("scroll");
  const pixels = ladder.scale * view.zoom;
  const top = (scroll.scrollTop - BESIDE) / pixels;
  const bottom = (scroll.scrollTop + scroll.clientHeight + BESIDE) / pixels;
  const isIn = (from, to) => to >= top && from <= bottom;
  const { layers, columns, nodes } = ladder;
  const kept = anew ? null : document.activeElement?.closest?.("[data-row]");
  const focused = document.activeElement?.closest?.("[data-row]")?.dataset.row;
  const near = ladder.bands.filter(({ from, to }) => isIn(from, to));
  layers.bands.replaceChildren(...near.flatMap((one) => band(one, columns)));
  layers.phases.replaceChildren(...near.map((one) => phaseName(one, columns)));
  layers.spots.replaceChildren(...spot(columns));
  layers.lifelines.replaceChildren(...ladder.pieces.filter(({ from, to }) => to > from && isIn(from, to)).flatMap((piece) => lifeline(piece, Math.max(piece.from, top), Math.min(piece.to, bottom), columns)));
  if (anew) {
    layers.rows.replaceChildren();
    nodes.clear();
  }
  let after = layers.rows.firstChild;
  for (const block of ladder.layout.blocks) {
    const { index, kind } = block.row;
    const old = nodes.get(index);
    const isWanted = kind !== "phase" && (isIn(block.top, block.bottom) || (old && old === kept));
    if (!isWanted) {
      if (old) {
        if (after === old) after = old.nextSibling;
        old.remove();
        nodes.delete(index);
      }
    } else if (old) {
      after = old.nextSibling;
    } else {
      const node = draw(block, columns);
      layers.rows.insertBefore(node, after);
      nodes.set(index, node);
    }
  }
  if (anew && focused !== undefined) nodes.get(Number(focused))?.focus({ preventScroll: true });
}

// Up to the current step at full strength, behind it as the rows there.
function lifeline({ side, kind }, from, to, columns) {
  const x = laneOf(columns, side);
  const last = ladder.layout.blocks.findLast(({ row }) => !isLater(row));
  const now = view.step === 0 || !last ? (view.step === 0 ? Infinity : 0) : Math.max(last.y, last.y + last.below - 8);
  const pieces = [];
  if (from < now) pieces.push(line(x, from, x, Math.min(to, now), "lifeline " + kind));
  if (to > now) pieces.push(line(x, Math.max(from, now), x, to, "lifeline later " + kind));
  return pieces;
}

function band({ block, from, to }, columns) {
  return [box(0, from, columns.width, to - from, "band " + block.row.phase), line(0, from, columns.width, from, "rule")];
}

function phaseName({ block, from }, columns) {
  return words(columns.narrow ? columns.width / 2 : MARGIN, from + 17, told(block.row.words), "phase bold f-dim" + (columns.narrow ? " middle" : ""));
}

// The light on the current step.
function spot(columns) {
  const place = view.step > 0 ? current().places[view.step - 1] : null;
  const blocks = place ? ladder.layout.blocks.filter(({ row }) => row.index >= place[0] && row.index <= place[1]) : [];
  if (blocks.length === 0) return [];
  const from = blocks[0].top - 2;
  const wide = (columns.notes ? columns.notes.x - 8 : columns.width) - 4;
  const to = Math.max(...blocks.map((block) => block.y + block.below));
  return [box(2, from, wide, to - from, "spot", 6), box(2, from, 4, to - from, "spot-edge", 2)];
}

// One row with all that belongs to it.
function draw(block, columns) {
  const { row } = block;
  const isFocusable = row.kind !== "arrival" && !block.bare;
  const group = svg("g", { class: classOf(row), "data-row": row.index });
  if (isFocusable) {
    fill(group, { tabindex: 0, role: "button", "aria-label": label(row) }, []);
  }
  if (!block.bare) group.append(...body(block, columns));
  group.append(...states(block, columns), ...timeOf(block, columns), ...notes(block, columns));
  return group;
}

function body(block, columns) {
  switch (block.row.kind) {
    case "segment": return arrow(block, columns);
    case "folded": return folded(block, columns);
    case "gap": return gap(block, columns);
    case "call": return near(block, columns, "mono");
    case "message": case "wait": return near(block, columns, "");
    default: return [];
  }
}

function classOf(row) {
  const when = isLater(row) ? "later" : view.step > 0 && row.at === view.step - 1 ? "now" : "";
  const hit = view.hit === row.index ? "hit-row" : "";
  const opened = view.header === row.index ? "opened" : "";
  return ["row", row.kind, when, hit, opened].filter((one) => one !== "").join(" ");
}

watch("c lang w hideData hideAcks quiz hides revealed", renew);
watch("step hit header", () => paint(true));
watch("later", () => part("stage").classList.toggle("hides-later", view.later === "hide"));
watch("zoom", () => {
  const scroll = part("scroll");
  const middle = (scroll.scrollTop + scroll.clientHeight / 2) / Math.max(1, scroll.scrollHeight);
  if (!ladder.layout) return;
  resize();
  scroll.scrollTop = middle * scroll.scrollHeight - scroll.clientHeight / 2;
  paint(true);
});
