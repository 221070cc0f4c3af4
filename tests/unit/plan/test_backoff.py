"""A slot waits for its own failures as long as Kubernetes says, and for those of the cluster never much longer."""

from __future__ import annotations

import pytest

from hposweep.judge.judge import judge
from hposweep.model.plan import Plan, ResetBackoff
from hposweep.model.workers import Pod
from hposweep.plan.planner import plan
from tests.unit import world

OFTEN = {"phase": "Failed", "disruptions": 3, "job": world.job().name}


def planned(*pods: Pod, is_over: bool = False) -> Plan:
    sweep = world.sweep()
    observation = world.seen(world.study(sweep), jobs=(world.job(is_complete=is_over),), pods=pods)
    return plan(sweep, observation, judge(sweep, observation))


@pytest.mark.parametrize(("failures", "left"), [(0, 2), (1, 1), (2, 0), (3, 0), (6, 0)])
def test_a_slot_that_was_disrupted_often_waits_as_if_that_had_been_seldom(failures: int, left: int) -> None:
    """And one that also failed by itself waits as long as for its failures alone."""
    pods = (world.pod(0, **OFTEN, failures=failures), world.pod(1))
    assert planned(*pods).of_kind(ResetBackoff) == (ResetBackoff("pod-0", left),)


def test_a_slot_that_failed_often_does_not_wait_longer_for_one_disruption() -> None:
    pod = world.pod(0, **{**OFTEN, "failures": 3, "disruptions": 1})
    assert planned(pod).of_kind(ResetBackoff) == (ResetBackoff("pod-0", 0),)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"disruptions": 2}, id="seldom: Kubernetes' own pause is short"),
        pytest.param({"disruptions": 1, "failures": 1}, id="seldom, with a failure of its own"),
        pytest.param({"disruptions": 0, "failures": 6}, id="all of its pause is its own"),
        pytest.param({"phase": "Running"}, id="it has not ended, so no slot waits"),
        pytest.param({"phase": "Succeeded"}, id="it ended well: no other will come"),
        pytest.param({"job": "digits-search-0"}, id="of an earlier Job"),
    ],
)
def test_nothing_is_changed_without_need(fields: dict[str, object]) -> None:
    assert planned(world.pod(0, **{**OFTEN, **fields})).of_kind(ResetBackoff) == ()


def test_a_job_that_has_ended_waits_for_no_pod() -> None:
    assert planned(world.pod(0, **OFTEN), is_over=True).of_kind(ResetBackoff) == ()
