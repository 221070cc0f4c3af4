"""A scrape as Prometheus reads it: encoded in a format of the library, and read by the library's own parser of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.judge.study_from_trials import study_of
from hposweep.model.history import History, Trial
from hposweep.model.observation import Observation
from hposweep.model.trials import RunningTrial
from hposweep.plan.control import control
from hposweep.report.status import report
from hposweep.settings import Settings
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.sweeps import SweepMetrics
from tests.unit import world

TEXT = "text/plain;version=0.0.4"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
Labels = frozenset[tuple[str, str]]


def samples(
    exposition: Exposition, accept: str = TEXT, names: Collection[str] | None = None
) -> dict[tuple[str, Labels], float]:
    """Return the value of each series; a series that appears twice fails."""
    text = exposition.scrape(accept, names).body.decode()
    parse = openmetrics.text_string_to_metric_families if accept == OPENMETRICS else text_string_to_metric_families
    result: dict[tuple[str, Labels], float] = {}
    for family in parse(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in result
            result[key] = sample.value
    return result


class Scraper:
    """The metrics of sweeps in a registry of their own, at a moment that the test sets."""

    def __init__(self, now: datetime = world.NOON, **settings: Any) -> None:
        self.now, self.registry = now, CollectorRegistry()
        self.metrics = SweepMetrics(Settings(**settings), lambda: self.now)
        self.registry.register(self.metrics)
        self.exposition = Exposition(self.registry, self.metrics)

    def passes(self, sweep: Sweep, observation: Observation, database: str = "") -> Status:
        """Show what a pass with this observation reports, and return it."""
        status = report(sweep, observation, judge(sweep, observation), observation.now)
        self.metrics.show(sweep, status, observation, database)
        return status

    def value(self, name: str, sweep: str = "digits", **labels: str) -> float | None:
        """Return the value of one series of a sweep; `class_` is the label `class`. None when it is absent."""
        return self.rows(name, sweep).get(tuple(sorted(_names(labels).items())))

    def rows(self, name: str, sweep: str = "digits") -> dict[tuple[tuple[str, str], ...], float]:
        """Return all series of a name that one sweep has, by their other labels."""
        return dict(self._rows(name, {("namespace", "default"), ("hposweep", sweep)}))

    def _rows(self, name: str, sweep: set[tuple[str, str]]) -> Iterator[tuple[tuple[tuple[str, str], ...], float]]:
        for (sample, labels), value in samples(self.exposition).items():
            if sample == name and sweep <= labels:
                yield tuple(sorted(labels - sweep)), value


def observed(sweep: Sweep, *trials: Trial, running: tuple[RunningTrial, ...] = (), **fields: Any) -> Observation:
    """Return what a pass reads of a sweep with these trials and one worker."""
    history = History(trials)
    read = study_of(history, sweep.spec.study.objectives, study_id=7, name=sweep.study_name)
    study = replace(read, owner=sweep.uid, control=control(sweep), running=running)
    return world.seen(study, jobs=(world.job(),), pods=(world.pod(),), history=history, **fields)


def _names(labels: Mapping[str, str]) -> dict[str, str]:
    return {name.removesuffix("_"): value for name, value in labels.items()}
