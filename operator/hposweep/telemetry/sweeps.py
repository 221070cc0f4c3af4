"""Metrics of the sweeps, of a snapshot at scrape time, so that those of a deleted sweep vanish with it.

`reconcile` shows each status that it writes; Prometheus asks through `exposition`, in a thread of `http`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.settings import Settings
from hposweep.telemetry import operator_definitions
from hposweep.telemetry.definition import Definition
from hposweep.telemetry.facts import Facts, facts
from hposweep.telemetry.sample_lines import SampleLines, exportable, label_value
from hposweep.telemetry.series.identity import INFO, STATES, state_word
from hposweep.telemetry.series.registry import ALL
from hposweep.telemetry.series.series import OTHER, Series, Snapshot

_DEFAULTS = Settings()
_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Entry:
    """The latest pass over one sweep. `lines` are kept until the next one, because most scrapes find nothing new."""

    sweep: Sweep
    status: Status
    facts: Facts
    database: str
    lines: tuple[bytes, ...] | None = None  # of each series


class SweepMetrics(Collector):
    """The sweeps as their latest passes saw them. Label sets are closed: no trial, pod or parameter is ever a label."""

    def __init__(self, settings: Settings = _DEFAULTS, clock: Callable[[], datetime] = _utc_now) -> None:
        self._labels = settings.metrics_labels
        self._formats = [
            (each, SampleLines(each.definition, tuple(self._labels) if each is INFO else ())) for each in ALL
        ]
        self._seconds_after_end = settings.metrics_ended_seconds
        self._clock = clock
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._reported: set[tuple[str, str]] = set()  # those that cannot be exported: each is logged once

    def show(self, sweep: Sweep, status: Status, observation: Observation | None = None, database: str = "") -> None:
        """Replace what is known of a sweep. What this pass has not read keeps its last value."""
        key = (sweep.namespace, sweep.name)
        before = self._entries.get(key)
        if before is not None and before.sweep.uid != sweep.uid:
            before = None  # another sweep had this name
        read = facts(sweep, observation) if observation is not None else None
        newest = read or (before.facts if before is not None else Facts())
        self._entries[key] = _Entry(sweep, status, newest, database or (before.database if before is not None else ""))

    def forget(self, namespace: str, name: str) -> None:
        self._entries.pop((namespace, name), None)
        self._reported.discard((namespace, name))

    def lines(self) -> list[tuple[Definition, list[bytes]]]:
        """Return each metric with the lines of the sweeps that are shown."""
        shown, _ = self._shown()
        columns = zip(*shown, strict=True) if shown else ((),) * len(ALL)
        return [(each.definition, list(column)) for each, column in zip(ALL, columns, strict=True)]

    def describe(self) -> Iterator[Metric]:
        """Yield the families of `collect` without series, so that the registry knows their names."""
        yield from _summary((), 0)

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers of sweeps. The series of each sweep are in `lines`."""
        _, failed_count = self._shown()
        yield from _summary([entry.status.state for entry in tuple(self._entries.values())], failed_count)

    def _shown(self) -> tuple[list[tuple[bytes, ...]], int]:
        """Return the lines of each sweep, and how many have none, because their status cannot be exported."""
        now, entries = self._clock(), tuple(self._entries.items())  # one step, because a pass may write meanwhile
        shown, failed_count = [], 0
        for (namespace, name), entry in entries:
            try:
                if self._is_shown(entry.status, now):
                    shown.append(self._lines(entry, now))
            except Exception as error:  # a status may hold anything
                failed_count += 1
                self._report(namespace, name, error)
        return shown, failed_count

    def _lines(self, entry: _Entry, now: datetime) -> tuple[bytes, ...]:
        labels = {name: entry.sweep.labels.get(key, "") for name, key in self._labels.items()}
        snapshot = Snapshot(entry.sweep, entry.status, entry.facts, now, entry.database, labels)
        before = entry.lines or (None,) * len(ALL)
        entry.lines = tuple(
            lines if lines is not None and not series.is_timed else _encode(series, sample_lines, snapshot)
            for (series, sample_lines), lines in zip(self._formats, before, strict=True)
        )
        return entry.lines

    def _is_shown(self, status: Status, now: datetime) -> bool:
        """Return whether the sweep has not ended, or not longer ago than the setting says."""
        end = status.completion_time
        return end is None or (now - end).total_seconds() < self._seconds_after_end

    def _report(self, namespace: str, name: str, error: Exception) -> None:
        if (namespace, name) not in self._reported:
            self._reported.add((namespace, name))
            _log.warning("metrics of sweep `%s/%s` are left out: its status is odd: %r", namespace, name, error)


def _encode(series: Series, sample_lines: SampleLines, snapshot: Snapshot) -> bytes:
    sweep = (label_value(snapshot.sweep.namespace), label_value(snapshot.sweep.name))
    return sample_lines.encode(sweep, exportable(series.rows(snapshot)))


def _summary(states: Collection[str], failed_count: int) -> Iterator[Metric]:
    counts = Counter(state_word(state) for state in states)
    definition = operator_definitions.SWEEPS
    family = GaugeMetricFamily(definition.name, definition.meaning, labels=tuple(definition.labels))
    for state in (*STATES, OTHER):
        family.add_metric((state,), counts[state])
    yield family
    definition = operator_definitions.SWEEPS_WITHOUT_METRICS
    yield GaugeMetricFamily(definition.name, definition.meaning, value=failed_count)
