// Lines, heads, crosses and words at places. Colours are classes: the style sheet knows them.
function line(x1, y1, x2, y2, kind) {
  return svg("line", { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), class: kind });
}

function round(number) {
  return Math.round(number * 10) / 10;
}

function words(x, y, text, kind, attributes = {}) {
  return svg("text", { x: round(x), y: round(y), class: kind, ...attributes }, text);
}

function box(x, y, width, height, kind, radius = 0) {
  return svg("rect", { x: round(x), y: round(y), width: round(Math.max(0, width)), height: round(Math.max(0, height)), rx: radius, class: kind });
}

// A line with a head: filled where the arrival is known. `from` and `to` are [x, y].
function shaft(from, to, ink, { thick = false, sure = true } = {}) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.max(1, Math.hypot(dx, dy));
  const [ux, uy] = [dx / length, dy / length];
  const [long, wide] = thick ? [17, 8] : [13, 5.5];
  const neck = [to[0] - ux * long, to[1] - uy * long];
  const wing = (side) => round(neck[0] - uy * wide * side) + "," + round(neck[1] + ux * wide * side);
  const shaftLine = line(from[0], from[1], neck[0], neck[1], "shaft s-" + ink + (thick ? " thick" : ""));
  shaftLine.setAttribute("pathLength", "1");
  return [shaftLine, svg("polygon", { points: round(to[0]) + "," + round(to[1]) + " " + wing(1) + " " + wing(-1), class: "head " + (sure ? "f-" + ink : "open s-" + ink) })];
}

function cross(x, y, ink) {
  return [line(x - 6.5, y - 6.5, x + 6.5, y + 6.5, "cross s-" + ink), line(x - 6.5, y + 6.5, x + 6.5, y - 6.5, "cross s-" + ink)];
}
