"""A local HTTP server with the faults of real ones."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """A server on this machine whose faults a test writes down beforehand, one a request."""

    def __init__(self, files):
        self.files = files
        self.faults, self.asked, self.tag = [], [], '"v1"'
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, request):
        self.asked.append((request.path, request.headers.get("Range")))
        fault = self.faults.pop(0) if self.faults else None
        if fault == "reset":
            request.close_connection = True
            return
        status, extra = fault if isinstance(fault, tuple) else (fault, {})
        if isinstance(status, int):
            self._send(request, status, b"", extra)
        elif fault == "portal":
            self._send(request, 200, b"<html>Log in</html>", {})
        elif request.path not in self.files:
            self._send(request, 404, b"", {})
        else:
            self._serve(request, fault)

    def _serve(self, request, fault):
        body = self.files[request.path]
        same = request.headers.get("If-Range") == self.tag
        start = 0
        if request.headers.get("Range") and same and fault != "whole":
            start = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
        headers = {"ETag": self.tag, "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}
        if fault == "no tag":
            headers = {}
        if start >= len(body) > 0:
            self._send(request, 416, b"", {})
            return
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        sent = body[start:]
        cut = len(sent) // 2 if fault in {"cut", "no tag"} else None
        self._send(request, 206 if start else 200, sent, headers, cut=cut)

    def _send(self, request, status, body, headers, cut=None):
        request.send_response(status)
        for name, text in headers.items():
            request.send_header(name, text)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[:cut])
        request.close_connection = cut is not None


def serving(monkeypatch, server):
    """Yield a server as a fixture does, and close it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.http.shutdown()
    server.http.server_close()


class Patience(list):
    """Remembers the seconds instead of sleeping them."""

    def __call__(self, seconds):
        self.append(seconds)
