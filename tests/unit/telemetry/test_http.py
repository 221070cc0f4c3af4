"""The operator's HTTP server, over a real socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.http import HttpServer
from hposweep.telemetry.sweeps import SweepMetrics

# As Prometheus 3 asks.
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


class ThreadOfCollection(Collector):
    """Remembers which threads asked."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        self.threads.append(threading.current_thread())
        yield GaugeMetricFamily("other", "Other.", value=1)


@pytest.fixture
async def served() -> AsyncIterator[tuple[str, ThreadOfCollection]]:
    registry, collector = CollectorRegistry(), ThreadOfCollection()
    Gauge("one_ratio", "One.", unit="ratio", registry=registry).set(0.5)
    registry.register(collector)
    server = HttpServer(Exposition(registry, SweepMetrics()), lambda: True)
    port = await server.start(0)
    yield f"http://127.0.0.1:{port}/metrics", collector
    await server.stop()


async def get(url: str, **headers: str) -> tuple[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        assert response.status == 200
        return await response.text(), response.headers


async def test_a_scrape_is_encoded_outside_the_event_loop(served: tuple[str, ThreadOfCollection]) -> None:
    url, collector = served
    text, headers = await get(url)
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "one_ratio 0.5\n" in text
    assert collector.threads
    assert threading.main_thread() not in collector.threads


async def test_prometheus_gets_openmetrics_and_compression(served: tuple[str, ThreadOfCollection]) -> None:
    text, headers = await get(served[0], Accept=PROMETHEUS, **{"Accept-Encoding": "gzip"})
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert headers["Content-Encoding"] == "gzip"
    assert text.endswith("# EOF\n")
    assert "# UNIT one_ratio ratio\n" in text


async def test_a_query_may_ask_for_some_names(served: tuple[str, ThreadOfCollection]) -> None:
    text, _ = await get(served[0] + "?name[]=one_ratio")
    assert text == "# HELP one_ratio One.\n# TYPE one_ratio gauge\none_ratio 0.5\n"


async def test_a_scraper_that_wants_no_compression_gets_none(served: tuple[str, ThreadOfCollection]) -> None:
    text, headers = await get(served[0], **{"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in headers
    assert headers["Vary"] == "Accept, Accept-Encoding"
    assert text.startswith("# HELP one_ratio One.\n")


async def test_scrapes_at_once_are_encoded_by_one_thread(served: tuple[str, ThreadOfCollection]) -> None:
    url, collector = served
    await asyncio.gather(*(get(url) for _ in range(8)))
    assert len(set(collector.threads)) == 1
    assert len(collector.threads) >= 8


@pytest.mark.parametrize(("seconds", "status"), [(0.0, 200), (59.9, 200), (60.0, 503)])
async def test_the_liveness_probe_fails_when_no_pass_ends(seconds: float, status: int) -> None:
    server = HttpServer(Exposition(CollectorRegistry(), SweepMetrics()), lambda: True, lambda: seconds)
    port = await server.start(0)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as response:
        assert response.status == status
        assert await response.text() == ("ok\n" if status == 200 else "no pass over a sweep has ended for 60 s\n")
    await server.stop()
