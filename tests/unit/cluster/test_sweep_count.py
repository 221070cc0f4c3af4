"""The number of sweeps that the API server lists, for the alert about an operator that sees none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from hposweep.cluster.apiserver import ApiError
from hposweep.cluster.sweep_count import count_sweeps, keep_counting
from hposweep.telemetry.metrics import OperatorMetrics

ROOT = "/apis/hposweep.dev/v1alpha1"


class Server:
    """Answers each list with these remaining items beside the one that it shows."""

    def __init__(self, remaining: Mapping[str, int | None]) -> None:
        self.remaining = remaining

    async def request(self, verb: str, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        assert (verb, query) == ("GET", {"limit": "1"})
        remaining = self.remaining[path]
        if remaining is None:
            return {"items": [], "metadata": {}}
        return {"items": [{}], "metadata": {"remainingItemCount": remaining} if remaining else {}}


@pytest.mark.parametrize(
    ("namespaces", "remaining", "number"),
    [
        ((), {f"{ROOT}/hposweeps": 41}, 42),
        ((), {f"{ROOT}/hposweeps": None}, 0),
        (("a", "b"), {f"{ROOT}/namespaces/a/hposweeps": 0, f"{ROOT}/namespaces/b/hposweeps": 2}, 4),
    ],
)
async def test_sweeps_are_counted_without_reading_them(
    namespaces: tuple[str, ...], remaining: dict[str, int | None], number: int
) -> None:
    assert await count_sweeps(Server(remaining), namespaces) == number  # type: ignore[arg-type]  # the part used


def series(metrics: CollectorRegistry) -> list[str]:
    lines = generate_latest(metrics).decode().splitlines()
    return [line for line in lines if line.startswith("hposweep_operator_listed_sweeps")]


async def test_a_list_that_is_refused_has_no_series_until_it_is_answered_again() -> None:
    registry = CollectorRegistry()
    metrics = OperatorMetrics(registry)
    shown: list[list[str]] = []
    answers = iter([3, ApiError(403, "forbidden"), TimeoutError(), 5])

    async def count() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(_: float) -> None:
        shown.append(series(registry))
        if len(shown) == 4:
            raise asyncio.CancelledError

    assert series(registry) == []
    with pytest.raises(asyncio.CancelledError):
        await keep_counting(count, metrics.show_listed_sweeps, sleep)
    assert shown == [["hposweep_operator_listed_sweeps 3.0"], [], [], ["hposweep_operator_listed_sweeps 5.0"]]
