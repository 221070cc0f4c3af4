"""The shell: what a failed pass costs, and who waits at the start."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from types import SimpleNamespace
from typing import Any

import kopf
import pytest
from prometheus_client import CollectorRegistry

from hposweep.api.names import LEDGER_FINALIZER, SWEEP_LABEL, SWEEP_UID_ANNOTATION
from hposweep.cluster.apiserver import ApiError
from hposweep.handlers import START_JITTER_SECONDS, _jitter, reconcile_once, register, release_once
from hposweep.model.plan import ReleasePods
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.slots import Slots
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.wakeups import Backoff, Passes, Wakeups
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made


def memo(outcome: float | Exception | None) -> tuple[Any, CollectorRegistry]:
    async def reconcile(namespace: str, name: str) -> float | None:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    registry = CollectorRegistry()
    shared = SimpleNamespace(
        reconciler=SimpleNamespace(reconcile=reconcile),
        slots=Slots(1),
        metrics=OperatorMetrics(registry),
        settings=Settings(),
        passes=Passes(),
    )
    return shared, registry


@pytest.mark.parametrize(("asked", "pause"), [(0.0, 3.0), (1.0, 3.0), (40.0, 40.0)])
async def test_a_pause_is_at_least_as_long_as_the_api_server_asks(asked: float, pause: float) -> None:
    shared, _ = memo(ApiError(429, "too many requests", asked))
    assert 0.8 * pause <= await reconcile_once(shared, "ns", "digits", Backoff(3.0, 300.0)) <= pause


async def test_a_bug_is_in_the_status_after_three_passes_and_gone_after_a_good_one() -> None:
    sweep = world.sweep()
    cluster = MemoryCluster(sweep)
    reconciler = made(cluster, MemoryStudies(world.study(sweep)))
    shared, _ = memo(None)
    shared.reconciler = reconciler
    backoff = Backoff(3.0, 300.0)
    working, failing = cluster.children, [True]

    async def children(of: Any) -> Any:
        if failing:
            raise KeyError("postgresql://u:canary@h/d")
        return await working(of)

    cluster.children = children  # type: ignore[method-assign]
    reasons = []
    for _ in range(4):
        await reconcile_once(shared, sweep.namespace, sweep.name, backoff)
        status = cluster.held.status
        healthy = status.condition("Healthy") if status is not None else None
        reasons.append(healthy.reason if healthy is not None else "")
    assert reasons == ["", "", "InternalError", "InternalError"]
    assert healthy is not None
    assert healthy.message.startswith(
        "the operator failed in 3 passes over this sweep, by a bug: KeyError in test_handlers.py, line "
    )
    assert "canary" not in healthy.message
    failing.clear()
    await reconcile_once(shared, sweep.namespace, sweep.name, backoff)
    assert cluster.held.status is not None
    assert cluster.held.status.health == ()
    assert backoff.failures == 0


@pytest.mark.parametrize(
    ("outcome", "result", "delay"),
    [
        (42.0, "success", 42.0),
        (0.0, "success", 0.0),
        (None, "success", Settings().retry_seconds),
        (OSError("no answer"), "retry", Settings().retry_seconds),
        (TimeoutError(), "retry", Settings().retry_seconds),
        (ValueError("a bug"), "error", Settings().retry_seconds),
    ],
)
async def test_a_pass_is_counted_and_an_error_is_tried_again(
    outcome: float | Exception | None, result: str, delay: float
) -> None:
    shared, registry = memo(outcome)
    pause = await reconcile_once(shared, "ns", "digits", Backoff(3.0, 300.0))
    assert (delay if result == "success" else 0.8 * delay) <= pause <= delay
    assert registry.get_sample_value("hposweep_operator_reconcile_total", {"result": result}) == 1


@pytest.mark.parametrize("error", [OSError("forbidden"), ValueError("a bug")])
async def test_the_same_error_is_logged_once_and_retried_ever_later(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    shared, registry = memo(error)
    backoff = Backoff(3.0, 300.0)
    with caplog.at_level(logging.INFO, "hposweep.handlers"):
        pauses = [await reconcile_once(shared, "ns", "digits", backoff) for _ in range(12)]
        assert len(caplog.records) == 1
        shared.reconciler = memo(42.0)[0].reconciler
        assert await reconcile_once(shared, "ns", "digits", backoff) == 42.0
        shared.reconciler = memo(error)[0].reconciler
        assert await reconcile_once(shared, "ns", "digits", backoff) <= 3.0
        assert len(caplog.records) == 2
    assert all(0.8 * most <= pause <= most for pause, most in zip(pauses, [3, 6, 12, 24, 48, 96, 192], strict=False))
    assert max(pauses) <= 300
    assert min(pauses[7:]) >= 240
    result = "retry" if isinstance(error, OSError) else "error"
    assert registry.get_sample_value("hposweep_operator_reconcile_total", {"result": result}) == 13


async def test_another_error_is_logged_as_well(caplog: pytest.LogCaptureFixture) -> None:
    backoff = Backoff(3.0, 300.0)
    for sentence in ("forbidden", "forbidden", "no answer", "forbidden"):
        await reconcile_once(memo(OSError(sentence))[0], "ns", "digits", backoff)
    logged = [record.args[1] for record in caplog.records if record.levelno == logging.WARNING and record.args]
    assert logged == ["forbidden", "no answer", "forbidden"]


def test_a_new_sweep_does_not_wait_and_old_ones_spread() -> None:
    assert _jitter(status={}) == 0
    assert 0 <= _jitter(status={"state": "Running"}) <= START_JITTER_SECONDS


@pytest.mark.parametrize(("event", "is_forgotten"), [("DELETED", True), ("MODIFIED", False), (None, False)])
async def test_a_sweep_that_is_gone_is_forgotten_though_a_pass_has_shown_it_since(
    event: str | None, is_forgotten: bool
) -> None:
    registry, forgotten = kopf.OperatorRegistry(), list[tuple[str, str]]()
    register(registry)
    shared = SimpleNamespace(reconciler=SimpleNamespace(forget=lambda *key: forgotten.append(key)), wakeups=Wakeups())
    handlers = {handler.id: handler for handler in registry._watching.get_all_handlers()}
    await handlers["register.<locals>.sweep_changed"].fn(
        event={"type": event, "object": {}}, namespace="ns", name="digits", memo=shared
    )
    assert forgotten == ([("ns", "digits")] if is_forgotten else [])


GPU_POD = {
    "metadata": {
        "name": "pod-0",
        "annotations": {SWEEP_UID_ANNOTATION: "uid"},
        "finalizers": [LEDGER_FINALIZER],
        "deletionTimestamp": "2026-01-01T12:00:00Z",
    }
}


@pytest.mark.parametrize(
    ("sweep_uid", "daemon_uid", "change", "is_released"),
    [
        (None, "", {}, True),
        ("another", "another", {}, True),
        ("uid", "", {}, False),
        ("uid", "uid", {}, False),
        (None, "", {"deletionTimestamp": None}, False),
        (None, "", {"finalizers": ["batch.kubernetes.io/job-tracking"]}, False),
        ("another", "another", {"annotations": {}}, False),
    ],
)
async def test_a_pod_with_gpus_is_released_once_its_sweep_is_gone(
    sweep_uid: str | None, daemon_uid: str, change: dict[str, Any], *, is_released: bool
) -> None:
    registry, log = kopf.OperatorRegistry(), list[Any]()
    register(registry)

    async def sweep(namespace: str, name: str) -> Any:
        return SimpleNamespace(uid=sweep_uid) if sweep_uid else None

    async def execute(namespace: str, action: Any) -> None:
        log.append((namespace, action))

    cluster = SimpleNamespace(sweep=sweep, execute=execute)
    release_orphan = partial(Reconciler.release_orphan, SimpleNamespace(cluster=cluster))
    shared = SimpleNamespace(reconciler=SimpleNamespace(release_orphan=release_orphan), wakeups=Wakeups())
    handlers = {handler.id: handler for handler in registry._watching.get_all_handlers()}
    body = kopf.Body({"metadata": {**GPU_POD["metadata"], **change}})
    with shared.wakeups.subscription(("ns", "digits"), daemon_uid):
        await handlers["register.<locals>.child_changed"].fn(
            namespace="ns", labels={SWEEP_LABEL: "digits"}, body=body, memo=shared
        )
    assert log == ([("ns", ReleasePods(("pod-0",)))] if is_released else [])


async def test_a_deletion_waits_for_the_pass_that_runs_because_it_may_create_a_job() -> None:
    shared, _ = memo(1.0)
    may_end, calls = asyncio.Event(), []

    async def reconcile(namespace: str, name: str) -> float:
        await may_end.wait()
        calls.append("pass")
        return 1.0

    async def release(namespace: str, name: str) -> bool:
        calls.append("release")
        return True

    shared.reconciler = SimpleNamespace(reconcile=reconcile, release=release, forget=lambda *key: None)
    task = asyncio.create_task(reconcile_once(shared, "ns", "digits", Backoff(3.0, 300.0)))
    await asyncio.sleep(0)
    assert not await release_once(shared, "ns", "digits")
    assert await release_once(shared, "ns", "another")
    may_end.set()
    await task
    assert await release_once(shared, "ns", "digits")
    assert calls == ["release", "pass", "release"]
