// Keys and marks, explained.
const KEYS = [
  ["→ Space PgDn", "next"], ["← PgUp", "back"], ["Home / End", "first", "last"], ["p", "play"], ["< >", "speed"], ["w", "spacing_hint"], ["+ − 0", "zoom_in", "zoom_out", "zoom_reset"],
  ["f", "fit_hint"], ["h", "hide_data_hint"], ["a", "hide_acks_hint"], ["i", "later_hint"], ["m", "machine_hint"], ["s", "notes_hint"],
  ["q", "quiz_hint"], ["r", "quiz_next_hint"], ["/ n N", "search", "hit_after", "hit_before"], ["c", "connections"], ["l", "language"], ["d", "dark"], ["t", "theme"], ["g", "skip_to_table"],
  ["j k ↓ ↑", "items"], ["Enter", "enter"], ["Esc", "escape"],
];
Object.assign(WORDS, {
  items: ["Next or previous thing in the ladder (j k)", "时序图中的下一项或上一项（j k）"],
  enter: ["Open the header of a segment; reveal in a quiz", "打开报文段首部；测验时揭晓"],
  escape: ["Close what is open; back to the whole connection", "关闭打开的内容；回到整个连接"],
});

function marks() {
  const picture = (...shapes) => svg("svg", { viewBox: "0 0 100 24", width: 100, height: 24, "aria-hidden": "true" }, shapes);
  const rows = current().rows;
  const segments = rows.filter((row) => row.kind === "segment");
  const has = (basis) => rows.some((row) => row.states.flat().some((state) => state.basis === basis));
  const list = [];
  for (const basis of ["observed", "inferred", "kernel"]) if (has(basis)) list.push([picture(...stateBox("LISTEN", basis, 16, 12, 68)), word(basis)]);
  if (segments.some((row) => row.lost)) list.push([picture(line(8, 8, 72, 14, "shaft s-error"), ...cross(72, 14, "error")), word("lost")]);
  if (segments.some((row) => row.unproven)) list.push([picture(...shaft([8, 12], [90, 12], "client", { sure: false })), word("unproven")]);
  if (segments.some((row) => row.made_up)) list.push([picture(...shaft([14, 12], [90, 12], "client"), svg("circle", { cx: 14, cy: 12, r: 4, class: "hollow s-client" })), word("made_up")]);
  if (segments.some((row) => row.reset)) list.push([picture(...shaft([8, 12], [90, 12], "error")), "RST"]);
  if (rows.some((row) => row.lifelines?.includes("closed"))) list.push([picture(line(8, 12, 90, 12, "lifeline closed")), word("no_connection")]);
  if (rows.some((row) => row.lifelines?.includes("waiting"))) list.push([picture(line(8, 12, 90, 12, "lifeline waiting")), "TIME-WAIT"]);
  return list.map(([drawing, text]) => html("span", { class: "mark" }, drawing, text));
}

watch("lang c", () => part("legend").replaceChildren(...marks()));

function openHelp() {
  const close = html("button", { type: "button", class: "close", title: word("close") }, word("close_short"));
  close.addEventListener("click", () => part("help").close());
  const keys = KEYS.map(([key, ...words]) => html("tr", {}, html("th", { scope: "row" }, key.split(" ").map((one) => one === "/" && key.length > 5 ? " / " : html("kbd", {}, one))), html("td", {}, words.map((one) => word(one).replace(/ \([^()]*\)$|（[^（）]*）$/, "")).join(" · "))));
  part("help").replaceChildren(close, html("h2", {}, word("keys")), html("table", { class: "keys" }, html("tbody", {}, keys)), html("h2", {}, word("marks")), html("div", { class: "legend" }, marks()));
  part("help").setAttribute("aria-label", word("help"));
  part("help").showModal();
}

function startHelp() {
  on("help-open", "click", openHelp);
  on("help", "click", (event) => event.target === part("help") && part("help").close());
}
