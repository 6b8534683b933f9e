// The header of one segment: as bit fields, as octets and as a table, lit together wherever one points.
function startHeader() {
  const panel = part("header");
  const light = (event) => {
    const element = event.target.closest("[data-fields]");
    highlight(element ? element.dataset.fields.split(" ") : []);
  };
  panel.addEventListener("pointerover", light);
  panel.addEventListener("focusin", light);
  panel.addEventListener("pointerleave", () => highlight([]));
  panel.addEventListener("keydown", (event) => {
    if (!event.target.dataset?.fields || !["ArrowRight", "ArrowLeft"].includes(event.key)) return;
    const all = [...panel.querySelectorAll(event.target.matches(".octet") ? ".octet" : ".cell")];
    all[all.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : -1)]?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

function highlight(keys) {
  const field = shownFields.find(({ key }) => keys.includes(key));
  const rest = shownFields.filter(({ key, isFlag, isSet }) => keys.includes(key) && (!isFlag || isSet));
  const told = field && (keys.length > 1 && rest.length > 0 ? rest : [field]);
  if (told) part("field").replaceChildren(...told.map((one) => html("div", {}, html("strong", {}, one.name), " ", html("span", { class: "mono" }, one.raw ?? "?"), relativeWords(one), one.meaning ? " — " + one.meaning : "")));
  for (const element of part("header").querySelectorAll("[data-fields]")) {
    element.classList.toggle("lit", element.dataset.fields.split(" ").some((key) => keys.includes(key)));
  }
}

let shownFields = [];

function relativeWords(field) {
  return field.relative === "" ? "" : " (" + word("relative") + " " + field.relative + ")";
}

function closeHeader() {
  const index = view.header;
  change({ header: null });
  ladder.nodes.get(index)?.focus({ preventScroll: true });
}

// A cell for each line of 32 bits that the field stands in.
function cells(field) {
  const list = [];
  const full = () => field.name + (field.raw === "" || field.raw === null ? "" : " " + field.raw);
  if (field.bits === 0) return [cell(field, 1, 32, full() + " (" + word("options_unknown") + ")", "unplaced")];
  for (let bit = field.bit; bit < field.bit + field.bits;) {
    const wide = Math.min(field.bit + field.bits, (Math.floor(bit / 32) + 1) * 32) - bit;
    list.push(cell(field, bit % 32 + 1, wide, wide >= 8 ? full() : field.key === "offset" ? String(field.raw ?? "?") : wide > 1 ? String(field.raw ?? "?") : field.name, field.isFlag ? "flag" + (field.isSet ? " set" : "") : ""));
    bit += wide;
  }
  return list;
}

function cell(field, column, wide, text, kind) {
  const element = html("div", { class: "cell " + kind, tabindex: 0, role: "img", "data-fields": field.key, "aria-label": field.name + ": " + (field.raw ?? "?") + relativeWords(field) + ". " + field.meaning, title: field.name }, html("span", {}, text));
  element.style.gridColumn = column + " / span " + wide;
  return element;
}

function octetList(octets, fields) {
  return octets.map((octet, at) => {
    const own = fields.filter(({ from, to }) => from <= at && at < to);
    return html("span", { class: "octet", tabindex: at === 0 ? 0 : -1, role: "img", "data-fields": own.map(({ key }) => key).join(" "), "aria-label": octet + ": " + own.filter((field) => !field.isFlag).concat(own.filter((field) => field.isSet)).map(({ name }) => name).join(", ") }, octet);
  });
}

function fieldRow(field, octets) {
  const raw = field.isFlag ? String(field.raw) : field.raw === null ? "?" : String(field.raw);
  const own = field.bits === 0 ? "??" : octets.slice(field.from, field.to).join(" ");
  return html("tr", { "data-fields": field.key, class: field.isFlag && !field.isSet ? "unset" : "" }, html("th", { scope: "row" }, field.name), html("td", { class: "mono" }, raw), html("td", { class: "mono" }, field.relative), html("td", { class: "mono hex" }, own), html("td", {}, field.meaning));
}

function drawHeader() {
  const panel = part("header");
  const row = view.header === null ? null : current().rows[view.header];
  const wasOpen = !panel.hidden;
  panel.hidden = !row || isSecret(row);
  if (panel.hidden) return;
  const title = word("header", row.flags + " " + told(row.label));
  const close = html("button", { type: "button", class: "close", title: word("close") }, word("close_short"));
  close.addEventListener("click", closeHeader);
  const about = [who(row), typeof row.t_ns === "number" ? point(row.t_ns) : "", row.header?.frame ? word("frame", row.header.frame) : "", row.header?.len ? word("payload", row.header.len) : ""];
  const top = html("div", { class: "header-top" }, html("h2", { id: "header-title" }, title), html("span", { class: "dim" }, about.filter((one) => one !== "").join(" · ")), close);
  panel.setAttribute("aria-labelledby", "header-title");
  const header = headerOf(row);
  if (!header) panel.replaceChildren(top, html("p", {}, word("no_header")));
  else {
    shownFields = header.fields;
    panel.replaceChildren(top, headerBody(header));
    part("field").textContent = safe(word("point_at"));
  }
  if (!wasOpen) panel.focus({ preventScroll: true });
}

function headerBody({ octets, fields, isCaptured }) {
  const ruler = Array.from({ length: 32 }, (_, bit) => html("div", { class: "bit", "aria-hidden": "true" }, bit % 8 === 0 || bit === 31 ? bit : ""));
  const names = [word("field"), word("raw"), word("relative"), word("octets"), word("meaning")];
  return html("div", { class: "header-body" },
    html("div", { class: "header-left" },
      html("h3", {}, word("picture")), html("div", { class: "bits" }, ruler, fields.flatMap(cells)),
      html("h3", {}, word("octets")), html("div", { class: "octets mono" }, octetList(octets, fields)),
      html("div", { id: "field" }), html("p", { class: "dim" }, word(isCaptured ? "as_captured" : "rebuilt"))),
    html("div", { class: "header-right" },
      html("table", { class: "fields" }, html("thead", {}, html("tr", {}, names.map((name) => html("th", { scope: "col" }, name)))), html("tbody", {}, fields.map((field) => fieldRow(field, octets))))));
}

watch("header lang c quiz", drawHeader);
watch("header step", hideTooltip);
