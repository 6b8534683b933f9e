"""Goes through decks in headless Chromium: decks.py CHROMIUM LIST.json [PICTURES], a list of {"name", "kind", "file", "slides", "pictures",
"tame"}.

A deck has that many slides and pictures, and each is reached by the right arrow key. Everything is inside of its slide, on the tame ones.
A Slidev deck is a folder, served on loopback, as scripts of file:// may not import one another."""

import functools
import http.server
import json
import os
import sys
import threading

from checks import check, finish
from devtools import Tab

chromium, decks = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
shots = sys.argv[3] if len(sys.argv) > 3 else None
tab = Tab(chromium)
tab.size(1280, 720)

# The slide that is shown, how many there are, the pictures of this one that were loaded, and what of it is out of sight.
LOOK = {
    "reveal": """(() => {
        const slide = Reveal.getCurrentSlide(), frame = document.querySelector('.slides').getBoundingClientRect();
        return {at: Reveal.getSlidePastCount() + 1, slides: Reveal.getTotalSlides(),
            pictures: [...slide.querySelectorAll('img')].filter(img => img.naturalWidth > 0).length,
            pending: PENDING(slide), notes: slide.querySelectorAll('aside.notes p').length,
            out: OUT(slide.querySelectorAll('h1, h2, p, li, img'), frame)};
    })()""",
    "marp": """(() => {
        const pages = [...document.querySelectorAll('svg[data-marpit-svg]')];
        const page = pages.find(page => page.classList.contains('bespoke-marp-active'));
        const shown = [...page.querySelectorAll('figure, img')];
        return {at: pages.indexOf(page) + 1, slides: pages.length, pictures: shown.length, pending: 0, notes: 0,
            sources: shown.map(one => one.src || getComputedStyle(one).backgroundImage.slice(5, -2)),
            out: OUT(page.querySelectorAll('h1, h2, p, li'), page.getBoundingClientRect())};
    })()""",
    "slidev": """(() => {
        const all = [...document.querySelectorAll('.slidev-page')];
        const slide = all.find(one => one.checkVisibility()), frame = document.querySelector('#slide-content').getBoundingClientRect();
        return {at: Number(location.pathname.split('/').pop() || 1), slides: null,
            pictures: [...slide.querySelectorAll('img')].filter(img => img.naturalWidth > 0).length,
            pending: PENDING(slide), notes: 0,
            out: OUT(slide.querySelectorAll('h1, h2, p, li, img'), frame)};
    })()""",
}
OUT = """const PENDING = slide => [...slide.querySelectorAll('img')].filter(img => !img.complete).length;
const OUT = (elements, frame) => [...elements].filter(one => one.checkVisibility()).filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
}).map(one => (one.tagName + ' ' + one.textContent).slice(0, 60));"""


def serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def send_head(self):
            # One page, whatever the slide.
            if not os.path.isfile(self.translate_path(self.path)):
                self.path = "/index.html"
            return super().send_head()

        def copyfile(self, source, outputfile):
            try:
                super().copyfile(source, outputfile)
            except BrokenPipeError:
                # The browser has left the page.
                pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


for deck in decks:
    name, kind, own = deck["name"], deck["kind"], None
    if kind == "slidev":
        own = serve(deck["file"])
    tab.go(own + "1" if own else "file://" + deck["file"])
    if own:
        tab.run("new Promise(done => { const wait = () => document.querySelector('.slidev-page') ? done(true) : setTimeout(wait, 50); wait(); })")
    look = "(() => { " + OUT + " return " + LOOK[kind] + "; })()"
    seen, pictures, notes, out, sources = tab.run(look), 0, 0, [], []
    if not own:
        check(f"{name}: slides", seen["slides"] == deck["slides"], f"{seen['slides']} instead of {deck['slides']}")
    for number in range(1, deck["slides"] + 1):
        if number > 1:
            tab.key("ArrowRight")
            # A transition may take a moment, and so may a picture.
            for _ in range(100):
                seen = tab.run(look)
                if seen["at"] == number and seen["pending"] == 0:
                    break
                tab.settle()
        if seen["at"] != number:
            check(f"{name}: the right arrow key leads to slide {number}", False, seen["at"])
            break
        pictures, notes = pictures + seen["pictures"], notes + seen["notes"]
        # Hostile words are more than any slide was made for.
        if number <= deck["tame"]:
            out += [f"{number}: {one}" for one in seen["out"]]
        sources += seen.get("sources", [])
        if shots:
            tab.picture(os.path.join(shots, f"{name}-{number:02}.png".replace("/", "-")))
    tab.key("ArrowRight")
    check(f"{name}: the last slide is the last", tab.run(look)["at"] == deck["slides"], tab.run(look)["at"])
    check(f"{name}: pictures", pictures == deck["pictures"], f"{pictures} instead of {deck['pictures']}")
    gone = [source for source in sources if not os.path.isfile(source.removeprefix("file://"))]
    check(f"{name}: and their files are there", not gone, gone[:3])
    if kind == "reveal":
        check(f"{name}: notes for each step", notes >= deck["pictures"], notes)
    check(f"{name}: everything is inside its slide", not out, out)
    made = tab.run("document.querySelectorAll('[onerror], [onload], iframe, img[src=x]').length")
    check(f"{name}: hostile words stay words", made == 0, made)
    # Slidev loads its parts, and has a trouble of its own that no deck can help.
    expected = ("request: " + own, 'console: ["Failed to patch FloatingVue"') if own else ()
    complaints = [one for one in tab.complaints() if not one.startswith(expected)]
    check(f"{name}: no complaint, no request", not complaints, complaints[:4])
    tab.events = []

finish(tab)
