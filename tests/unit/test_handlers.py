"""The shell: what a failed pass costs, and who waits at the start."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from hposweep.handlers import START_JITTER_SECONDS, _jitter, reconcile_once
from hposweep.settings import Settings
from hposweep.telemetry.metrics import OperatorMetrics


def memo(outcome: float | Exception | None) -> tuple[Any, CollectorRegistry]:
    async def reconcile(namespace: str, name: str) -> float | None:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    registry = CollectorRegistry()
    shared = SimpleNamespace(
        reconciler=SimpleNamespace(reconcile=reconcile),
        slots=asyncio.Semaphore(1),
        metrics=OperatorMetrics(registry),
        settings=Settings(),
    )
    return shared, registry


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
    assert await reconcile_once(shared, "ns", "digits") == delay
    assert registry.get_sample_value("hposweep_operator_reconcile_total", {"result": result}) == 1


def test_a_new_sweep_does_not_wait_and_old_ones_spread() -> None:
    assert _jitter(status={}) == 0
    assert 0 <= _jitter(status={"state": "Running"}) <= START_JITTER_SECONDS
