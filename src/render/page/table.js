// The same as a table, for whoever cannot see the ladder or wants to read on: every row, whatever is dimmed above.
const CHUNK = 150;
let building = 0;
const tableRows = new Map();
let marked = [];

function drawTable() {
  building += 1;
  tableRows.clear();
  marked = [];
  const names = ["time", "who", "what", "state", "note"];
  const body = html("tbody", {});
  part("table").replaceChildren(html("h2", {}, word("table")),
    html("table", { class: "rows" }, html("caption", {}, word("table_caption", current().id)), html("thead", {}, html("tr", {}, names.map((name) => html("th", { scope: "col", class: "col-" + name }, word(name))))), body));
  fillTable(body, current().rows.filter((row) => !isHidden(row)), 0, building);
}

// Piece by piece, so that a long one holds nothing up.
function fillTable(body, rows, from, turn) {
  if (turn !== building) return;
  const end = ladder.all ? rows.length : Math.min(rows.length, from + CHUNK);
  body.append(...rows.slice(from, end).map(tableRow));
  fillTable.rest = end < rows.length ? () => fillTable(body, rows, end, turn) : null;
  if (fillTable.rest) setTimeout(() => fillTable.rest && turn === building && fillTable.rest(), 30);
  else markTable();
}

function tableRow(row) {
  if (row.kind === "phase") return html("tr", { class: "phase " + row.phase }, html("th", { colspan: 5, scope: "rowgroup" }, told(row.words)));
  const notes = isSecret(row) || (row.sent && isSecret(row.sent)) ? [] : row.notes;
  const line = html("tr", { "data-table-row": row.index, class: row.kind + (row.reset ? " reset" : "") },
    html("td", { class: "mono time" }, typeof row.t_ns === "number" ? point(row.t_ns) : ""), html("td", {}, who(row)), html("td", {}, what(row)),
    html("td", {}, stateWords(row).map((text) => html("div", {}, text))), html("td", {}, notes.map((note) => html("div", { class: "note-line " + note.severity }, noteWords(note)))));
  tableRows.set(row.index, line);
  return line;
}

function markTable() {
  for (const old of marked) old.removeAttribute("aria-current");
  marked = [];
  const place = view.step > 0 ? current().places[view.step - 1] : null;
  if (!place) return;
  for (let index = place[0]; index <= place[1]; index += 1) {
    const line = tableRows.get(index);
    line?.setAttribute("aria-current", "step");
    if (line) marked.push(line);
  }
}

watch("c lang hideData hideAcks quiz hides revealed", drawTable);
watch("step", markTable);

function startTable() {
  on("skip", "click", (event) => {
    event.preventDefault();
    part("table").scrollIntoView();
    part("table").focus();
  });
}
