"""The memory of the baseline trial, as its attribute has it: whatever stands there."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.judge.baseline_memory import too_much_memory, used_memory
from hposweep.model.history import COMPLETE, Trial

GIB = 2**30


def trial(memory: Any) -> Trial:
    return Trial(0, COMPLETE, (1.0,), attributes={"hposweep:memory": memory})


def test_what_the_trial_held_is_told_beside_the_limits() -> None:
    held = trial({"host": 3 * GIB, "hostLimit": 4 * GIB, "gpu": 79 * GIB, "gpuLimit": 80 * GIB})
    assert used_memory(held) == "It held 3 GiB of 4 GiB memory and 79 GiB of 80 GiB GPU memory"
    assert list(too_much_memory(held, 0.9)) == [
        "99% of the GPU memory was in use (`spec.baselineTrial.maxMemoryShare` is 0.9), so a larger trial may not fit"
    ]
    assert len(list(too_much_memory(held, 0.5))) == 2
    assert list(too_much_memory(held, 1.0)) == []


@pytest.mark.parametrize(
    "memory",
    [
        None, "x", [], {}, {"host": 5}, {"host": 5, "hostLimit": 0}, {"host": "5", "hostLimit": 9},
        {"host": True, "hostLimit": 1}, {"host": float("nan"), "hostLimit": 9}, {"host": -5, "hostLimit": 9},
        {"host": 5, "hostLimit": 10**400},
    ],
)  # fmt: skip
def test_an_attribute_that_is_no_measurement_says_nothing(memory: Any) -> None:
    assert used_memory(trial(memory)) == ""
    assert list(too_much_memory(trial(memory), 0.0001)) == []
