"""GPU seconds and their price as people read them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.cost import CostStatus, GpuSecondsStatus
from hposweep.api.status import EtaStatus
from hposweep.model.gpu_seconds import QUEUE, GpuSeconds
from hposweep.report.ledger import cost_status, cost_text, whole_seconds
from tests.unit import world

COST = {"pricePerGpuHour": 3.6, "currency": "EUR"}
SECONDS = GpuSecondsStatus(
    allocated=10_000, training=9000, idle=0, pull=0, start=0, wasted={}, queue=0, gpus=2, time=world.NOON
)
ETA = EtaStatus(1000, 900, 1200)


@given(st.lists(st.floats(0, 1e6), min_size=9, max_size=9))
def test_rounded_parts_add_up_to_the_rounded_sum(values: list[float]) -> None:
    seconds = GpuSeconds(*values)
    whole = whole_seconds(seconds)
    assert sum(whole.values()) - whole[QUEUE] == round(seconds.allocated)
    assert all(abs(whole[use] - value) < 1.001 for use, value in seconds.by_use().items())


@pytest.mark.parametrize(
    ("spec", "eta", "expected"),
    [
        ({}, ETA, CostStatus(10.0, "EUR", 12.0)),
        ({}, None, CostStatus(10.0, "EUR")),
        ({"budget": {"gpuSeconds": 11_000}}, ETA, CostStatus(10.0, "EUR", 11.0)),
        ({"budget": {"gpuSeconds": 9000}}, ETA, CostStatus(10.0, "EUR", 10.0)),
    ],
)
def test_the_price_and_its_forecast(spec: dict[str, Any], eta: EtaStatus | None, expected: CostStatus) -> None:
    assert cost_status(world.sweep(cost=COST, **spec), SECONDS, eta) == expected


def test_without_a_price_or_without_gpus_nothing_is_said() -> None:
    assert cost_status(world.sweep(), SECONDS, ETA) is None
    assert cost_status(world.sweep(cost=COST), None, ETA) is None
    assert cost_text(None) == ""


def test_the_words() -> None:
    assert cost_text(CostStatus(28.6, "EUR")) == "28.60 EUR"
    assert cost_text(CostStatus(28.6, "EUR", 61.2)) == "28.60 EUR so far, about 61.20 EUR at the end"
