"""No spec that the schema accepts takes the event loop for long, or much of the operator's memory, in any pass.

Each figure is printed. The limits are CPU time and memory of a process, and no time by the clock.
"""

from __future__ import annotations

import json
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


def check(name: str, spec: Mapping[str, Any], passes: Passes) -> dict[str, Any]:
    figures = passes.take(spec)
    print(f"{name}: {len(json.dumps(spec)) // 1024} KB, {figures}")
    assert "error" not in figures
    assert figures["loop ms"] <= MAX_LOOP_MS
    assert figures["growth MiB"] <= MAX_GROWTH_MIB
    assert figures["accepted"], "a condition says what is wrong, or that nothing is"
    return figures


@pytest.mark.parametrize("name", LARGE_SPECS)
def test_a_list_at_its_limit(name: str, passes: Passes) -> None:
    check(name, LARGE_SPECS[name](), passes)


@given(MIXTURES)
def test_lists_at_their_limits_together(passes: Passes, mixture: Mixture) -> None:
    figures = check(str(mixture), mixture.blocks(), passes)
    event(figures["accepted"])
