"""A scrape of many sweeps, over HTTP: as the operator answers it, and as the library alone would. `bench` prints it.

All sweeps have the status and the trials of one judged sweep, each under a name of its own. The scraper is a process of
its own. Meanwhile the event loop measures how late it resumes, which delays the passes of the operator as much.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry

from bench.judging import NOW, judged_sweep
from bench.library_exposition import LibraryExposition, LibraryFamilies, sweep_rows
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.observation import Observation
from hposweep.report.status import report
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.facts import Facts, facts
from hposweep.telemetry.http import HttpServer
from hposweep.telemetry.loop_lag import measure_loop_lag
from hposweep.telemetry.series.series import Snapshot
from hposweep.telemetry.sweeps import SweepMetrics

SWEEPS = 1_000
TRIALS = 200
ROUNDS = 5
# Longer than most people's: 29 and 30 characters.
NAMESPACE = "research-team-{:03d}-experiments"
NAME = "resnet50-imagenet-augment-v{:03d}"
DATABASE = "0123456789ab"
_TICK_SECONDS = 0.001
_SCRAPER = """
import json, sys, time, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Accept-Encoding": "gzip"})
print("started", flush=True)
sys.stdin.readline()
began = time.perf_counter()
body = urllib.request.urlopen(request).read()
print(json.dumps([time.perf_counter() - began, len(body)]))
"""


@dataclass(frozen=True, slots=True)
class ScrapeFigures:
    """One answer to Prometheus. `lag_seconds` is the longest time that the event loop resumed too late."""

    seconds: float
    cpu_seconds: float
    lag_seconds: float
    compressed_bytes: int


class Fleet:
    """Many sweeps, as a pass over each has shown them."""

    def __init__(self, count: int = SWEEPS) -> None:
        self._metrics = SweepMetrics(clock=lambda: NOW)
        self._count = count
        sweep, self._observation = judged_sweep(TRIALS, random.Random(1))  # noqa: S311  # made-up trials, no secret
        self._status = _status(sweep, self._observation)
        self._sweeps = [
            replace(sweep, namespace=NAMESPACE.format(number % 50), name=NAME.format(number)) for number in range(count)
        ]
        registry = CollectorRegistry()
        registry.register(self._metrics)
        self.exposition = Exposition(registry, self._metrics)
        self.show()

    def show(self) -> None:
        """Show each sweep again, as after a pass in which a trial had finished."""
        for sweep in self._sweeps:
            self._metrics.show(sweep, self._status, self._observation, DATABASE)

    def library(self) -> LibraryExposition:
        """Return the same series for the library, whose rows are known beforehand."""
        numbers = facts(self._sweeps[0], self._observation) or Facts()
        snapshots = (Snapshot(sweep, self._status, numbers, NOW, DATABASE) for sweep in self._sweeps)
        registry = CollectorRegistry()
        registry.register(LibraryFamilies([sweep_rows(snapshot) for snapshot in snapshots]))
        registry.register(self._metrics)
        return LibraryExposition(registry)


def series_count(text: bytes) -> int:
    return sum(not line.startswith(b"#") for line in text.splitlines())


def scraping(count: int = SWEEPS) -> Iterator[str]:
    """Yield the lines of the table."""
    fleet = Fleet(count)
    library = fleet.library()
    text = fleet.exposition.scrape("").body
    yield f"one scrape of {count:,} sweeps, {series_count(text):,} series, {len(text) / 1e6:.1f} MB:\n"
    yield "| | wall clock | CPU time of the operator | event loop late by | compressed |"
    yield "|---|---|---|---|---|"
    before, after, changed = asyncio.run(_figures(fleet, library))
    yield _row("the library formats each sample at each scrape", before)
    yield _row("lines are kept, and no sweep has changed", after)
    yield _row("lines are kept, and every sweep has changed", changed)
    ratios = (
        before.seconds / after.seconds,
        before.cpu_seconds / after.cpu_seconds,
        before.lag_seconds / after.lag_seconds,
    )
    yield f"| ratio of the first two | {' | '.join(f'{ratio:.1f}' for ratio in ratios)} | |"


async def _figures(fleet: Fleet, library: LibraryExposition) -> list[ScrapeFigures]:
    """Return the medians of each case, measured in turn."""
    rounds: list[list[ScrapeFigures]] = [[], [], []]
    for _ in range(ROUNDS):
        rounds[0].append(await _scrape(library))
        rounds[1].append(await _scrape(fleet.exposition))
        fleet.show()
        rounds[2].append(await _scrape(fleet.exposition))
    return [_median(figures) for figures in rounds]


def _median(figures: Sequence[ScrapeFigures]) -> ScrapeFigures:
    """Return the median of each figure; of the lag the maximum, because a pass may meet any."""
    return ScrapeFigures(
        seconds=statistics.median(each.seconds for each in figures),
        cpu_seconds=statistics.median(each.cpu_seconds for each in figures),
        lag_seconds=max(each.lag_seconds for each in figures),
        compressed_bytes=figures[0].compressed_bytes,
    )


async def _scrape(exposition: Exposition | LibraryExposition) -> ScrapeFigures:
    """Serve one scrape to another process, and measure the event loop meanwhile."""
    server = HttpServer(exposition, lambda: True)
    url = f"http://127.0.0.1:{await server.start(0)}/metrics"
    lags: list[float] = []
    ticks = asyncio.create_task(measure_loop_lag(lags.append, interval_seconds=_TICK_SECONDS))
    scraper = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SCRAPER, url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    if scraper.stdout is None or scraper.stdin is None:
        raise RuntimeError("the scraper has no pipes")
    await scraper.stdout.readline()  # it has started
    lags.clear()
    began = time.process_time()
    scraper.stdin.write(b"\n")
    seconds, size = json.loads(await scraper.stdout.readline())
    cpu_seconds = time.process_time() - began
    ticks.cancel()
    await asyncio.gather(ticks, return_exceptions=True)
    await scraper.wait()
    await server.stop()
    return ScrapeFigures(seconds, cpu_seconds, max(lags, default=0.0), size)


def _row(name: str, figures: ScrapeFigures) -> str:
    return (
        f"| {name} | {figures.seconds * 1000:.0f} ms | {figures.cpu_seconds * 1000:.0f} ms "
        f"| {figures.lag_seconds * 1000:.1f} ms | {figures.compressed_bytes / 1e6:.2f} MB |"
    )


def _status(sweep: Sweep, observation: Observation) -> Status:
    return report(sweep, observation, judge(sweep, observation), NOW)
