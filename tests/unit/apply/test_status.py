"""A status that the API server refuses: the sweep still gets its end, and says why the details are missing."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.status import BestStatus, Status
from hposweep.api.wire import to_wire
from hposweep.apply.status import MAX_STATUS_BYTES, apply_status
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.report.minimal import minimal_status
from hposweep.schema.crd import schema
from hposweep.schema.structure import structural_faults
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import complete, failed
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes
from tests.unit.report.reading import after, held, told

TOO_LARGE = "etcdserver: request is too large"
SUCCESS = {"minimum": [builders.best_value(greater_than=0.5)], "full": [builders.best_value(greater_than=0.9)]}
HALF = {"name": "half", "at": {"trials": 10}, "rules": [], "otherwise": "Continue"}
SWEEP = world.sweep(success=SUCCESS, baseline={"value": 0.4}, trials={"max": 20}, decisionPoints=[HALF])
HISTORY = History(tuple(failed(n) if n % 3 == 0 else complete(n, 0.6 if n == 4 else 0.1) for n in range(20)))


def running(complete: int = 13, **fields: object) -> Status:
    study = replace(world.study(SWEEP, best=0.6, complete=complete, failed=3), failures={"ObjectiveError": 3})
    seen = world.seen(study, jobs=(world.job(),), pods=(world.pod(),), baseline=Baseline(best=0.4), history=HISTORY)
    return replace(told(SWEEP, seen), **fields)  # type: ignore[arg-type]


def ended() -> Status:
    return told(after(SWEEP, running()), ended_observation())


def ended_observation() -> Observation:
    study = world.study(SWEEP, best=0.6, complete=13, failed=7)
    return world.seen(study, jobs=(world.job(is_complete=True),), baseline=Baseline(best=0.4), history=HISTORY)


def has_details(status: Status) -> str:
    """Refuse a status with parameters of its best trial, as for a choice of megabytes."""
    return TOO_LARGE if status.best is not None and status.best.params else ""


def cluster_of(refuses_status: Callable[[Status], str], before: Status | None = None) -> MemoryCluster:
    sweep = after(SWEEP, before) if before is not None else SWEEP
    return MemoryCluster(sweep, refuses_status=refuses_status)


async def apply(cluster: MemoryCluster, status: Status, minutes: int = 0) -> bool:
    return await apply_status(cluster.held, status, world.NOON + timedelta(minutes=minutes), cluster)


def shown(cluster: MemoryCluster) -> Status:
    assert cluster.held.status is not None
    return cluster.held.status


async def test_the_end_is_written_without_its_details_and_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cluster, status = cluster_of(has_details, running()), ended()
    assert await apply(cluster, status)
    minimal = shown(cluster)
    assert cluster.log[:2] == ["status refused", "status Complete"]
    assert "event StatusRefused" in cluster.log
    assert held(minimal) == held(status) | {"Healthy": ("False", "StatusRefused")}
    assert (minimal.has_ended, minimal.verdict, minimal.progress) == (True, "minimum", "20/20")
    assert [entry.outcome for entry in minimal.success] == ["True", "False"]
    assert [entry.name for entry in minimal.decisions] == ["half"]
    healthy = minimal.condition("Healthy")
    assert healthy is not None
    assert healthy.message.startswith(f"the API server refused the status: {TOO_LARGE}. Shorten or reduce")
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        f"a minimal status of sweep `digits` is written: the API server refused the status: {TOO_LARGE}"
    ]


async def test_a_refusal_that_lasts_costs_no_write_no_event_and_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    cluster = cluster_of(has_details)
    await apply(cluster, running())
    cluster.log.clear()
    caplog.clear()
    assert not await apply(cluster, running(), minutes=5)
    assert cluster.log == ["status refused"]
    assert await apply(cluster, running(complete=14), minutes=9)
    assert cluster.log == ["status refused", "status refused", "status Running"]
    healthy = shown(cluster).condition("Healthy")
    assert healthy is not None
    assert healthy.last_transition_time == world.NOON
    assert caplog.records == []


async def test_the_whole_status_returns_when_it_is_accepted() -> None:
    cluster = cluster_of(has_details)
    await apply(cluster, running())
    cluster.refuses_status = lambda _: ""
    assert await apply(cluster, running())
    assert shown(cluster) == running()


async def test_a_status_that_is_too_large_is_not_sent_and_a_minimal_one_says_so() -> None:
    cluster = cluster_of(lambda _: "")
    best = BestStatus(4, 0.6, {"score": 0.6}, {f"p{n}": "x" * 1500 for n in range(200)})
    assert await apply(cluster, running(best=best))
    assert "status refused" not in cluster.log
    healthy = shown(cluster).condition("Healthy")
    assert healthy is not None
    assert healthy.reason == "StatusRefused"
    assert re.match(r"the status has \d+ KiB \(allowed: at most 256 KiB\)\. Shorten or reduce", healthy.message)
    assert len(json.dumps(to_wire(shown(cluster)))) < MAX_STATUS_BYTES
    assert not await apply(cluster, running(best=best), minutes=5), "it is not written again"


def test_an_ended_sweep_that_is_judged_again_does_not_keep_the_refusal() -> None:
    refused = minimal_status(ended(), running(), TOO_LARGE, world.NOON)
    later = told(after(SWEEP, refused), ended_observation())
    assert held(later)["Healthy"] == held(ended())["Healthy"]
    assert later.health == ended().health
    assert later.success == ended().success


async def test_a_minimal_status_that_is_refused_too_is_logged_and_ends_no_pass(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cluster = cluster_of(lambda _: "no status today")
    assert not await apply(cluster, running())
    assert cluster.log == ["status refused"] * 2
    assert "minimal status of sweep `digits` refused as well: no status today" in caplog.messages


async def test_a_pass_goes_on_when_its_status_is_refused() -> None:
    sweep = world.sweep(success=SUCCESS)
    cluster = MemoryCluster(sweep, jobs=(world.job(is_complete=True),), refuses_status=has_details)
    await passes(made(cluster, MemoryStudies(world.study(sweep, best=0.6, complete=10))), 3)
    assert held(shown(cluster))["Complete"] == ("True", "BudgetReached")
    assert cluster.log.count("status Complete") == 1


def test_it_is_small_and_valid_whatever_the_status_holds() -> None:
    text = "x" * 100_000
    full = replace(
        ended(),
        message=text,
        best=BestStatus(4, 0.6, {"score": 0.6}, {f"p{n}": text for n in range(300)}),
        conditions=tuple(replace(entry, message=text) for entry in ended().conditions),
        decisions=tuple(replace(entry, message=text, evidence={"rules": [text]}) for entry in ended().decisions),
        health=tuple(replace(entry, message=text) for entry in ended().health),
        trials=replace(ended().trials, failures={text: 1}),
    )
    minimal = to_wire(minimal_status(full, None, text, world.NOON))
    assert len(json.dumps(minimal)) < 16_384
    assert faults(minimal) == []
    assert faults(to_wire(full))


def faults(status: Mapping[str, Any]) -> list[str]:
    return list(structural_faults(status, schema()["properties"]["status"]))
