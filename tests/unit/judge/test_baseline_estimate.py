"""The estimate of a sweep from one trial, and the limits that contradict it."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.judge.baseline_estimate import contradictions, estimate
from hposweep.model.verdicts import Eta
from tests import builders
from tests.unit import world


def sweep(**fields: Any) -> Any:
    return world.sweep(**{"trials": {"max": 101}, "workers": builders.workers(4), **fields})


def test_the_rounds_of_the_workers_give_the_time_and_their_gpus_the_hours() -> None:
    forecast = estimate(sweep(), 90.0, 1, gpus=2.0)
    assert forecast is not None
    assert forecast.time == Eta(25 * 90.0, 1125.0, 4500.0)
    assert forecast.gpu_seconds == 100 * 90 * 2
    assert forecast.sentence() == (
        "At this pace 100 trials on 4 workers take about 38 min (19 min to 1 h 15 min), 5 GPU hours"
    )


def test_fewer_trials_than_workers_run_side_by_side() -> None:
    forecast = estimate(sweep(), 90.0, 99, gpus=0.0)
    assert forecast is not None
    assert forecast.time.seconds == 90
    assert forecast.sentence() == "At this pace 2 trials on 2 workers take about 90 s (45 s to 3 min)"


@pytest.mark.parametrize(
    ("seconds", "finished", "fields"),
    [(None, 1, {}), (90.0, 101, {}), (90.0, 200, {}), (90.0, 1, {"workers": builders.workers(0)})],
)
def test_nothing_is_foretold_without_a_duration_a_trial_or_a_worker(
    seconds: float | None, finished: int, fields: dict[str, Any]
) -> None:
    assert estimate(sweep(**fields), seconds, finished, gpus=1.0) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"budget": {"activeDeadlineSeconds": 1124}}, "`spec.budget.activeDeadlineSeconds` is 19 min, and even half"),
        ({"budget": {"activeDeadlineSeconds": 1126}}, None),
        ({"budget": {"expectedSeconds": 600}}, "`spec.budget.expectedSeconds` is 10 min, and even half"),
        ({"budget": {"gpuSeconds": 4499}}, "`spec.budget.gpuSeconds` is 1.25 GPU hours, and even half"),
        ({"budget": {"gpuSeconds": 4501}}, None),
        ({"trials": {"max": 101, "timeoutSeconds": 100}}, "took 90% of `spec.trials.timeoutSeconds` (100)"),
        ({"trials": {"max": 101, "timeoutSeconds": 120}}, None),
    ],
)
def test_a_limit_that_half_of_the_estimate_exceeds_is_told(fields: dict[str, Any], words: str | None) -> None:
    of = sweep(**fields)
    forecast = estimate(of, 90.0, 1, gpus=1.0)
    assert forecast is not None
    told = list(contradictions(of, forecast))
    assert len(told) == (words is not None)
    assert words is None or words in told[0]
