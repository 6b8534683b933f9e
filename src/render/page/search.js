// Search in all that the ladder says.
let hits = [];

function searchAll() {
  const wanted = view.query.trim().toLowerCase();
  hits = wanted === "" ? [] : current().rows.filter((row) => row.kind !== "phase" && row.kind !== "arrival" && !isHidden(row) && textOf(row).includes(wanted)).map((row) => row.index);
}

function textOf(row) {
  const frame = row.header?.frame ? " " + word("frame", row.header.frame) : "";
  return (label(row) + frame).toLowerCase();
}

// The next hit, or with -1 the one before; round the end.
function goToHit(by) {
  if (hits.length === 0) return;
  const at = hits.indexOf(view.hit);
  const next = at < 0 ? (by > 0 ? 0 : hits.length - 1) : (at + by + hits.length) % hits.length;
  const row = current().rows[hits[next]];
  change({ hit: row.index, ...(isLater(row) ? { step: row.at + 1 } : {}) });
  bringIntoView(row);
}

watch("query c lang hideData hideAcks quiz revealed", () => {
  const before = view.query;
  searchAll();
  if (part("query").value !== before) part("query").value = before;
  if (!hits.includes(view.hit)) change({ hit: null });
  tellHits();
});
watch("hit lang query", tellHits);

// A connection that a link asked for and that is not here.
let elsewhere = null;

function tellHits() {
  const at = hits.indexOf(view.hit);
  say("found", view.query.trim() === "" ? (elsewhere === null ? "" : word("not_here", elsewhere)) : hits.length === 0 ? word("no_hits") : word("hits", at < 0 ? "–" : at + 1, hits.length));
  for (const id of ["hit-before", "hit-after"]) part(id).hidden = hits.length === 0;
}

watch("lang", () => {
  part("query").setAttribute("placeholder", word("search"));
  part("query").setAttribute("aria-label", word("search"));
  hint("hit-before", word("hit_before"));
  hint("hit-after", word("hit_after"));
});

function startSearch() {
  let wait = null;
  on("query", "input", (event) => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      change({ query: event.target.value, hit: null });
      goToHit(1);
    }, 150);
  });
  on("search", "submit", (event) => {
    event.preventDefault();
    clearTimeout(wait);
    if (view.query === part("query").value) return goToHit(1);
    change({ query: part("query").value, hit: null });
    goToHit(1);
  });
  on("query", "keydown", (event) => {
    if (event.key !== "Escape") return;
    part("query").value = "";
    change({ query: "", hit: null });
    part("scroll").focus({ preventScroll: true });
    event.stopPropagation();
  });
  on("hit-before", "click", () => goToHit(-1));
  on("hit-after", "click", () => goToHit(1));
}
