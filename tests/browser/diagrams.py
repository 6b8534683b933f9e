"""Has mermaid read and draw diagrams in headless Chromium: diagrams.py CHROMIUM mermaid.min.js LIST.json, a list of
{"name", "file", "arrows", "words"}: so many arrows are drawn, and those words are text in the drawing."""

import json
import os
import sys
import tempfile

from checks import check, finish
from devtools import Tab

chromium, mermaid, diagrams = sys.argv[1], os.path.abspath(sys.argv[2]), json.load(open(sys.argv[3], encoding="utf-8"))
tab = Tab(chromium)
tab.size(1280, 720)
with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as page:
    page.write(f'<!doctype html><meta charset="utf-8"><script src="file://{mermaid}"></script><div id="place"></div>')
    page.flush()
    tab.go("file://" + page.name)
# As pages that draw the diagrams of others set it up.
tab.run("mermaid.initialize({startOnLoad: false, securityLevel: 'strict', maxTextSize: 1e6})")

DRAW = """(async text => {
try {
    const kind = await mermaid.parse(text);
    const place = document.querySelector('#place');
    place.innerHTML = (await mermaid.render('drawing', text)).svg;
    return {kind: kind.diagramType, arrows: place.querySelectorAll('.messageLine0, .messageLine1').length,
        text: place.textContent, active: place.querySelectorAll('script, img, iframe, a, [onload], [onerror]').length};
} catch (error) {
    return {kind: String(error)};
}
})(%s)"""

for diagram in diagrams:
    name, text = diagram["name"], open(diagram["file"], encoding="utf-8").read()
    drawn = tab.run(DRAW % json.dumps(text))
    check(f"{name}: mermaid takes it", drawn["kind"] == "sequence", drawn["kind"])
    if drawn["kind"] == "sequence":
        check(f"{name}: arrows", drawn["arrows"] == diagram["arrows"], f"{drawn['arrows']} instead of {diagram['arrows']}")
        missing = [words for words in diagram["words"] if words not in drawn["text"]]
        check(f"{name}: words are text", not missing, f"{missing} not in {drawn['text'][-800:]}")
        check(f"{name}: nothing but a drawing", drawn["active"] == 0, drawn["active"])
    check(f"{name}: no complaint", not tab.complaints(), tab.complaints()[:3])

finish(tab)
