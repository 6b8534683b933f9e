"""A page of several objects over HTTP/1.1, for a browser: two redirects, an object that is not there, one that takes a while."""

import http.server
import sys
import time

OBJECTS = {
    "/": ("text/html", b"""<!doctype html><title>page</title><link rel=stylesheet href=/style.css>
<script src=/late.js></script><h1>page</h1>"""
        + b"".join(b"<img src=/image-%d.svg>" % number for number in range(8))
        + b"<img src=/moved.svg><img src=/gone.svg>"),
    "/style.css": ("text/css", b"h1 { color: #123 }" * 400),
    "/late.js": ("text/javascript", b"fetch('/data.json', {method: 'POST', body: 'a=1'}).then(r => r.json())"),
    "/data.json": ("application/json", b'{"a": 1}'),
    "/there.svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
}
for number in range(8):
    OBJECTS["/image-%d.svg" % number] = ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>" + b" " * 3000 * number)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        if self.path == "/start":
            return self.answer(302, [("Location", "/")], b"")
        if self.path == "/moved.svg":
            return self.answer(301, [("Location", "there.svg")], b"")
        if self.path == "/late.js":
            time.sleep(0.05)
        kind, body = OBJECTS.get(self.path, (None, None))
        if body is None:
            return self.answer(404, [("Content-Type", "text/plain")], b"not here")
        self.answer(200, [("Content-Type", kind), ("Set-Cookie", "visit=hush")], body)

    do_POST = do_GET

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("", int(sys.argv[1])), Handler).serve_forever()
