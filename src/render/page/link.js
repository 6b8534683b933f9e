// Deep links: what is shown stands in the fragment, and the fragment decides what is shown.
function fragment() {
  const parts = ["c=" + current().id];
  if (view.step > 0) parts.push("step=" + view.step);
  if (view.w !== firstSpacing) parts.push("w=" + view.w);
  parts.push("lang=" + view.lang);
  if (view.theme !== firstAsked) parts.push("theme=" + view.theme);
  const hides = [view.hideData && "data", view.hideAcks && "acks"].filter(Boolean);
  if (hides.length > 0) parts.push("hide=" + hides.join(","));
  return "#" + parts.join("&");
}

const firstAsked = firstTheme();
const firstSpacing = view.w;
let isReading = false;

function readLink() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const patch = {};
  const at = connections.findIndex((connection) => String(connection.id) === asked.get("c"));
  const isElsewhere = at < 0 && asked.has("c");
  const c = at >= 0 ? at : view.c;
  if (c !== view.c) Object.assign(patch, { c, header: null, hit: null, step: 0, revealed: new Set() });
  const count = connections[c].steps?.length ?? 0;
  const step = Number.parseInt(asked.get("step") ?? "0", 10);
  patch.step = Number.isFinite(step) && !isElsewhere ? Math.min(count, Math.max(0, step)) : 0;
  const w = asked.get("w");
  if (w === "time" || w === "scale") patch.w = "time";
  else if (w === "even") patch.w = "even";
  const lang = asked.get("lang");
  if (lang) patch.lang = lang.toLowerCase().startsWith("zh") ? "zh" : "en";
  if (THEMES.includes(asked.get("theme"))) patch.theme = asked.get("theme");
  if (asked.has("hide")) {
    const hides = asked.get("hide").split(",");
    Object.assign(patch, { hideData: hides.includes("data"), hideAcks: hides.includes("acks") });
  }
  isReading = true;
  change(patch);
  isReading = false;
  elsewhere = isElsewhere ? asked.get("c").slice(0, 12) : null;
  tellHits();
}

function writeLink() {
  const wanted = fragment();
  if (isReading || wanted === location.hash) return;
  try {
    history.replaceState(null, "", wanted);
  } catch {
    // Some browsers forbid it for files, or when it comes too often: the page works without.
  }
}

watch("c step w lang theme hideData hideAcks", () => !isStarting && writeLink());

function startLink() {
  window.addEventListener("hashchange", readLink);
}
