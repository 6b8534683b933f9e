// Going through the steps: forwards, backwards, by itself; and telling which one it is.
let clock = null;

function goTo(step) {
  const count = current().steps.length;
  change({ step: Math.min(count, Math.max(0, step)) });
}

function startSteps() {
  on("first", "click", () => goTo(1));
  on("back", "click", () => goTo(view.step - 1));
  on("next", "click", () => goTo(view.step + 1));
  on("last", "click", () => goTo(Infinity));
  on("play", "click", togglePlay);
  on("speed", "change", (event) => change({ speed: Number(event.target.value) }));
}

const SPEEDS = [0.25, 0.5, 1, 2, 4];

function faster(by) {
  change({ speed: SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(view.speed) + by))] });
}

function togglePlay() {
  if (!view.playing && view.step >= current().steps.length) change({ step: 0 });
  change({ playing: !view.playing });
}

watch("playing speed", () => {
  clearInterval(clock);
  clock = null;
  if (!view.playing) return;
  if (view.step === 0) goTo(1);
  clock = setInterval(() => {
    if (view.step >= current().steps.length) change({ playing: false });
    else goTo(view.step + 1);
  }, 3000 / view.speed);
});

watch("playing lang", () => {
  say("play-word", word(view.playing ? "pause_short" : "play_short"));
  hint("play", word(view.playing ? "pause" : "play"));
  pressed("play", view.playing);
});

watch("speed lang", () => {
  part("speed").replaceChildren(...SPEEDS.map((speed) => html("option", { value: speed }, "× " + speed)));
  part("speed").value = String(view.speed);
  hint("speed", word("speed"));
});

// Title and sentence, in the live region.
watch("step c lang quiz hides revealed", () => {
  const { steps, verdict } = current();
  const step = steps[view.step - 1];
  const isMasked = step && isStepSecret(view.step - 1);
  say("count", step ? word("step_of", view.step, steps.length) : word("overview"));
  say("step-title", isMasked ? word("quiz_ask") : step ? told(step.title) : capital(told(verdict)));
  say("step-note", step && !isMasked ? told(step.note) : step ? "" : steps.length > 0 ? word("overview_hint", steps.length) : "");
  part("bar").classList.toggle("is-overview", !step);
  for (const [id, is] of [["first", view.step === 1], ["back", view.step === 0], ["next", view.step >= steps.length], ["last", view.step >= steps.length]]) part(id).setAttribute("aria-disabled", String(is));
});

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// A dot for each step.
watch("step c lang quiz", () => {
  const { steps } = current();
  const shown = steps.length <= 40;
  part("progress").replaceChildren(...(shown ? steps.map((step, at) => {
    const dot = html("span", { class: "pip" + (at + 1 === view.step ? " is-now" : at + 1 < view.step ? " is-past" : ""), title: word("go_to_step", at + 1, view.quiz ? MASK : told(step.title)) });
    dot.addEventListener("click", () => goTo(at + 1));
    return dot;
  }) : []));
});

// The current step comes into view, with some room above it.
watch("step", () => {
  const place = view.step > 0 ? current().places[view.step - 1] : null;
  if (!ladder.layout || view.step === 0) return;
  const blocks = place ? ladder.layout.blocks.filter(({ row }) => row.index >= place[0] && row.index <= place[1]) : [];
  if (blocks.length > 0) scrollTo(blocks[0].top, Math.max(...blocks.map(({ y, below }) => y + below)));
  if (view.header !== null) followHeader();
  animate();
});

// An open header follows the steps.
function followHeader() {
  const segment = current().rows.find((row) => row.kind === "segment" && row.own === view.step - 1);
  if (segment && current().rows[view.header]?.own !== view.step - 1) change({ header: segment.index });
}

function animate() {
  if (stillness.matches) return;
  ladder.svg.classList.remove("moves");
  requestAnimationFrame(() => ladder.svg.classList.add("moves"));
  clearTimeout(animate.end);
  animate.end = setTimeout(() => ladder.svg.classList.remove("moves"), 900);
}

// `from` and `to` in the ladder's own pixels.
function scrollTo(from, to) {
  const scroll = part("scroll");
  const pixels = ladder.scale * view.zoom;
  const head = part("lanes").offsetHeight;
  const room = scroll.clientHeight - head;
  const [top, bottom] = [from * pixels, to * pixels];
  const isSeen = top >= scroll.scrollTop && bottom <= scroll.scrollTop + room;
  if (isSeen) return;
  const air = Math.min(room * 0.3, Math.max(10, (room - (bottom - top)) / 2));
  const target = Math.max(0, top - air);
  // A long way is not run through.
  const isFar = Math.abs(target - scroll.scrollTop) > scroll.clientHeight * 4;
  scroll.scrollTo({ top: target, behavior: isFar ? "auto" : behaviour() });
}

function bringIntoView(row) {
  const block = ladder.layout?.byRow.get(row.index);
  if (block) scrollTo(block.top, block.y + block.below);
}
