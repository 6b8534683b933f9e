// Which connection: a list with number, title, and how it opened and closed.
function drawChooser() {
  say("chooser", word("connection") + " " + current().id + (connections.length > 1 ? " / " + data.connections_in_all : "") + " ▾");
  hint("chooser", word("connections") + " (c)");
  const items = connections.map((connection, at) => {
    const item = html("button", { type: "button", "data-c": at, "aria-current": at === view.c ? "true" : null },
      html("strong", {}, connection.id), html("span", { class: "mono" }, connection.title),
      html("span", { class: "dim" }, word("opened") + (view.lang === "zh" ? "：" : ": ") + told(connection.open) + " · " + word("closed") + (view.lang === "zh" ? "：" : ": ") + told(connection.close)));
    item.addEventListener("click", () => {
      choose(at);
      closeChooser();
    });
    return html("li", {}, item);
  });
  const more = data.connections_in_all > connections.length ? [html("p", { class: "dim" }, word("more_connections", connections.length, data.connections_in_all))] : [];
  part("connections").replaceChildren(html("h2", {}, word("connections")), html("ol", {}, items), ...more);
}

function choose(at) {
  if (at < 0 || at >= connections.length || at === view.c) return;
  change({ c: at, step: 0, header: null, hit: null, revealed: new Set(), playing: false });
  part("scroll").scrollTop = 0;
}

function openChooser() {
  part("connections").hidden = false;
  part("chooser").setAttribute("aria-expanded", "true");
  part("connections").querySelector('[aria-current="true"]')?.focus();
}

function closeChooser() {
  if (part("connections").hidden) return false;
  part("connections").hidden = true;
  part("chooser").setAttribute("aria-expanded", "false");
  part("chooser").focus();
  return true;
}

function startChooser() {
  on("chooser", "click", () => part("connections").hidden ? openChooser() : closeChooser());
  on("connections", "keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const all = [...part("connections").querySelectorAll("button")];
    all[(all.indexOf(document.activeElement) + by + all.length) % all.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#connections, #chooser") && !part("connections").hidden) closeChooser();
  });
}

watch("c lang", () => {
  drawChooser();
  const { title } = current();
  say("title", title);
  say("origin", told(data.source));
  document.title = safe(title + " · synfin");
});
