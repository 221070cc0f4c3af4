"""Metrics of the sweeps, computed at scrape time from a snapshot, so that those of a deleted sweep vanish with it.

`reconcile` shows each status that it writes; Prometheus asks through the registry.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hpotrial.protocol import FAILURE_CLASSES

_SWEEP = ("namespace", "hposweep")
_CONDITION_STATUSES = ("True", "False", "Unknown")


class SweepMetrics(Collector):
    """One row per sweep; label sets are closed: no trial, pod or parameter ever becomes a label."""

    def __init__(self) -> None:
        self._sweeps: dict[tuple[str, str], tuple[Sweep, Status]] = {}

    def show(self, sweep: Sweep, status: Status) -> None:
        self._sweeps[sweep.namespace, sweep.name] = (sweep, status)

    def forget(self, namespace: str, name: str) -> None:
        self._sweeps.pop((namespace, name), None)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        info = _gauge("hposweep_info", "1 for each sweep, with its study's name.", "uid", "study")
        trials = _gauge("hposweep_trials", "Trials by state.", "state")
        failures = _gauge("hposweep_trial_failures", "Trials that failed, by class; tried again or not.", "class")
        retries = _gauge("hposweep_trials_retried", "Trials that are a further try of an earlier one.")
        target = _gauge("hposweep_trials_target", "Trials asked for.")
        best = _gauge("hposweep_best_value", "Value of the best complete trial, first objective.")
        workers = _gauge("hposweep_workers", "Worker pods: desired, running, pending.", "state")
        eta = _gauge("hposweep_eta_seconds", "Until the budget is spent, as of the last trial that finished.")
        condition = _gauge("hposweep_status_condition", "1 for the status that holds.", "condition", "status")
        started = _gauge("hposweep_start_timestamp_seconds", "When the sweep was first accepted.")
        completed = _gauge("hposweep_completion_timestamp_seconds", "When the sweep ended.")
        for (namespace, name), (sweep, status) in tuple(self._sweeps.items()):
            key = [namespace, name]
            info.add_metric([*key, sweep.uid, status.study.name], 1)
            for state in ("complete", "pruned", "failed", "running", "waiting"):
                trials.add_metric([*key, state], getattr(status.trials, state))
            for failure_class in FAILURE_CLASSES:
                failures.add_metric([*key, failure_class], status.trials.failures.get(failure_class, 0))
            retries.add_metric(key, status.trials.retried)
            target.add_metric(key, status.trials.max)
            for state in ("desired", "running", "pending"):
                workers.add_metric([*key, state], getattr(status.workers, state))
            if status.best is not None:
                best.add_metric(key, status.best.values[sweep.spec.study.objectives[0].name])
            if status.eta is not None:
                eta.add_metric(key, status.eta.seconds)
            if status.start_time is not None:
                started.add_metric(key, status.start_time.timestamp())
            if status.completion_time is not None:
                completed.add_metric(key, status.completion_time.timestamp())
            for entry in status.conditions:
                for value in _CONDITION_STATUSES:
                    condition.add_metric([*key, entry.type, value.lower()], float(entry.status == value))
        yield from (info, trials, failures, retries, target, best, workers, eta, condition, started, completed)


def _gauge(name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, labels=[*_SWEEP, *labels])
