"""`/metrics`, `/healthz` and `/readyz` on one port, in the operator's own event loop. Started by `context`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder


class HttpServer:
    """Alive: the event loop answers. Ready: the watches have listed everything once."""

    def __init__(self, registry: CollectorRegistry, is_ready: Callable[[], bool]) -> None:
        self._registry, self._is_ready = registry, is_ready
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

    async def _metrics(self, request: web.Request) -> web.Response:
        """Answer in the format that the scraper prefers. A thread encodes, because a thousand sweeps take seconds."""
        encode, content_type = choose_encoder(",".join(request.headers.getall(hdrs.ACCEPT, [])))
        names = request.query.getall("name[]", None)
        collector = self._registry if names is None else self._registry.restricted_registry(names)
        body = await asyncio.to_thread(encode, collector)
        response = web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})
        response.enable_compression()
        return response

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

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
