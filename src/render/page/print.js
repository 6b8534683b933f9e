// On paper everything is there: all rows, nothing dimmed, black on white, in slices that pages can hold.
const SLICE = 420;

function startPrint() {
  let before = 0;
  window.addEventListener("beforeprint", () => {
    before = view.step;
    change({ step: 0 });
    ladder.all = true;
    fillTable.rest?.();
    document.documentElement.dataset.theme = "print";
    part("ladder").append(...slices());
  });
  window.addEventListener("afterprint", () => {
    ladder.all = false;
    for (const slice of part("ladder").querySelectorAll(".slice")) slice.remove();
    change({ step: before });
    paintTheme();
  });
}

// Cut where rows begin; what crosses a cut stands in both slices.
function slices() {
  const { blocks, end } = ladder.layout;
  const cuts = [0];
  for (const { top } of blocks) if (top - cuts.at(-1) > SLICE) cuts.push(top);
  return cuts.map((from, at) => sliceOf(from, cuts[at + 1] ?? end));
}

function sliceOf(from, to) {
  const { columns, layout } = ladder;
  const isIn = (piece) => piece.to > from && piece.from < to;
  const drawn = [
    ...ladder.bands.filter(isIn).flatMap((one) => [...band(one, columns), phaseName(one, columns)]),
    ...ladder.pieces.filter(isIn).flatMap((piece) => lifeline(piece, Math.max(piece.from, from), Math.min(piece.to, to), columns)),
    ...layout.blocks.filter(({ row, top, bottom }) => row.kind !== "phase" && bottom > from && top < to).map((block) => draw(block, columns)),
  ];
  return svg("svg", { class: "ladder slice", viewBox: "0 " + round(from) + " " + round(columns.width) + " " + round(to - from) }, drawn);
}
