"""The plan for a sweep that is being deleted: its study is deleted or disowned once no worker can write to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.model.plan import DeleteStudy, DisownStudy, Plan, ResizeJob
from hposweep.model.workers import Pod
from hposweep.plan.planner import release
from tests.unit import world

SUSPENDED = world.job(is_suspended=True)


@pytest.mark.parametrize(
    ("policy", "action"),
    [
        ("Delete", DeleteStudy("default.digits")),
        ("Retain", DisownStudy(7, "default.digits", world.UID)),
    ],
)
def test_the_deletion_policy_decides_about_the_study(policy: str, action: Any) -> None:
    sweep = world.sweep(deletionPolicy=policy)
    assert release(sweep, world.seen(world.study(sweep), jobs=(SUSPENDED,))) == Plan((action,))


@pytest.mark.parametrize(
    ("job", "pods"),
    [(world.job(), ()), (SUSPENDED, (world.pod(),)), (SUSPENDED, (world.pod(is_terminating=True),))],
    ids=["the Job is still to be suspended", "a pod runs", "a pod is terminating"],
)
def test_the_study_stays_while_a_worker_may_write_to_it(job: Any, pods: tuple[Pod, ...]) -> None:
    sweep = world.sweep(deletionPolicy="Delete")
    plan = release(sweep, world.seen(world.study(sweep), jobs=(job,), pods=pods))
    assert all(isinstance(action, ResizeJob) for action in plan.actions)


@pytest.mark.parametrize("owner", [None, "another-uid"])
def test_a_study_of_another_owner_is_left_alone(owner: str | None) -> None:
    sweep = world.sweep(deletionPolicy="Delete")
    study = replace(world.study(sweep), owner=owner)
    assert release(sweep, world.seen(study)) == Plan()


def test_an_unreachable_database_leaves_the_study_alone() -> None:
    assert release(world.sweep(deletionPolicy="Delete"), world.seen(world.LOST)) == Plan()
