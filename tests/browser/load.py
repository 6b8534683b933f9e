"""Loads a page in headless Chromium and writes the browser's own log of the network: load.py CHROMIUM URL LOG.

It speaks the DevTools protocol over two pipes, so that no other traffic is made."""

import json
import os
import subprocess
import sys
import tempfile
import time

chromium, url, log = sys.argv[1:4]
to_browser, commands = os.pipe()
answers, from_browser = os.pipe()
profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def pipes():
    # Descriptors 3 and 4 are what --remote-debugging-pipe uses. First out of the way: they may be each other's.
    reads, writes = os.dup(to_browser), os.dup(from_browser)
    os.dup2(reads, 3)
    os.dup2(writes, 4)
    os.set_inheritable(3, True)
    os.set_inheritable(4, True)


browser = subprocess.Popen(
    [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
     "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
     "--disable-dev-shm-usage", "--user-data-dir=" + profile.name, "about:blank"],
    preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(to_browser)
os.close(from_browser)
os.set_blocking(answers, False)
buffer = b""
number = 0
events = []


def send(method, session=None, **params):
    global number
    number += 1
    message = {"id": number, "method": method, "params": params}
    if session:
        message["sessionId"] = session
    os.write(commands, json.dumps(message).encode() + b"\0")
    return number


def receive(until):
    """The next message, or None when the time is over."""
    global buffer
    while True:
        message, end, rest = buffer.partition(b"\0")
        if end:
            buffer = rest
            message = json.loads(message)
            if "method" in message:
                events.append(message)
            return message
        if time.monotonic() > until:
            return None
        try:
            octets = os.read(answers, 1 << 16)
            if not octets:
                sys.exit("the browser is gone")
            buffer += octets
        except BlockingIOError:
            time.sleep(0.005)


def call(method, session=None, **params):
    wanted, until = send(method, session, **params), time.monotonic() + 20
    while message := receive(until):
        if message.get("id") == wanted:
            return message["result"]
    sys.exit(method + " was not answered")


target = call("Target.createTarget", url="about:blank")["targetId"]
session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
call("Network.enable", session)
call("Page.enable", session)
call("Page.navigate", session, url=url)
# All is there when nothing has come for half a second.
until = time.monotonic() + 20
while time.monotonic() < until and receive(time.monotonic() + 0.5 if any(
        event["method"] == "Page.loadEventFired" for event in events) else until):
    pass

requests = []
for event in events:
    params = event["params"]
    if event["method"] == "Network.requestWillBeSent":
        if "redirectResponse" in params:
            before = next(one for one in reversed(requests) if one["id"] == params["requestId"])
            response = params["redirectResponse"]
            before.update(status=response["status"], connection=response.get("connectionId"), reused=response.get("connectionReused"))
        request = params["request"]
        requests.append({"id": params["requestId"], "method": request["method"], "url": request["url"], "status": None})
    elif event["method"] == "Network.responseReceived":
        response = params["response"]
        before = next(one for one in reversed(requests) if one["id"] == params["requestId"])
        before.update(status=response["status"], connection=response.get("connectionId"), reused=response.get("connectionReused"))
with open(log, "w") as out:
    json.dump(requests, out, indent=1)
send("Browser.close")
try:
    browser.wait(5)
except subprocess.TimeoutExpired:
    browser.kill()
