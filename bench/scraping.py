"""A scrape of many sweeps: seconds, bytes and series, through the real collector. `bench` prints it.

All sweeps have the status and the trials of one judged sweep, each under a name of its own.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, generate_latest

from bench.judging import NOW, judged_sweep
from hposweep.judge.judge import judge
from hposweep.report.status import report
from hposweep.telemetry.sweeps import SweepMetrics

SWEEPS = 1_000
TRIALS = 200
# Longer than most people's: 29 and 30 characters.
NAMESPACE = "research-team-{:03d}-experiments"
NAME = "resnet50-imagenet-augment-v{:03d}"


@dataclass(frozen=True, slots=True)
class Scrape:
    """One answer to Prometheus."""

    sweeps: int
    seconds: float
    text: bytes

    @property
    def series(self) -> int:
        return sum(not line.startswith(b"#") for line in self.text.splitlines())


def scraping(count: int = SWEEPS) -> Scrape:
    registry, metrics = CollectorRegistry(), SweepMetrics(clock=lambda: NOW)
    registry.register(metrics)
    sweep, observation = judged_sweep(TRIALS, random.Random(1))  # noqa: S311  # made-up trials, no secret
    status = report(sweep, observation, judge(sweep, observation), NOW)
    for number in range(count):
        named = replace(sweep, namespace=NAMESPACE.format(number % 50), name=NAME.format(number))
        metrics.show(named, status, observation, "0123456789ab")
    began = time.perf_counter()
    text = generate_latest(registry)
    return Scrape(count, time.perf_counter() - began, text)
