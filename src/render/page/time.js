// Points in time, written.
const UNITS = [["ms", 1e6, 1e9], ["s", 1e9, 1e12], ["h", 3.6e12, 3.6e15], ["d", 8.64e13, Infinity]];

// Nanoseconds as `20.085 ms`; digits beyond the third are cut, not rounded.
function point(ns) {
  const size = Math.abs(ns);
  const [name, unit] = UNITS.find(([, , end]) => size < end);
  const thousandths = Math.floor(size * 1000 / unit);
  const digits = thousandths < 1e7 ? Math.floor(thousandths / 1000) + "." + String(thousandths % 1000).padStart(3, "0") : String(Math.floor(thousandths / 1000));
  return (ns < 0 ? "-" : "") + digits + " " + name;
}

// Where room is scarce: `20.1 ms`.
function shortPoint(ns) {
  const size = Math.abs(ns);
  const [name, unit] = UNITS.find(([, , end]) => size < end);
  const value = size / unit;
  return (ns < 0 ? "-" : "") + value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) + " " + name;
}
