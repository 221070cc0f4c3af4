"""A webhook that accepts every message."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer


class Webhook(BaseHTTPRequestHandler):
    """Answers each request in the same way."""

    def do_POST(self) -> None:
        """Read the message and accept it."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()


HTTPServer(("", 8080), Webhook).serve_forever()
