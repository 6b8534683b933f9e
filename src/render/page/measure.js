// How much room words take, and where they break into lines.
const SANS = 'system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "DejaVu Sans", sans-serif';
const MONO = 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "WenQuanYi Micro Hei Mono", monospace';
const pen = document.createElement("canvas").getContext("2d");
const known = new Map();

// Pixels. `face`: "sans", "bold", "mono" or "mono-bold".
function widthOf(text, size, face = "sans") {
  const key = face + size + "\u0000" + text;
  let width = known.get(key);
  if (width === undefined) {
    pen.font = (face.endsWith("bold") ? "bold " : "") + size + "px " + (face.startsWith("mono") ? MONO : SANS);
    width = pen.measureText(safe(text)).width;
    if (known.size > 50000) known.clear();
    known.set(key, width);
  }
  return width;
}

const PIECES = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[\u3000-\u303f\uff00-\uffef]|[^ \n\t\u2e80-\u9fff\uff00-\uffef]+[ \n\t]*|[ \n\t]+/g;

// Lines of at most so many pixels. Chinese breaks between any two letters, but not before a closing mark.
function wrap(text, room, size, face = "sans") {
  const lines = [];
  let line = "";
  let used = 0;
  const flush = () => {
    if (line.trim() !== "") lines.push(line.trimEnd());
    line = "";
    used = 0;
  };
  for (let piece of safe(text).match(PIECES) ?? []) {
    let wide = widthOf(piece.trimEnd(), size, face);
    if (used + wide > room && line !== "" && !/^[，。；：！？、）》」】]/.test(piece)) flush();
    while (wide > room && piece.length > 1) {
      const fits = Math.max(1, Math.floor(piece.length * room / wide) - 1);
      lines.push(piece.slice(0, fits));
      piece = piece.slice(fits);
      wide = widthOf(piece.trimEnd(), size, face);
    }
    line += piece;
    used += widthOf(piece, size, face);
  }
  flush();
  return lines;
}

// Cut at its end so that it fits.
function cut(text, room, size, face = "sans") {
  let letters = [...safe(text)];
  if (widthOf(text, size, face) <= room) return text;
  while (letters.length > 1 && widthOf(letters.join("") + "…", size, face) > room) {
    letters = letters.slice(0, Math.max(1, Math.floor(letters.length * 0.92)));
  }
  return letters.join("") + "…";
}
