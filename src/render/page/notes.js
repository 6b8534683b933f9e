// Speaker notes: what to say at this step, with all notes of its rows and where the rules stand.
watch("notes step c lang quiz hides revealed", () => {
  const panel = part("notes");
  panel.hidden = !view.notes;
  pressed("notes-toggle", view.notes);
  part("side").hidden = view.machine === "off" && !view.notes;
  if (!view.notes) return;
  const { steps, rows, verdict } = current();
  const step = steps[view.step - 1];
  const isMasked = step && isStepSecret(view.step - 1);
  const lines = [html("h2", {}, word("notes")), html("h3", {}, step ? word("step_of", view.step, steps.length) : word("overview"))];
  if (isMasked) lines.push(html("p", {}, word("quiz_ask")));
  else if (step) lines.push(html("p", { class: "say" }, [told(step.title), told(step.note)].filter((one) => one !== "").join(view.lang === "zh" ? "：" : ": ")));
  else lines.push(html("p", { class: "say" }, capital(told(verdict))));
  const own = rows.filter((row) => (step ? row.own === view.step - 1 : row.notes.length > 0) && !isSecret(row) && !(row.sent && isSecret(row.sent)));
  const found = step ? own : own.filter((row) => row.notes.some(({ severity }) => severity === "warning" || severity === "error"));
  const items = found.slice(0, 200).flatMap((row) => row.notes.map((note) => noteItem(row, note)));
  if (items.length > 0) lines.push(html("ul", {}, items));
  else if (step && !told(step.note)) lines.push(html("p", { class: "dim" }, word("no_notes")));
  panel.replaceChildren(...lines);
});

function noteItem(row, note) {
  const time = typeof row.t_ns === "number" ? html("span", { class: "dim mono" }, point(row.t_ns) + " ") : null;
  return html("li", { class: "note-line " + note.severity }, html("strong", {}, word("severity_" + note.severity) + " "), time, told(note.text), note.rfc ? html("span", { class: "rfc" }, " " + note.rfc) : null);
}
