"""Opens pictures in headless Chromium: pictures.py CHROMIUM LIST.json, a list of {"name", "file", "arrows", "steps", "hostile"}.

Each has its arrows and steps, all its words inside its edges, and no words on others; hostile words may be in the way."""

import json
import sys

from checks import check, finish
from devtools import Tab

chromium, pictures = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
tab = Tab(chromium)
tab.size(1280, 720)

# Shafts go most of the way from one lifeline to the other; a lost one comes over half of it, and one that nobody sent begins on the way.
LOOK = """(() => {
const picture = document.documentElement, edges = picture.viewBox.baseVal;
const lines = [...document.querySelectorAll('[id^=step-] line')];
const lanes = [...document.querySelectorAll('[id^=lifelines-] line')].map(line => line.x1.baseVal.value);
const between = Math.max(...lanes) - Math.min(...lanes);
const arrows = lines.filter(line => ['2', '6'].includes(line.getAttribute('stroke-width'))
    && Math.abs(line.x2.baseVal.value - line.x1.baseVal.value) > between * 0.3).length;
const words = [...document.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
    const box = text.getBBox(), matrix = picture.getScreenCTM().inverse().multiply(text.getScreenCTM());
    // Letters fill the middle of their line.
    const [top, bottom] = [box.y + box.height * 0.22, box.y + box.height * 0.82];
    const corners = [[box.x, top], [box.x + box.width, top], [box.x + box.width, bottom], [box.x, bottom]]
        .map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix)).map(({x, y}) => [x, y]);
    return {text: text.textContent, corners};
});
const outside = words.filter(({corners}) => corners.some(([x, y]) =>
    x < edges.x - 0.5 || y < edges.y - 0.5 || x > edges.x + edges.width + 0.5 || y > edges.y + edges.height + 0.5));
// Two boxes are apart when a line along an edge of one keeps them apart.
const apart = (a, b) => [[a, 0, 1], [a, 1, 2], [b, 0, 1], [b, 1, 2]].some(([box, from, to]) => {
    const axis = [box[to][0] - box[from][0], box[to][1] - box[from][1]];
    const reach = corners => corners.map(([x, y]) => x * axis[0] + y * axis[1]);
    const [one, other] = [reach(a), reach(b)];
    return Math.max(...one) <= Math.min(...other) || Math.max(...other) <= Math.min(...one);
});
const overlaps = [];
words.forEach((one, at) => words.slice(at + 1).forEach(other => {
    if (!apart(one.corners, other.corners)) overlaps.push(one.text.slice(0, 50) + ' | ' + other.text.slice(0, 50));
}));
return {arrows, words: words.length, outside: outside.map(({text}) => text.slice(0, 60)), overlaps,
    steps: document.querySelectorAll('[id^=step-]').length};
})()"""

for picture in pictures:
    name = picture["name"]
    tab.go("file://" + picture["file"])
    seen = tab.run(LOOK)
    check(f"{name}: arrows", seen["arrows"] == picture["arrows"], f"{seen['arrows']} instead of {picture['arrows']}")
    check(f"{name}: steps", seen["steps"] == picture["steps"] and seen["words"] > 5, seen["steps"])
    # Hostile words are longer than their places.
    if not picture["hostile"]:
        check(f"{name}: words inside its edges", not seen["outside"], seen["outside"])
        check(f"{name}: no words on others", not seen["overlaps"], seen["overlaps"])
    check(f"{name}: no complaint", not tab.complaints(), tab.complaints()[:3])

finish(tab)
