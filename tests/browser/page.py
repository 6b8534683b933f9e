"""Drives every control of a page in headless Chromium, by key and by mouse: page.py CHROMIUM FILE.html [PICTURES].

One line a check; 1 when one fails. With PICTURES, a directory, it leaves pictures of the page there."""

import json
import os
import re
import sys
import tempfile
import time

from checks import check, finish
from devtools import Tab

chromium, file = sys.argv[1:3]
pictures = sys.argv[3] if len(sys.argv) > 3 else None
text = open(file, encoding="utf-8").read()
island = re.search(r'(<script type="application/json" id="data">)(.*?)(</script>)', text, re.S)
data = json.loads(island.group(2))
first = data["connections"][0]
rows, steps = first["rows"], first["steps"]
home = "file://" + os.path.abspath(file)
tab = Tab(chromium)


def run(script):
    return tab.run(script)


def link():
    return run("location.hash")


def step():
    found = re.search(r"step=(\d+)", link())
    return int(found.group(1)) if found else 0


def of(selector, what):
    return run(f"document.querySelector({json.dumps(selector)}){what}")


def count(selector):
    return run(f"document.querySelectorAll({json.dumps(selector)}).length")


def is_shown(selector):
    return run(f"document.querySelector({json.dumps(selector)}).checkVisibility()")


def press(keys):
    for key in keys.split():
        tab.key({"Space": " "}.get(key, key))


def both_ways(name, key, selector, state):
    """The key changes it, the mouse changes it back."""
    before = run(state)
    press(key)
    after = run(state)
    check(f"{name}: key {key}", before != after, f"stays {before}")
    tab.click(selector)
    check(f"{name}: mouse", run(state) == before, f"{run(state)} instead of {before}")


def quiet(name):
    check(name + ": no complaint, no request", not tab.complaints(), tab.complaints()[:3])


def shot(name):
    if pictures:
        tab.picture(os.path.join(pictures, name + ".png"))


def load(fragment="", url=home):
    tab.go(url + fragment)


def copy(change):
    """The page with other data; its script is the same, so the policy lets it run."""
    other = json.loads(island.group(2))
    change(other)
    written = json.dumps(other).replace("<", "\\u003c")
    with tempfile.NamedTemporaryFile("w", suffix=".html", delete=False, encoding="utf-8") as out:
        out.write(text[:island.start(2)] + written + text[island.end(2):])
    return out.name


# The page as it is.
tab.size(1280, 720)
load()
shot("overview")
check("under 200 KB without data", len(text.encode()) - len(island.group(2).encode()) < 200_000, len(text.encode()))
policy = of("meta[http-equiv=Content-Security-Policy]", ".content")
check("a policy that allows no network", "default-src 'none'" in policy and "unsafe-eval" not in policy and "script-src 'sha256-" in policy, policy)
check("lanes by role and address", all(lane["address"] in of("#lanes", ".textContent") for lane in first["lanes"]), of("#lanes", ".textContent"))
check("the ladder is drawn", count("#ladder .row") > 2 and count("#ladder .segment .shaft") > 0)
quiet("loading")

# Steps.
for key, wanted in [("ArrowRight", 1), ("PageDown", 2), ("ArrowLeft", 1), ("Space", 2), ("PageUp", 1), ("End", len(steps)), ("Home", 1), ("Escape", 0)]:
    press(key)
    check(f"steps: {key}", step() == wanted, f"{step()} instead of {wanted}")
for selector, wanted in [("#next", 1), ("#last", len(steps)), ("#back", len(steps) - 1), ("#first", 1)]:
    tab.click(selector)
    check(f"steps: click {selector}", step() == wanted, f"{step()} instead of {wanted}")
