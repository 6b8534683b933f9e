// TCP's state diagram (RFC 9293, figure 5), with both peers' states lit in their colours.
const NODES = {
  "CLOSED": [200, 20], "LISTEN": [200, 84], "SYN-RECEIVED": [72, 148], "SYN-SENT": [328, 148], "ESTABLISHED": [200, 196],
  "FIN-WAIT-1": [72, 252], "CLOSE-WAIT": [328, 252], "FIN-WAIT-2": [72, 338], "CLOSING": [200, 310], "LAST-ACK": [328, 338], "TIME-WAIT": [200, 392],
  "CLOSED ": [328, 420],
};
// From, to, how (above: event; below: action), points, where the words stand and how they are anchored.
const EDGES = [
  ["CLOSED", "LISTEN", "passive OPEN", [[188, 33], [188, 71]], [182, 55, "end"]],
  ["CLOSED", "SYN-SENT", "active OPEN / snd SYN", [[250, 24], [344, 24], [344, 135]], [256, 36, "start"]],
  ["LISTEN", "CLOSED", "CLOSE", [[214, 71], [214, 33]], [220, 58, "start"]],
  ["SYN-SENT", "CLOSED", "CLOSE / or RST", [[368, 135], [368, 10], [250, 10]], [371, 76, "start"]],
  ["LISTEN", "SYN-RECEIVED", "rcv SYN / snd SYN,ACK", [[150, 84], [72, 84], [72, 135]], [146, 69, "end"]],
  ["LISTEN", "SYN-SENT", "SEND / snd SYN", [[250, 84], [312, 84], [312, 135]], [255, 69, "start"]],
  ["SYN-SENT", "SYN-RECEIVED", "rcv SYN / snd SYN,ACK", [[278, 142], [122, 142]], [205, 127, "middle"]],
  ["SYN-RECEIVED", "ESTABLISHED", "rcv ACK of SYN", [[110, 161], [158, 183]], [122, 185, "end"]],
  ["SYN-SENT", "ESTABLISHED", "rcv SYN,ACK / snd ACK", [[290, 161], [242, 183]], [284, 179, "start"]],
  ["SYN-RECEIVED", "LISTEN", "rcv RST", [[94, 135], [164, 97]], [114, 115, "end"]],
  ["SYN-RECEIVED", "FIN-WAIT-1", "CLOSE / snd FIN", [[46, 161], [46, 239]], [41, 208, "end"]],
  ["ESTABLISHED", "FIN-WAIT-1", "CLOSE / snd FIN", [[164, 209], [102, 239]], [148, 230, "start"]],
  ["ESTABLISHED", "CLOSE-WAIT", "rcv FIN / snd ACK", [[236, 209], [298, 239]], [284, 215, "start"]],
  ["FIN-WAIT-1", "FIN-WAIT-2", "rcv ACK / of FIN", [[46, 265], [46, 325]], [41, 294, "end"]],
  ["FIN-WAIT-1", "CLOSING", "rcv FIN / snd ACK", [[122, 258], [200, 258], [200, 297]], [206, 272, "start"]],
  ["FIN-WAIT-1", "TIME-WAIT", "rcv FIN,ACK / snd ACK", [[104, 265], [136, 297], [136, 347], [168, 379]], [54, 290, "start"]],
  ["FIN-WAIT-2", "TIME-WAIT", "rcv FIN / snd ACK", [[72, 351], [72, 392], [150, 392]], [78, 405, "start"]],
  ["CLOSING", "TIME-WAIT", "rcv ACK / of FIN", [[200, 323], [200, 379]], [206, 350, "start"]],
  ["CLOSE-WAIT", "LAST-ACK", "CLOSE / snd FIN", [[328, 265], [328, 325]], [335, 294, "start"]],
  ["LAST-ACK", "CLOSED ", "rcv ACK / of FIN", [[328, 351], [328, 407]], [335, 378, "start"]],
  ["TIME-WAIT", "CLOSED ", "2MSL timeout", [[216, 405], [216, 420], [278, 420]], [212, 434, "middle"]],
];
const HALF = [50, 13];
const machine = { nodes: new Map(), edges: [], told: null };

