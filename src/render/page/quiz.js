// Quiz: flags, numbers or states are hidden until the reader asks for them, one by one.
const MASK = "???";

// What of a row is still hidden: some of "flags", "numbers", "states".
function secrets(row) {
  if (!view.quiz || view.revealed.has(row.index)) return [];
  const list = [];
  if (row.kind === "segment") {
    if (view.hides.flags) list.push("flags");
    if (view.hides.numbers && /\d/.test(told(row.label))) list.push("numbers");
  }
  if (view.hides.states && row.states.flat().length > 0) list.push("states");
  return list;
}

function isSecret(row) {
  return secrets(row).length > 0;
}

// The words of a segment as far as they may be seen.
function shownWords(row) {
  const hidden = secrets(row);
  const label = told(row.label);
  return {
    flags: hidden.includes("flags") ? MASK : row.flags,
    label: hidden.includes("numbers") ? label.replace(/\d+/g, "?") : label,
    details: hidden.length > 0 ? [] : [...(told(row.details) || [])],
  };
}

function reveal(row) {
  change({ revealed: new Set(view.revealed).add(row.index) });
}

// Rows with something hidden that have come so far.
function secretRows() {
  return view.quiz ? current().rows.filter((row) => !isLater(row) && !isHidden(row) && isSecret(row)) : [];
}

function revealNext() {
  const [row] = secretRows();
  if (!row) return;
  reveal(row);
  bringIntoView(row);
}

// Whether a step's title and sentence would give something away.
function isStepSecret(step) {
  return view.quiz && current().rows.some((row) => row.own === step && isSecret(row));
}

function toggleQuiz() {
  change({ quiz: !view.quiz, revealed: new Set() });
}

watch("quiz hides revealed step c lang", () => {
  part("quiz").hidden = !view.quiz;
  pressed("quiz-toggle", view.quiz);
  say("quiz-next", word("quiz_next"));
  hint("quiz-next", word("quiz_next_hint"));
  say("quiz-score", view.quiz ? word("quiz_score", secretRows().length) : "");
});

function startQuiz() {
  on("quiz-toggle", "click", toggleQuiz);
  on("quiz-next", "click", revealNext);
  for (const name of ["flags", "numbers", "states"]) {
    on("quiz-" + name, "change", (event) => change({ hides: { ...view.hides, [name]: event.target.checked }, revealed: new Set() }));
  }
}