tab.click(".pip:last-of-type")
check("steps: click on a dot", step() == len(steps), step())
press("Home")
check("the step is told in the live region", steps[0]["title"]["en"] in of("#now", ".textContent") and of("#now", ".getAttribute('aria-live')") == "polite", of("#now", ".textContent"))
press("Escape > > p")
time.sleep(1.2)
check("play goes on by itself", step() >= 1 and of("#play", ".getAttribute('aria-pressed')") == "true", step())
tab.click("#play")
stopped = step()
time.sleep(1)
check("pause: mouse", step() == stopped and of("#play", ".getAttribute('aria-pressed')") == "false", step())
press("Home")
check("what comes later is dimmed", count("#ladder .row.later") > 0 and count("#ladder .row.now") > 0 or len(steps) == 1)
both_ways("later steps hidden", "i", "#later", "document.querySelector('#stage').classList.contains('hides-later')")


# The state diagram, against the data: what stands below is never told before what stands above.
def states_at(number):
    at, last = 0, [None, None]
    for row in rows:
        at = max(at, row["step"])
        if at < number:
            for side in [0, 1]:
                for state in row.get("states", [[], []])[side]:
                    last[side] = state["name"]
    return last


wrong = []
press("Escape")
for number in range(1, len(steps) + 1):
    press("ArrowRight")
    lit = run("[0, 1].map(side => [...document.querySelectorAll('#diagram .node.lit-' + side)].map(node => node.dataset.state))")
    wanted = [[name] if name else [] for name in states_at(number)]
    if lit != wanted:
        wrong.append((number, lit, wanted))
check("both states are lit, step by step", not wrong, wrong)
check("eleven states", run("new Set([...document.querySelectorAll('#diagram .node')].map(node => node.dataset.state)).size") == 11)

# View.
both_ways("spacing", "w", "#spacing", "document.querySelector('#spacing').textContent")
width = "document.querySelector('#ladder svg').getBoundingClientRect().width"
for name, act in [("+", lambda: press("+")), ("-", lambda: press("-")), ("mouse +", lambda: tab.click("#zoom-in")), ("mouse -", lambda: tab.click("#zoom-out")),
                  ("Ctrl-wheel", lambda: tab.wheel(400, 500, -100, 2))]:
    before = run(width)
    act()
    check(f"zoom: {name}", run(width) != before, before)
press("0")
check("zoom: 0", of("#zoom-reset", ".textContent") == "100%")
press("f")
check("fit: key f", run("(() => { const s = document.querySelector('#scroll'); return s.scrollHeight <= s.clientHeight + 2 || document.querySelector('#zoom-reset').textContent === '20%'; })()"))
press("0")
tab.click("#fit")
fitted = of("#zoom-reset", ".textContent")
tab.click("#zoom-reset")
check("fit and reset: mouse", of("#zoom-reset", ".textContent") == "100%", fitted)
both_ways("hide data", "h", "#hide-data", "document.querySelector('#hide-data').getAttribute('aria-pressed')")
both_ways("hide pure ACKs", "a", "#hide-acks", "document.querySelector('#hide-acks').getAttribute('aria-pressed')")
load("#hide=acks")
pure = sum(1 for row in rows if row["kind"] == "segment" and row["pure_ack"])
listed = len([row for row in rows if row["kind"] == "segment"])
check("pure ACKs are away", count("#table tr.segment") == listed - pure, (count("#table tr.segment"), listed, pure))
load("#step=1")
both_ways("speaker notes", "s", "#notes-toggle", "document.querySelector('#notes').checkVisibility()")
press("m")
check("state diagram: large", run("document.querySelector('#stage').classList.contains('large-machine')"))
tab.click("#machine-toggle")
check("state diagram: off", not is_shown("#machine"))
press("m")
both_ways("language", "l", "#lang", "document.documentElement.lang")
both_ways("dark", "d", "#dark", "document.documentElement.dataset.theme")
before = of("#theme", ".value")
press("t")
check("theme: key t", of("#theme", ".value") != before and of("html", ".dataset.theme") == of("#theme", ".value"), before)

