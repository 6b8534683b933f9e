// What each key does. Where something is typed or chosen, keys are left alone.
const ACTS = {
  ArrowRight: () => goTo(view.step + 1), PageDown: () => goTo(view.step + 1), ArrowLeft: () => goTo(view.step - 1), PageUp: () => goTo(view.step - 1),
  Home: () => goTo(1), End: () => goTo(Infinity), p: togglePlay, "<": () => faster(-1), ">": () => faster(1), ",": () => faster(-1), ".": () => faster(1),
  w: toggleSpacing, "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: () => change({ zoom: 1 }), f: fit,
  h: () => change({ hideData: !view.hideData }), a: () => change({ hideAcks: !view.hideAcks }), i: toggleLater,
  m: nextMachine, s: () => change({ notes: !view.notes }), q: toggleQuiz, r: revealNext,
  "/": () => part("query").focus(), n: () => goToHit(1), N: () => goToHit(-1), c: () => part("chooser").click(),
  l: toggleLanguage, d: toggleDark, t: nextTheme, "?": openHelp, g: () => part("skip").click(), j: () => walk(1), k: () => walk(-1), Escape: escape,
};

function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || part("help").open) return;
    const target = event.target;
    if (target.closest("input:not([type=checkbox]), select, textarea") && event.key !== "Escape") return;
    if (pressOn(target, event)) return event.preventDefault();
    if (event.key === " " && target.closest("button, input, a, summary")) return;
    const key = event.key === " " ? (event.shiftKey ? "ArrowLeft" : "ArrowRight") : event.key;
    if (!Object.hasOwn(ACTS, key)) return;
    event.preventDefault();
    hideTooltip();
    ACTS[key]();
  });
}

// Keys on something in the ladder.
function pressOn(target, event) {
  const row = rowOf(target);
  if (!row) return false;
  if (event.key === "Enter") act(row);
  else if (event.key === "ArrowDown") walk(1);
  else if (event.key === "ArrowUp") walk(-1);
  else return false;
  return true;
}

// To the next or previous thing in the ladder.
function walk(by) {
  const rows = ladder.layout.blocks.filter(({ bare, row }) => !bare && row.kind !== "phase" && row.kind !== "arrival" && !(isLater(row) && view.later === "hide"));
  const row = rowOf(document.activeElement);
  const top = part("scroll").scrollTop / (ladder.scale * view.zoom);
  const at = row ? rows.findIndex((block) => block.row.index === row.index) + by : Math.max(0, rows.findIndex((block) => block.y >= top));
  const block = rows[Math.min(rows.length - 1, Math.max(0, at))];
  if (!block) return;
  const scroll = part("scroll");
  const room = (scroll.clientHeight - part("lanes").offsetHeight) / (ladder.scale * view.zoom);
  if (block.top < top || block.y + block.below > top + room) scroll.scrollTop = Math.max(0, (block.top - room / 3) * ladder.scale * view.zoom);
  paint(false);
  ladder.nodes.get(block.row.index)?.focus({ preventScroll: true });
}

function escape() {
  if (closeChooser()) return;
  if (view.header !== null) return closeHeader();
  if (view.playing) return change({ playing: false });
  if (view.query !== "") return change({ query: "", hit: null });
  goTo(0);
}
