// On paper everything is there: all rows, nothing dimmed, black on white.
function startPrint() {
  window.addEventListener("beforeprint", () => {
    ladder.all = true;
    document.documentElement.dataset.theme = "print";
    fillTable.rest?.();
    paint(true);
  });
  window.addEventListener("afterprint", () => {
    ladder.all = false;
    paintTheme();
    paint(true);
  });
}