# Colours.
CONTRAST = """(() => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => { const hex = style.getPropertyValue('--' + name).trim(); return [1, 3, 5].map((at) => { const v = parseInt(hex.slice(at, at + 2), 16) / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }).reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const pairs = [['state', 'state-box'], ['wait', 'wait-box'], ['text', 'on'], ['text', 'hit'], ['text', 'state-box']];
  for (const ink of ['text', 'dim', 'client', 'server', 'state', 'wait', 'error', 'warning', 'note', 'lesson']) for (const ground of ['paper', 'panel', 'lookup', 'open', 'data', 'close', 'time-wait']) pairs.push([ink, ground]);
  return pairs.filter(([a, b]) => !(ratio(a, b) >= 4.5)).map(([a, b]) => a + ' on ' + b + ' ' + ratio(a, b).toFixed(2));
})()"""
for theme in ["light", "dark", "print", "colour-blind"]:
    load("#theme=" + theme)
    weak = run(CONTRAST)
    check(f"colours of {theme}: at least 4.5 to 1", of("html", ".dataset.theme") == theme and not weak, weak)

# A segment, its tooltip and its header.
load("#step=1")
press("Escape")
index = next(at for at, row in enumerate(rows) if row["kind"] == "segment")
segment = f'#ladder [data-row="{index}"]'
run(f"document.querySelector('{segment}').focus()")
tab.settle()
check("tooltip on focus", is_shown("#tooltip") and rows[index]["flags"] in of("#tooltip", ".textContent"))
press("ArrowDown")
check("to the next thing: ArrowDown", run("document.activeElement.dataset.row") != str(index), index)
press("k")
check("and back: k", run("document.activeElement.dataset.row") == str(index), run("document.activeElement.dataset.row"))
tab.move(*tab.centre(segment + " .label"))
check("tooltip under the mouse", is_shown("#tooltip"))
press("Enter")
check("Enter opens the header", is_shown("#header") and count("#header .cell") >= 17 and count("#header .octet") >= 20, count("#header .cell"))
shot("header")
tab.move(*tab.centre('#header .cell[data-fields="seq"]'))
lit = run("[...document.querySelectorAll('#header .octet')].flatMap((octet, at) => octet.classList.contains('lit') ? [at] : [])")
check("a field lights its octets", lit == [4, 5, 6, 7], lit)
tab.move(*tab.centre("#header .octet:nth-child(15)"))
check("an octet lights its field", of('#header .cell[data-fields="wnd"]', ".classList.contains('lit')"))
check("the sequence number is in the octets", run("[...document.querySelectorAll('#header .octet')].slice(4, 8).map(octet => octet.textContent).join('')") == format(rows[index]["header"]["seq_raw"], "08x"))
octets = rows[index]["header"].get("octets")
shown = run("[...document.querySelectorAll('#header .octet')].map(octet => octet.textContent)")
check("the octets are those captured, or said to be rebuilt", "".join(shown) == octets if octets else "??" in shown and "rebuilt" in of("#header", ".textContent"), shown)
run("document.querySelector('#header .octet').focus()")
press("ArrowRight ArrowRight")
check("along the octets by key", of('#header .cell[data-fields="destination"]', ".classList.contains('lit')"))
press("Escape")
check("Escape closes it, the focus goes back", not is_shown("#header") and run("document.activeElement.dataset.row") == str(index))
tab.click(segment + " .label")
check("click opens the header", is_shown("#header"))
tab.click("#header .close")
check("its button closes it", not is_shown("#header"))

# Connections, search, quiz, help.
press("c")
check("connections: key c", is_shown("#connections") and count("#connections li") == len(data["connections"]))
press("ArrowDown Enter")
if len(data["connections"]) > 1:
    check("another connection by key", f"c={data['connections'][1]['id']}" in link(), link())
    tab.click("#chooser")
    tab.click("#connections li:first-child button")
else:
    tab.click("#chooser")
    check("connections: mouse", is_shown("#connections"))
    press("Escape")
check("the first connection again", f"c={first['id']}" in link() and not is_shown("#connections"), link())
press("/")
for letter in "ack":
    tab.key(letter)
press("Enter")
time.sleep(0.3)
found = of("#found", ".textContent")
check("search finds", re.match(r"1 of \d+", found) and count(".hit-row") == 1, found)
press("Escape")
check("search: Escape ends it", of("#found", ".textContent") == "" and of("#query", ".value") == "")
press("/")
for letter in "ack":
    tab.key(letter)