function startMachine() {
  const arrowHead = ([fromX, fromY], [x, y]) => {
    const turn = Math.atan2(y - fromY, x - fromX);
    const at = (side) => round(x - Math.cos(turn + side) * 7) + "," + round(y - Math.sin(turn + side) * 7);
    return svg("polygon", { class: "tip", points: x + "," + y + " " + at(0.42) + " " + at(-0.42) });
  };
  const drawing = svg("svg", { viewBox: "0 -16 408 456", role: "img", id: "diagram" }, (machine.jumps = svg("g", {})));
  for (const [from, to, how, points, [x, y, anchor]] of EDGES) {
    const group = svg("g", { class: "edge-of", "data-from": from.trim(), "data-to": to.trim() });
    for (const side of [0, 1]) {
      group.append(svg("polyline", { class: "trail side-" + side, points: points.map(([px, py]) => (px + side * 3 - 1.5) + "," + (py + side * 3 - 1.5)).join(" ") }));
    }
    group.append(svg("polyline", { class: "way", points: points.map((point) => point.join(",")).join(" ") }), arrowHead(points.at(-2), points.at(-1)));
    const lines = how.split(" / ");
    lines.forEach((text, at) => group.append(words(x, y + at * 10.5, text, "how " + anchor + (at > 0 ? " action" : ""))));
    drawing.append(group);
    machine.edges.push({ from: from.trim(), to: to.trim(), last: to.endsWith(" "), group });
  }
  for (const [key, [x, y]] of Object.entries(NODES)) {
    const name = key.trim();
    const group = svg("g", { class: "node", "data-state": name });
    group.append(box(x - HALF[0], y - HALF[1], 100, 26, "node-box", 5), box(x - HALF[0] - 2.5, y - HALF[1] - 2.5, 105, 31, "ring side-0", 7), box(x - HALF[0] - 5.5, y - HALF[1] - 5.5, 111, 37, "ring side-1", 9));
    group.append(words(x, y + 4, name, "middle bold node-name"));
    drawing.append(group);
    machine.nodes.set(key, group);
  }
  // Who is where is said, not only coloured.
  machine.tags = [0, 1].map((side) => drawing.appendChild(words(0, 0, "", "tag bold f-" + sideInk(side) + (side === 0 ? "" : " end"))));
  machine.told = html("dl", { class: "told" });
  part("machine").append(drawing, machine.told);
}

// Where a peer stands at this step, how it came there, and by which ways it has come.
function standing(side) {
  const moves = current().moves.filter((move) => move.side === side && move.at <= until());
  const last = moves.at(-1) ?? null;
  const isSecretNow = last !== null && secrets(last.row).includes("states");
  // The lower CLOSED is the one that comes at the end.
  const ended = moves.some((move) => !["CLOSED", "LISTEN", "SYN-SENT"].includes(move.to));
  return { moves, last, isSecret: isSecretNow, key: last && (last.to === "CLOSED" && ended ? "CLOSED " : last.to) };
}

function lightMachine() {
  if (!machine.told || !current()) return;
  const peers = [0, 1].map(standing);
  for (const [key, group] of machine.nodes) {
    peers.forEach((peer, side) => {
      group.classList.toggle("lit-" + side, peer.key === key && !peer.isSecret);
      group.classList.toggle("seen-" + side, !view.quiz && peer.moves.some((move) => move.to === key.trim()) && (key.trim() !== "CLOSED" || key !== "CLOSED " || peer.key === key));
    });
  }
  for (const { from, to, group } of machine.edges) {
    peers.forEach((peer, side) => {
      const passed = !view.quiz && peer.moves.filter((move) => move.from === from && move.to === to);
      group.classList.toggle("passed-" + side, Boolean(passed && passed.length > 0));
      group.classList.toggle("passing-" + side, Boolean(passed && view.step > 0 && passed.some((move) => move.at === view.step - 1)));
    });
  }
  peers.forEach((peer, side) => {
    const at = peer.isSecret ? null : NODES[peer.key];
    machine.tags[side].textContent = at ? safe(cut(role(side), 70, 9.5, "bold")) : "";
    if (at) fill(machine.tags[side], { x: at[0] + (side === 0 ? -52 : 52), y: at[1] - 20 }, []);
  });
  machine.jumps.replaceChildren(...jumps(peers));
  part("diagram").setAttribute("aria-label", safe(word("diagram") + ". " + peers.map((peer, side) => word("becomes", role(side), stateNow(peer))).join("; ")));
  machine.told.replaceChildren(...peers.flatMap((peer, side) => {
    const name = stateNow(peer);
    const why = peer.last && !peer.isSecret && Object.hasOwn(STATES, name) ? pick(STATES[name]) : "";
    const basis = peer.last && !peer.isSecret ? " (" + word(peer.last.basis) + ")" : "";
    return [html("dt", { class: "f-" + sideInk(side) }, role(side)), html("dd", {}, html("strong", { class: "peer-state" }, name), html("span", {}, basis + (why ? " — " + why : "")))];
  }));
}

// Ways that the figure does not have: a RST ends everything from everywhere.
function jumps(peers) {
  return view.quiz ? [] : peers.flatMap((peer, side) => peer.moves.filter(({ from, to }) => from && !machine.edges.some((edge) => edge.from === from && edge.to === to)).flatMap(({ from, to, at }) => {
    const [a, b] = [NODES[from], NODES[to === "CLOSED" && from !== "LISTEN" && from !== "SYN-SENT" ? "CLOSED " : to]];
    if (!a || !b) return [];
    return [line(a[0] + side * 4, a[1], b[0] + side * 4, b[1], "jump s-" + sideInk(side) + (view.step > 0 && at === view.step - 1 ? " passing" : ""))];
  }));
}

function stateNow(peer) {
  if (!peer.last) return word("no_state");
  return peer.isSecret ? MASK : peer.last.to;
}

// Beside the ladder, large, not at all, and round again.
function nextMachine() {
  const sizes = ["beside", "large", "off"];
  change({ machine: sizes[(sizes.indexOf(view.machine) + 1) % sizes.length] });
}

watch("c step lang quiz hides revealed", lightMachine);
watch("machine", () => {
  part("machine").hidden = view.machine === "off";
  pressed("machine-toggle", view.machine !== "off");
  part("side").hidden = view.machine === "off" && !view.notes;
  part("stage").classList.toggle("large-machine", view.machine === "large");
});
