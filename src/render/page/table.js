// The same as a table, for whoever cannot see the ladder or wants to read on: every row, whatever is dimmed above.
const CHUNK = 200;
let building = 0;
const tableRows = new Map();
let marked = [];

function drawTable() {
  building += 1;
  tableRows.clear();
  marked = [];
  part("table").replaceChildren(html("h2", {}, word("table")));
  fillTable(current().rows.filter((row) => !isHidden(row)), 0, building);
}

// Piece by piece, so that a long one holds nothing up; each piece is a table of its own, which is laid out only when it is near.
function fillTable(rows, from, turn) {
  if (turn !== building) return;
  do {
    part("table").append(pieceOf(rows, from));
    from += CHUNK;
  } while (ladder.all && from < rows.length);
  fillTable.rest = from < rows.length ? () => fillTable(rows, from, turn) : null;
  if (fillTable.rest) setTimeout(() => turn === building && fillTable.rest?.(), 40);
  else markTable();
}

function pieceOf(rows, from) {
  const to = Math.min(rows.length, from + CHUNK);
  const range = rows.length > CHUNK ? " " + word("table_range", from + 1, to, rows.length) : "";
  const names = ["time", "who", "what", "state", "note"];
  return html("div", { class: "piece" }, html("table", { class: "rows" }, html("caption", {}, word("table_caption", current().id) + range),
    html("thead", {}, html("tr", {}, names.map((name) => html("th", { scope: "col", class: "col-" + name }, word(name))))), html("tbody", {}, rows.slice(from, to).map(tableRow))));
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