press("Enter")
time.sleep(0.3)
run("document.activeElement.blur()")
press("n")
check("search: n", of("#found", ".textContent").startswith("2 "), of("#found", ".textContent"))
press("N")
tab.click("#hit-after")
tab.click("#hit-before")
check("search: N and mouse", of("#found", ".textContent").startswith("1 "), of("#found", ".textContent"))
press("Escape")
both_ways("quiz", "q", "#quiz-toggle", "document.querySelector('#quiz').checkVisibility()")
load(f"#step={rows[index]['step'] + 1}")
press("q")
title = of("#now", ".textContent")
hidden = of(segment, ".getAttribute('aria-label')") + of(segment, ".textContent") + title
check("quiz hides flags everywhere", rows[index]["flags"] not in hidden and "???" in hidden, hidden)
run(f"document.querySelector('{segment}').focus()")
press("Enter")
check("quiz: Enter reveals, and no more", rows[index]["flags"] in of(segment, ".textContent") and not is_shown("#header"), of(segment, ".textContent"))
before = of("#quiz-score", ".textContent")
press("r")
tab.click("#quiz-flags")
check("quiz: r and what is hidden", of("#quiz-score", ".textContent") != before, before)
press("?")
check("help: key ?", is_shown("#help") and count("#help kbd") > 20)
press("Escape")
tab.click("#help-open")
check("help: mouse", is_shown("#help"))
press("Escape")
check("help: Escape", not is_shown("#help"))

# Links, table, names.
last = min(3, len(steps))
load(f"#c={first['id']}&step={last}&w=time&lang=zh")
check("a link to a step", step() == last and of("html", ".lang") == "zh-CN" and "真实时间" in of("#spacing", ".textContent") and steps[last - 1]["title"]["zh"] in of("#now", ".textContent"), link())
run("location.hash = '#step=1&lang=en&w=even'")
tab.settle()
check("a changed link", step() == 1 and of("html", ".lang") == "en", link())
load("#c=98765&step=2&lang=en")
check("a link to a connection that is not here says so", "no connection 98765" in of("#found", ".textContent"), of("#found", ".textContent"))
load("#step=1&lang=en&w=even")
run("document.activeElement.blur()")
press("Tab Enter")
check("the first Tab stop leads to the table", run("document.activeElement.id") == "table", run("document.activeElement.id"))
check("the table has every row", count("#table tbody tr") == len(rows), count("#table tbody tr"))
for language in ["en", "zh"]:
    load(f"#step=1&lang={language}")
    nameless = run("[...document.querySelectorAll('button, select, input, [tabindex=\"0\"]')].filter(e => e.checkVisibility() && !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML.slice(0, 80))")
    check(f"everything that takes the focus has a name ({language})", not nameless, nameless)
    roleless = run("[...document.querySelectorAll('#ladder [tabindex]')].filter(e => !e.getAttribute('role') || !e.getAttribute('aria-label')).length")
    check(f"everything in the ladder has role and name ({language})", roleless == 0, roleless)
words = run("[...document.querySelectorAll('.toggles button, .tools button:not(#lang), .bar button')].filter(e => e.checkVisibility()).map(e => (e.getAttribute('aria-label') || '') + e.title + e.textContent).filter(t => !/[\\u4e00-\\u9fff]/.test(t))")
check("controls speak Chinese", not words, words)

# Windows, media, paper.
for wide, high in [(1280, 720), (1920, 1080), (390, 800)]:
    tab.size(wide, high)
    for language in ["en", "zh"]:
        load(f"#step={last}&lang={language}")
        over = run("[document.scrollingElement.scrollWidth, innerWidth]")
        check(f"{wide}x{high} {language}: no sideways scrolling", over[0] <= over[1], over)
        shot(f"{wide}-{language}")
    quiet(f"{wide}x{high}")
