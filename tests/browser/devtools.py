"""A headless Chromium and one tab in it, spoken to in the DevTools protocol over two pipes, so that no traffic is made."""

import base64
import json
import os
import subprocess
import tempfile
import time


class Tab:
    def __init__(self, chromium):
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

        def pipes():
            # Descriptors 3 and 4 are what --remote-debugging-pipe uses. First out of the way: they may be each other's.
            reads, writes = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reads, 3)
            os.dup2(writes, 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self.browser = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
             "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + self.profile.name, "about:blank"],
            preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        os.set_blocking(self.answers, False)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(domain + ".enable")

    def send(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        return self.number

    def receive(self, until):
        """The next message, or None when the time is over."""
        while True:
            message, end, rest = self.buffer.partition(b"\0")
            if end:
                self.buffer = rest
                message = json.loads(message)
                if "method" in message:
                    self.events.append(message)
                return message
            if time.monotonic() > until:
                return None
            try:
                octets = os.read(self.answers, 1 << 16)
                if not octets:
                    raise SystemExit("the browser is gone")
                self.buffer += octets
            except BlockingIOError:
                time.sleep(0.003)

    def call(self, method, **params):
        wanted, until = self.send(method, **params), time.monotonic() + 20
        while message := self.receive(until):
            if message.get("id") == wanted:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
        raise SystemExit(method + " was not answered")

    def go(self, url):
        """Loads a page from scratch and waits until it is there."""
        for place in ["about:blank", url]:
            loaded = self.loads()
            self.call("Page.navigate", url=place)
            until = time.monotonic() + 20
            while self.loads() == loaded:
                if self.receive(until) is None:
                    raise SystemExit(place + " did not load")
        self.settle()

    def loads(self):
        return sum(event["method"] == "Page.loadEventFired" for event in self.events)

    def settle(self):
        """Two frames have been drawn."""
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def run(self, script):
        """What a script gives, as JSON."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(script + "\n" + json.dumps(result["exceptionDetails"])[:600])
        return result["result"].get("value")

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        self.settle()

    def media(self, **features):
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=named)

    def key(self, key, code=None, modifiers=0):
        codes = {"Enter": 13, "Escape": 27, " ": 32, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38,
                 "ArrowRight": 39, "ArrowDown": 40, "Tab": 9}
        number = codes.get(key) or (ord(key.upper()) if key.isalnum() else 0)
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        params = dict(key=key, windowsVirtualKeyCode=number, modifiers=modifiers, code=code or "")
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)
        self.settle()

    def centre(self, selector):
        """Where an element stands in the window."""
        return self.run("(() => { const e = document.querySelector(" + json.dumps(selector) + "); e.scrollIntoView({block: 'nearest'});"
                        "const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()")

    def move(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.settle()

    def click(self, selector):
        x, y = self.centre(selector)
        self.click_at(x, y)

    def click_at(self, x, y):
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def wheel(self, x, y, down, modifiers=0):
        self.call("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=down, modifiers=modifiers)
        self.settle()

    def picture(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def complaints(self):
        """What the console says, exceptions, and requests for anything but the page itself."""
        said = []
        for event in self.events:
            method, params = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                said.append(details.get("exception", {}).get("description", details["text"]))
            elif method == "Runtime.consoleAPICalled":
                said.append("console: " + json.dumps([one.get("value", one.get("description")) for one in params["args"]]))
            elif method == "Log.entryAdded":
                said.append("log: " + params["entry"]["text"])
            elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("file:", "about:", "data:")):
                said.append("request: " + params["request"]["url"])
        return said

    def close(self):
        self.session = None
        self.send("Browser.close")
        try:
            self.browser.wait(5)
        except subprocess.TimeoutExpired:
            self.browser.kill()
