"""A page on 127.0.0.1 that draws the boards on each request. `observe` runs it."""

from __future__ import annotations

import html
import tempfile
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from boards.drawing import draw
from boards.drawing.prometheus import Prometheus, QueryError
from boards.drawing.scope import Scope
from boards.layout import FLEET_UID, SWEEP_UID

MINUTES = 15.0
MAX_MINUTES = 24 * 60.0
RELOAD_SECONDS = 15
HEAD = (
    "<!doctype html><title>HPOSweep</title>"
    f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
    "<style>body{background:#111217;color:#d8d9da;font-family:sans-serif;width:1280px;margin:0 auto}"
    "a{color:#8ab8ff;margin-right:1em}img{display:block;margin-bottom:2em}</style>"
)
EMPTY = "The operator has no sweeps yet. This page loads itself again."


def serve(server: Prometheus, port: int, scrape_seconds: float) -> None:
    """Answer requests until Ctrl-C."""

    class Handler(BaseHTTPRequestHandler):
        """Answers with the page or with a picture."""

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            chosen = {name: values[-1] for name, values in parse_qs(address.query).items()}
            try:
                if address.path == "/":
                    self._send(200, "text/html; charset=utf-8", page(server, chosen).encode())
                elif (uid := address.path.strip("/").removesuffix(".png")) in (SWEEP_UID, FLEET_UID):
                    self._send(200, "image/png", picture(server, uid, chosen, scrape_seconds))
                else:
                    self._send(404, "text/plain", b"no such page\n")
            except (QueryError, ValueError) as error:
                self._send(500, "text/plain; charset=utf-8", f"{error}\n".encode())

        def log_message(self, format: str, *args: object) -> None:
            """Print no line for each request."""

        def _send(self, code: int, kind: str, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", port), Handler) as http:
        try:
            http.serve_forever()
        except KeyboardInterrupt:
            return


def page(server: Prometheus, chosen: dict[str, str]) -> str:
    """Return the page: links to all sweeps, the chosen sweep or the latest one, and the fleet."""
    sweeps = latest_first(server)
    if not sweeps:
        return f"{HEAD}<p>{EMPTY}</p>"
    namespace, name = chosen.get("namespace", sweeps[0][0]), chosen.get("sweep", sweeps[0][1])
    links = "".join(f'<a href="/?{html.escape(_query(*each))}">{html.escape("/".join(each))}</a>' for each in sweeps)
    shown = f"{_query(namespace, name)}&minutes={quote(chosen.get('minutes', str(MINUTES)))}"
    images = "".join(f'<img src="/{uid}.png?{html.escape(shown)}">' for uid in (SWEEP_UID, FLEET_UID))
    return f"{HEAD}<p>{links}</p>{images}"


def latest_first(server: Prometheus) -> Sequence[tuple[str, str]]:
    """Return namespace and name of each sweep, the one that started last first."""
    answers = server.at("hposweep_start_timestamp_seconds", time.time())
    ordered = sorted(answers, key=lambda each: -each.samples[-1][1])
    return [(each.labels["namespace"], each.labels["hposweep"]) for each in ordered]


def picture(server: Prometheus, uid: str, chosen: dict[str, str], scrape_seconds: float) -> bytes:
    """Return the picture of one board. Raises QueryError, or ValueError where `minutes` is no number in range."""
    minutes = float(chosen.get("minutes", MINUTES))
    if not 0 < minutes <= MAX_MINUTES:
        raise ValueError(f"minutes: out of range (got {minutes:g}; allowed up to {MAX_MINUTES:g})")
    end = time.time()
    namespace = ".*" if uid == FLEET_UID else chosen.get("namespace", "")
    scope = Scope(namespace, chosen.get("sweep", ""), end - 60 * minutes, end, scrape_seconds)
    with tempfile.TemporaryDirectory(prefix="hposweep-boards-") as folder:
        (path,) = draw.draw(draw.answers(server, scope, uids=(uid,)), scope, Path(folder))
        return path.read_bytes()


def _query(namespace: str, name: str) -> str:
    return f"namespace={quote(namespace)}&sweep={quote(name)}"