tab.size(1280, 720)
tab.media(prefers_color_scheme="dark", prefers_reduced_motion="reduce")
load("#step=1")
press("ArrowRight")
check("dark as the system is", of("html", ".dataset.theme") == "dark")
check("reduced motion: nothing moves", count("svg.moves") == 0)
shot("dark")
tab.media(prefers_color_scheme="light", prefers_reduced_motion="no-preference")
run("window.dispatchEvent(new Event('beforeprint'))")
drawn = run("new Set([...document.querySelectorAll('#ladder .slice .row')].map(row => row.dataset.row)).size")
shown = sum(1 for row in rows if row["kind"] != "phase")
check("on paper every row is drawn", drawn == shown, (drawn, shown))
run("window.dispatchEvent(new Event('afterprint'))")
tab.call("Emulation.setEmulatedMedia", media="print")
check("on paper there are no controls", not is_shown("#next") and not is_shown("#toggles") and is_shown("#table"))
tab.call("Emulation.setEmulatedMedia", media="")
quiet("all of it")

# Without JavaScript.
tab.call("Emulation.setScriptExecutionDisabled", value=True)
load_noscript = tab.call("Page.navigate", url=home + "?plain")
time.sleep(0.6)
said = run("document.querySelector('noscript').innerText + document.body.innerText")
check("without JavaScript it says what is missing", "JavaScript" in said and "缺" in said or "看不到" in said, said[:80])
tab.call("Emulation.setScriptExecutionDisabled", value=False)

# Hostile bytes.
EVIL = "</script><img src=x onerror=\"document.title='owned'\"><svg onload=alert(1)> \u202egnp.exe \u001b[31m\u001b]0;x\u0007 ${a} __proto__ "


def poison(value, key=None):
    if isinstance(value, dict):
        return {name: poison(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poison(inner, key) for inner in value]
    return EVIL + value if isinstance(value, str) and key not in ("kind", "phase", "lifelines") else value


evil = copy(lambda other: other.update(poison(other)))
for fragment in ["", "#step=1", "#step=2&lang=zh&c=%3Cimg%3E&w=%3Cscript%3E"]:
    load(fragment, "file://" + evil)
    press("s")
    run("document.querySelector('#ladder .segment').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    made = run("[document.images.length, document.scripts.length, document.querySelectorAll('[onerror], [onload], iframe, a:not(.skip)').length]")
    raw = run("/[\\u001b\\u0007\\u202e]/.test(document.querySelector('#app').textContent + document.title + [...document.querySelectorAll('#app *')].flatMap(e => [...e.attributes].map(a => a.value)).join(''))")
    check(f"hostile text stays text {fragment}", made == [0, 2, 0] and not of("html", ".outerHTML.includes('<title>owned')") and not raw, (made, raw))
quiet("hostile text")
os.unlink(evil)
empty = copy(lambda other: other.update(connections=[], connections_in_all=0))
load("", "file://" + empty)
check("without a connection it says so", "no TCP connection" in of("#app", ".textContent"))
os.unlink(empty)


# Many rows.
def grow(other):
    connection = other["connections"][0]
    own = [at for at, row in enumerate(connection["rows"]) if row["kind"] in ("segment", "arrival") and "states" not in row]
    place = own[0] if own else len(connection["rows"])
    row = connection["rows"][place] if own else connection["rows"][index]
    more = [dict(row, event=10**6 + number, slants=False, states=[[], []]) for number in range(5000)]
    connection["rows"][place:place] = [line for line in more] if row["kind"] == "segment" else [dict(connection["rows"][index], slants=False, states=[[], []], step=row["step"]) for _ in range(5000)]


big = copy(grow)
began = time.monotonic()
load("", "file://" + big)
took = time.monotonic() - began
check("5,000 rows are there within 8 s", took < 8, took)
check("only those in view are drawn", 2 < count("#ladder .row") < 400, count("#ladder .row"))
began = time.monotonic()
press("End")
tab.wheel(400, 500, 20000)
tab.settle()
took = time.monotonic() - began
check("and a step takes no longer than 2 s", took < 2 and count("#ladder .row") > 2, took)
quiet("5,000 rows")
os.unlink(big)

finish(tab)
