// On paper everything is there: all rows, nothing dimmed, black on white.
function startPrint() {
  let before = 0;
  window.addEventListener("beforeprint", () => {
    ladder.all = true;
    before = view.step;
    change({ step: 0 });
    document.documentElement.dataset.theme = "print";
    fillTable.rest?.();
    paint(true);
  });
  window.addEventListener("afterprint", () => {
    ladder.all = false;
    change({ step: before });
    paintTheme();
    paint(true);
  });
}
