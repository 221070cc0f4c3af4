"""The time of one pod, divided by use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.judge.ledger.pod import pod_seconds
from hposweep.judge.ledger.spans import TrialSpan
from hposweep.model.gpu_seconds import PodTimes
from tests.unit.judge.histories import after

NOW = after(1000)
ENDED = PodTimes(created=after(0), scheduled=after(10), started=after(30), ended=after(130))
MOMENTS = st.floats(-50, 250).map(after)
SPANS = st.builds(
    lambda begin, seconds, use: TrialSpan(begin, begin + timedelta(seconds=seconds), use),
    MOMENTS,
    st.floats(0, 100),
    st.sampled_from(["training", "failed", "pruned", "preempted"]),
)
TIMES = st.builds(PodTimes, MOMENTS, *[st.none() | MOMENTS] * 3)


def span(begin: float, end: float, use: str = "training") -> TrialSpan:
    return TrialSpan(after(begin), after(end), use)


def uses(times: PodTimes, *spans: TrialSpan) -> dict[str, float]:
    by_use = pod_seconds(times, spans, NOW).by_use()
    return {use: value for use, value in by_use.items() if value}


def test_a_pod_from_its_queue_to_its_end() -> None:
    assert uses(ENDED, span(35, 65), span(67, 90, "pruned"), span(90, 100, "failed"), span(101, 120, "preempted")) == {
        "queue": 10,
        "pull": 20,
        "start": 5,
        "training": 30,
        "pruned": 23,
        "failed": 10,
        "preempted": 19,
        "idle": 3,
        "waiting": 10,
    }


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (PodTimes(created=after(0)), {"queue": 1000}),
        (PodTimes(created=after(0), ended=after(50)), {"queue": 50}),
        (PodTimes(created=after(0), scheduled=after(10), ended=after(50)), {"queue": 10, "pull": 40}),
        (ENDED, {"queue": 10, "pull": 20, "waiting": 100}),
        (PodTimes(after(0), after(10), after(30)), {"queue": 10, "pull": 20, "start": 970}),
    ],
)
def test_a_pod_without_trials(times: PodTimes, expected: dict[str, float]) -> None:
    assert uses(times) == expected


def test_a_worker_that_runs_is_idle_after_its_last_trial() -> None:
    assert uses(PodTimes(after(0), after(0), after(0)), span(0, 900))["idle"] == 100


def test_a_lost_trial_ends_with_its_pod() -> None:
    assert uses(ENDED, span(30, 900, "preempted")) == {"queue": 10, "pull": 20, "preempted": 100}


def test_trials_that_cannot_be_read_leave_idle_time() -> None:
    assert pod_seconds(ENDED, None, NOW).idle == 100


def test_trials_at_the_same_time_share_the_gpu() -> None:
    assert uses(ENDED, span(30, 130), span(30, 130, "failed")) == {
        "queue": 10,
        "pull": 20,
        "training": 50,
        "failed": 50,
    }


@given(times=TIMES, spans=st.lists(SPANS, max_size=6))
def test_the_parts_always_add_up_to_the_time_of_the_pod(times: PodTimes, spans: list[TrialSpan]) -> None:
    """Whatever the clocks say, also when the pod ends before it began."""
    seconds = pod_seconds(times, spans, NOW)
    end = max(times.created, times.ended or NOW)
    assert sum(seconds.by_use().values()) == pytest.approx((end - times.created).total_seconds(), abs=1e-5)
    assert min(seconds.by_use().values()) >= 0
    held = (end - min(max(times.scheduled or end, times.created), end)).total_seconds()
    assert seconds.allocated == pytest.approx(held, abs=1e-5)
