"""Corners, attempts that do not count and the range of an objective: the baseline trial on real pods."""

from __future__ import annotations

import pytest

from tests.e2e.patience import until
from tests.e2e.place import Place

POINT = {"params": {"x": 1.0}}


@pytest.fixture(scope="module")
def sweeps(shared: Place) -> Place:
    """Two sweeps that run side by side."""
    objective = shared.objective("failing:beyond_one", way="error")
    corners = {**POINT, "corners": True, "count": False}
    cornered = shared.sweep("corners", most=2, replicas=1, baselineTrial=corners, objective=objective)
    outside = shared.sweep("outside", most=3, replicas=1, baselineTrial=POINT)
    outside["spec"]["study"]["objectives"][0]["range"] = {"min": 0.0, "max": 0.5}
    for sweep in (cornered, outside):
        shared.apply(sweep)
    return shared


def test_corners_run_in_the_pod_of_the_baseline_trial_and_do_not_count(sweeps: Place) -> None:
    sweeps.until_condition("corners", "Ended")
    passed = sweeps.conditions("corners")["BaselinePassed"]
    assert (passed["status"], passed["reason"]) == ("True", "PassedWithWarnings")
    assert "1 of 2 corners completed" in passed["message"]
    assert "Corner `upper`" in passed["message"]
    trials = sweeps.status("corners")["trials"]
    assert (trials["baseline"], trials["finished"]) == (3, 5)
    assert len(sweeps.pods("corners")) == 2, "one pod for the three trials of the gate, one for the search"


def test_a_value_outside_the_range_fails_the_gate_and_holds_no_pod(sweeps: Place) -> None:
    sweeps.until_condition("outside", "BaselinePassed", "False", reason="Failed")
    message = sweeps.conditions("outside")["BaselinePassed"]["message"]
    assert "`spec.study.objectives[0].range`" in message
    until(lambda: sweeps.live_pods("outside"), lambda pods: not pods, seconds=60, what="no pod is left")
    assert [job["metadata"]["labels"]["hposweep.dev/phase"] for job in sweeps.jobs("outside")] == ["baseline"]
