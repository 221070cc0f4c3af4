"""`/metrics`, `/healthz` and `/readyz` on one port, in the operator's own event loop. Started by `context`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

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
        site = web.TCPSite(self._runner, port=port)
        await site.start()
        return int(self._runner.addresses[0][1])

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
