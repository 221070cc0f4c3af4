"""`/metrics`, `/healthz` and `/readyz` on one port, in the operator's own event loop. Started by `context`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Protocol

from aiohttp import hdrs, web
from prometheus_client.exposition import gzip_accepted

from hposweep.telemetry.exposition import Scrape

# A pass that waits for no database takes a second at most, or 15 s for each request without an answer.
MAX_STALL_SECONDS = 60.0


class ScrapeSource(Protocol):
    """`telemetry.exposition`."""

    def scrape(self, accept: str, names: Collection[str] | None = None, *, compress: bool = False) -> Scrape: ...


class HttpServer:
    """Alive: the event loop answers, and passes end. Ready: the watches have listed everything once."""

    def __init__(
        self,
        exposition: ScrapeSource,
        is_ready: Callable[[], bool],
        stalled_seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._exposition, self._is_ready, self._stalled_seconds = exposition, is_ready, stalled_seconds
        # One thread, so that many scrapers at once take no more memory and time from the passes than one.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self._application = web.Application()
        self._application.router.add_get("/metrics", self._metrics)
        self._application.router.add_get("/healthz", self._healthz)
        self._application.router.add_get("/readyz", self._readyz)
        self._runner = web.AppRunner(self._application, access_log=None)

    async def start(self, port: int) -> int:
        """Listen on all addresses; returns the port (a free one for port 0)."""
        await self._runner.setup()
        listener = _listen(port)
        await web.SockSite(self._runner, listener).start()
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        await self._runner.cleanup()
        self._thread.shutdown(wait=False)

    async def _metrics(self, request: web.Request) -> web.Response:
        """Answer in the format that the scraper prefers. A thread encodes and compresses: sweeps may be thousands."""
        render = partial(
            self._exposition.scrape,
            ",".join(request.headers.getall(hdrs.ACCEPT, [])),
            request.query.getall("name[]", None),
            compress=gzip_accepted(request.headers.get(hdrs.ACCEPT_ENCODING, "")),
        )
        scrape = await asyncio.get_running_loop().run_in_executor(self._thread, render)
        headers = {hdrs.CONTENT_TYPE: scrape.content_type, hdrs.VARY: f"{hdrs.ACCEPT}, {hdrs.ACCEPT_ENCODING}"}
        if scrape.is_compressed:
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=scrape.body, headers=headers)

    async def _healthz(self, _: web.Request) -> web.Response:
        seconds = self._stalled_seconds()
        if seconds < MAX_STALL_SECONDS:
            return web.Response(text="ok\n")
        return web.Response(status=503, text=f"no pass over a sweep has ended for {seconds:.0f} s\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        if self._is_ready():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="the watches have not listed everything yet\n")


def _listen(port: int) -> socket.socket:
    """Return one socket for IPv4 and IPv6: with port 0, two sockets would get two ports."""
    if socket.has_dualstack_ipv6():
        with suppress(OSError):  # a machine whose IPv6 is switched off
            return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("0.0.0.0", port))  # noqa: S104  # probes and scrapers come from outside the pod
