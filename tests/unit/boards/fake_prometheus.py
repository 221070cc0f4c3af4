"""A server that answers the two questions of Prometheus' HTTP API with series that a test gives."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
# Series with values by query: a list of (labels, function of the time).
Answerer = Callable[[str], list[tuple[dict[str, str], Callable[[float], float]]]]


@contextmanager
def serving(answer: Answerer) -> Iterator[str]:
    """Yield the address of the server."""

    class Handler(BaseHTTPRequestHandler):
        """Answers `query` and `query_range`."""

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
            series = answer(asked["query"])
            body = json.dumps({"status": "success", "data": _data(address.path, asked, series)}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _data(path: str, asked: dict[str, str], series: list[tuple[dict[str, str], Callable[[float], float]]]) -> Json:
    if path.endswith("query"):
        time = float(asked["time"])
        return {
            "resultType": "vector",
            "result": [{"metric": labels, "value": [time, str(of(time))]} for labels, of in series],
        }
    start, end, step = (float(asked[name]) for name in ("start", "end", "step"))
    times = [start + step * place for place in range(int((end - start) / step) + 1)]
    return {
        "resultType": "matrix",
        "result": [{"metric": labels, "values": [[time, str(of(time))] for time in times]} for labels, of in series],
    }
