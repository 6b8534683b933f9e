// What the reader has chosen. One place for it; whoever draws from it watches it.
const view = {
  c: 0, step: 0, w: document.documentElement.dataset.spacing === "time" ? "time" : "even",
  lang: document.documentElement.lang.startsWith("zh") ? "zh" : "en", theme: firstTheme(),
  zoom: 1, hideData: false, hideAcks: false, later: "dim", machine: "beside", notes: false,
  quiz: false, hides: { flags: true, numbers: true, states: true }, revealed: new Set(),
  header: null, query: "", hit: null, playing: false, speed: 1,
};

// Without a word of the person who made the page, the reader's own choice counts.
function firstTheme() {
  const asked = document.documentElement.dataset.theme;
  return ["light", "dark", "print", "colour-blind"].includes(asked) ? asked : "auto";
}

const watchers = [];

// Calls `act` whenever one of the choices has changed, and once at the start.
function watch(keys, act) {
  watchers.push({ keys: keys.split(" "), act });
}

function change(patch) {
  const changed = Object.keys(patch).filter((key) => view[key] !== patch[key]);
  Object.assign(view, patch);
  if (changed.length === 0) return;
  for (const { keys, act } of watchers) {
    if (keys.some((key) => changed.includes(key))) act();
  }
}

function showAll() {
  for (const { act } of watchers) act();
}

const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
const darkness = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return view.theme === "dark" || (view.theme === "auto" && darkness.matches);
}

function behaviour() {
  return stillness.matches ? "auto" : "smooth";
}
