// The sentence of whatever is pointed at or has the focus.
function startTooltip() {
  const show = (event) => {
    const element = event.target.closest?.("[data-row]");
    const row = element && rowOf(element);
    if (!row || row.kind === "phase" || view.header !== null) return;
    const of = row.kind === "arrival" && row.sent ? row.sent : row;
    tell(sentence(of), notesOf(of), place(event, element));
  };
  for (const name of ["pointerover", "focusin"]) ladder.svg.addEventListener(name, show);
  for (const name of ["pointerout", "focusout"]) ladder.svg.addEventListener(name, hideTooltip);
  // What has the focus keeps its words, also when it had to be brought into view.
  on("scroll", "scroll", () => {
    const focused = document.activeElement?.matches?.("[data-row]:focus-visible") ? document.activeElement : null;
    if (focused && !part("tooltip").hidden) show({ type: "focusin", target: focused });
    else hideTooltip();
  });
}

// Where to stand: at the pointer, or at what has the focus.
function place(event, element) {
  if (event.type === "pointerover") return { x: event.clientX, from: event.clientY - 14, to: event.clientY + 18 };
  const { left, width, top, bottom } = (element.querySelector(".label") ?? element).getBoundingClientRect();
  return { x: left + width / 2, from: top - 6, to: bottom + 10 };
}

function tell(text, notes, { x, from, to }) {
  const tip = part("tooltip");
  tip.replaceChildren(html("p", {}, text), ...notes.slice(0, 3).map((note) => html("p", { class: "note-line " + note.severity }, noteWords(note))));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = Math.max(6, Math.min(x - width / 2, window.innerWidth - width - 6)) + "px";
  tip.style.top = (to + height < window.innerHeight - 6 ? to : Math.max(6, from - height)) + "px";
}

function hideTooltip() {
  part("tooltip").hidden = true;
}
