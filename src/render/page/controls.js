// Buttons and choices beside the steps: spacing, zoom, what is hidden, colours, language.
function startControls() {
  on("spacing", "click", toggleSpacing);
  on("zoom-in", "click", () => zoom(1.2));
  on("zoom-out", "click", () => zoom(1 / 1.2));
  on("zoom-reset", "click", () => change({ zoom: 1 }));
  on("fit", "click", fit);
  on("hide-data", "click", () => change({ hideData: !view.hideData }));
  on("hide-acks", "click", () => change({ hideAcks: !view.hideAcks }));
  on("later", "click", toggleLater);
  on("machine-toggle", "click", nextMachine);
  on("notes-toggle", "click", () => change({ notes: !view.notes }));
  on("dark", "click", toggleDark);
  on("lang", "click", toggleLanguage);
  on("theme", "change", (event) => change({ theme: event.target.value }));
  darkness.addEventListener("change", paintTheme);
  part("scroll").addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }, { passive: false });
}

function toggleSpacing() {
  change({ w: view.w === "even" ? "time" : "even" });
}

function toggleLater() {
  change({ later: view.later === "dim" ? "hide" : "dim" });
}

function toggleLanguage() {
  change({ lang: view.lang === "en" ? "zh" : "en" });
}

function toggleDark() {
  change({ theme: isDark() ? "light" : "dark" });
}

function zoom(by) {
  change({ zoom: Math.min(4, Math.max(0.2, view.zoom * by)) });
}

// The whole ladder as high as the window, but never wider than it.
function fit() {
  const room = part("scroll").clientHeight - 8;
  const whole = (ladder.layout.end + HEAD) * ladder.scale;
  change({ zoom: Math.min(1, Math.max(0.2, room / whole)) });
  part("scroll").scrollTop = 0;
}

const THEMES = ["auto", "light", "dark", "print", "colour-blind"];

function nextTheme() {
  change({ theme: THEMES[(THEMES.indexOf(view.theme) + 1) % THEMES.length] });
}

function paintTheme() {
  document.documentElement.dataset.theme = view.theme === "auto" ? (isDark() ? "dark" : "light") : view.theme;
  say("dark", word(isDark() ? "light_short" : "dark_short"));
  hint("dark", word(isDark() ? "light" : "dark"));
  pressed("dark", isDark());
}

watch("theme lang", () => {
  part("theme").replaceChildren(...THEMES.map((name) => html("option", { value: name }, word("theme_" + name.replace("-", "_")))));
  part("theme").value = view.theme;
  hint("theme", word("theme"));
  paintTheme();
});

watch("lang w hideData hideAcks later", () => {
  say("spacing", word(view.w === "even" ? "even" : "time_spacing"));
  hint("spacing", word("spacing_hint"));
  part("spacing").setAttribute("aria-label", word(view.w === "even" ? "even" : "time_spacing"));
  say("later", word(view.later === "dim" ? "later_dim" : "later_hide"));
  part("later").setAttribute("title", word("later_hint"));
  say("hide-data", word("hide_data"));
  say("hide-acks", word("hide_acks"));
  part("hide-data").setAttribute("title", word("hide_data_hint"));
  part("hide-acks").setAttribute("title", word("hide_acks_hint"));
  pressed("hide-data", view.hideData);
  pressed("hide-acks", view.hideAcks);
});

watch("lang zoom", () => {
  say("zoom-reset", Math.round(view.zoom * 100) + "%");
  for (const [id, key] of [["zoom-in", "zoom_in"], ["zoom-out", "zoom_out"], ["zoom-reset", "zoom_reset"]]) hint(id, word(key));
  say("fit", word("fit"));
  part("fit").setAttribute("title", word("fit_hint"));
});

watch("lang", () => {
  document.documentElement.lang = view.lang === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  say("lang", word("other_language"));
  part("lang").setAttribute("lang", view.lang === "zh" ? "en" : "zh-CN");
  part("lang").setAttribute("title", word("language"));
  for (const id of ["first", "back", "next", "last"]) hint(id, word(id));
  for (const [id, key] of [["machine-toggle", "machine"], ["notes-toggle", "notes"], ["quiz-toggle", "quiz"]]) {
    say(id, word(key));
    part(id).setAttribute("title", word(key + "_hint"));
  }
  hint("help-open", word("help"));
  part("bar").setAttribute("aria-label", word("steps"));
  part("toggles").setAttribute("aria-label", word("view"));
  part("machine").setAttribute("aria-label", word("machine"));
  part("notes").setAttribute("aria-label", word("notes"));
  say("source", told(data.source));
});
