"""Metrics: the names that dashboards use, closed labels, and series that vanish with their sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from hposweep.judge.judge import judge
from hposweep.report.status import report
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from tests.unit import world


def test_a_sweep_is_shown_and_forgotten() -> None:
    registry, metrics = CollectorRegistry(), SweepMetrics()
    registry.register(metrics)
    sweep = world.sweep()
    study = world.study(sweep, best=0.5, complete=3, failed=1)
    study = replace(study, failures={"OutOfMemory": 1}, retried=2)
    seen = world.seen(study, jobs=(world.job(),), pods=(world.pod(),))
    metrics.show(sweep, report(sweep, seen, judge(sweep, seen), datetime.now(UTC)))
    key = {"namespace": "default", "hposweep": "digits"}
    assert registry.get_sample_value("hposweep_trials", {**key, "state": "complete"}) == 3
    assert registry.get_sample_value("hposweep_trials_target", key) == 10
    assert registry.get_sample_value("hposweep_trials_retried", key) == 2
    assert registry.get_sample_value("hposweep_trial_failures", {**key, "class": "OutOfMemory"}) == 1
    assert registry.get_sample_value("hposweep_trial_failures", {**key, "class": "NodeLost"}) == 0, "a rate needs a 0"
    assert (
        registry.get_sample_value("hposweep_best_value", {**key, "objective": "score", "direction": "maximize"}) == 0.5
    )
    condition = {**key, "condition": "WorkersReady"}
    assert registry.get_sample_value("hposweep_status_condition", {**condition, "status": "true"}) == 1
    assert registry.get_sample_value("hposweep_status_condition", {**condition, "status": "false"}) == 0
    metrics.forget("default", "digits")
    assert 'hposweep="digits"' not in generate_latest(registry).decode()


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/apis/hposweep.dev/v1alpha1/namespaces/a/hposweeps/digits/status", "hposweeps/status"),
        ("/apis/hposweep.dev/v1alpha1/namespaces/a/hposweeps/jobs", "hposweeps"),
        ("/apis/batch/v1/namespaces/pods/jobs", "jobs"),
        ("/apis/batch/v1/namespaces/a/jobs/digits-search", "jobs"),
        ("/api/v1/namespaces/a/pods", "pods"),
        ("/api/v1/namespaces/a/secrets/optuna-db", "secrets"),
        ("/version", "other"),
    ],
)
def test_no_objects_name_becomes_a_label(path: str, resource: str) -> None:
    registry = CollectorRegistry()
    OperatorMetrics(registry).count_request("GET", path, 200, 0.1)
    labels = {"verb": "GET", "resource": resource, "code": "200"}
    assert registry.get_sample_value("hposweep_operator_kube_requests_total", labels) == 1
