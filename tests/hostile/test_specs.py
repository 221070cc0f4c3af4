"""No spec that the schema accepts takes the event loop for long, or much of the operator's memory, in any pass.

Each figure is printed. The limits are CPU time and memory of a process, and no time by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import event, given

from tests.hostile.passes import MAX_LOOP_MS, Passes
from tests.hostile.specs import LARGE_SPECS, MIXTURES, Mixture

MAX_GROWTH_MIB = 50


@pytest.fixture(scope="module")
def passes() -> Iterator[Passes]:
    passes = Passes()
    yield passes
    passes.close()


def excesses(name: str, figures: Mapping[str, Any]) -> list[str]:
    """Print the figures of a spec, and return what is beyond its limit."""
    print(f"{name}: {figures}")
    limits = {"loop ms": MAX_LOOP_MS, "growth MiB": MAX_GROWTH_MIB}
    faults = [f"{key} is {figures[key]}" for key, limit in limits.items() if not figures.get(key, 0) <= limit]
    if "error" in figures:
        faults.append(f"error is {figures['error']}")
    elif not figures["accepted"]:
        faults.append("no condition says what is wrong, or that nothing is")
    return faults


@pytest.mark.parametrize("name", LARGE_SPECS)
def test_a_list_at_its_limit(name: str, passes: Passes) -> None:
    assert excesses(name, passes.take(LARGE_SPECS[name]())) == []


@given(MIXTURES)
def test_lists_at_their_limits_together(passes: Passes, mixture: Mixture) -> None:
    figures = passes.take(mixture.blocks())
    assert excesses(str(mixture), figures) == []
    event(figures["accepted"])
