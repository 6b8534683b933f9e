// Begins: reads the link, draws everything, listens.
let isStarting = true;

function start() {
  part("app").hidden = false;
  if (connections.length === 0) {
    part("app").replaceChildren(html("p", { class: "empty" }, word(data === null ? "broken" : "no_connections"), " ", told(data?.source)));
    return;
  }
  startLadder();
  startMachine();
  readLink();
  showAll();
  for (const begin of [startTooltip, startHeader, startSteps, startSearch, startChooser, startTable, startControls, startQuiz, startHelp, startKeys, startLink, startPrint]) begin();
  isStarting = false;
  renew();
  goTo(view.step);
  if (view.step > 0) {
    const place = current().places[view.step - 1];
    if (place) bringIntoView(current().rows[place[0]]);
  }
}

start();
