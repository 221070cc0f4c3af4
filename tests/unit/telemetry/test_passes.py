"""The metrics after whole passes, as a scrape sees them while sweeps come and go."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from prometheus_client import CollectorRegistry

from hposweep.context import Context
from hposweep.settings import Settings
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.sweeps import SweepMetrics
from tests import metric_names
from tests.unit import world
from tests.unit.judge.histories import trial
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes
from tests.unit.telemetry.scrape import TEXT, observed, samples


def scraped(metrics: Any) -> dict[str, dict[str, str]]:
    """Return the labels of one series of each name that the sweeps have."""
    registry = CollectorRegistry()
    registry.register(metrics)
    return {
        name: dict(labels)
        for name, labels in samples(Exposition(registry, metrics))
        if not name.startswith("hposweep_operator_")
    }


def with_trials() -> tuple[MemoryCluster, MemoryStudies]:
    sweep = world.sweep()
    seen = observed(sweep, trial(0, 0.1))
    assert seen.history is not None
    return MemoryCluster(sweep), MemoryStudies(seen.storage.study, trials=seen.history)


async def test_a_pass_shows_the_database_and_what_its_trials_say() -> None:
    cluster, studies = with_trials()
    reconciler = made(cluster, studies)
    await passes(reconciler, 1)
    series = scraped(reconciler.metrics)
    assert series["hposweep_info"]["database"] == studies.database_id
    assert "hposweep_trial_duration_seconds_count" in series


async def test_a_sweep_that_is_deleted_or_gone_is_forgotten_by_its_next_pass() -> None:
    cluster, studies = with_trials()
    reconciler = made(cluster, studies)
    await passes(reconciler, 1)
    cluster.held = replace(cluster.held, is_deleting=True)
    await passes(reconciler, 1)
    assert scraped(reconciler.metrics) == {}


async def test_after_a_restart_an_ended_sweep_has_what_its_status_says() -> None:
    cluster, studies = with_trials()
    await passes(made(cluster, studies), 1)
    assert cluster.held.status is not None
    ended = tuple(
        replace(entry, status="True") if entry.type == "Complete" else entry for entry in cluster.held.status.conditions
    )
    status = replace(cluster.held.status, conditions=ended, state="Complete", completion_time=world.NOON)
    cluster.held = replace(cluster.held, status=status)
    reconciler = replace(made(cluster, studies), metrics=SweepMetrics(clock=lambda: world.NOON))
    await passes(reconciler, 1)
    series = scraped(reconciler.metrics)
    assert series["hposweep_info"]["state"] == "Complete"
    assert {"hposweep_best_value", "hposweep_completion_timestamp_seconds"} <= set(series)
    assert "hposweep_trial_duration_seconds_count" not in series


async def test_a_sweep_uses_its_database_until_its_end() -> None:
    cluster, studies = with_trials()
    reconciler = made(cluster, studies)
    databases: Any = reconciler.databases
    await passes(reconciler, 1)
    assert databases.users == {("default", "digits")}
    assert cluster.held.status is not None
    running = cluster.held
    conditions = [
        replace(entry, status="True") if entry.type == "Complete" else entry for entry in running.status.conditions
    ]
    cluster.held = replace(running, status=replace(running.status, conditions=tuple(conditions)))
    await passes(reconciler, 1)
    assert databases.users == set()
    cluster.held = running
    await passes(reconciler, 1)
    reconciler.forget("default", "digits")
    assert databases.users == set()


def test_the_operator_exposes_its_process() -> None:
    context = Context(Settings(), asyncio.Event())
    names = {name for name, _ in samples(context.exposition)}
    assert {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"} <= names
    assert {"python_info", "python_gc_collections_total", "hposweep_operator_build_info"} <= names


def test_the_operator_exposes_each_metric_that_a_rule_or_a_board_names() -> None:
    context = Context(Settings(), asyncio.Event())
    exposed = metric_names.exposed(context.exposition.scrape(TEXT).body.decode())
    named = metric_names.of_rules_and_boards()
    assert {"hposweep_trial_duration_seconds", "process_resident_memory_bytes"} <= named
    assert named - exposed == set()
