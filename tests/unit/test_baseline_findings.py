"""What a baseline trial shows beside its result, over passes of the operator: range, reports, disk, and the budget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.database.errors import StorageError
from hposweep.model.history import COMPLETE, FAIL
from hposweep.model.trials import Counts
from hpotrial import protocol
from tests import builders
from tests.unit.baseline_world import JOB, SEARCH, World, sweep


@pytest.mark.parametrize(
    ("bounds", "value", "words"),
    [
        ({"min": 0.0, "max": 1.0}, 1.5, "its score 1.5 is outside `spec.study.objectives[0].range` (0 to 1)"),
        ({"min": 0.0}, -2.0, "its score -2 is outside `spec.study.objectives[0].range` (at least 0)"),
        ({"max": 1.0}, 87.0, "its score 87 is outside `spec.study.objectives[0].range` (at most 1)"),
        ({"min": 0.0, "max": 1.0}, 1.0, None),
        ({"min": 0.0, "max": 1.0}, 0.0, None),
        ({}, 1e9, None),
    ],
)
@pytest.mark.parametrize("policy", ["Block", "Warn"])
async def test_a_value_outside_the_range_fails_the_gate_unless_failures_are_warnings(
    bounds: dict[str, float], value: float, words: str | None, policy: str
) -> None:
    study = {"objectives": [{"name": "score", "direction": "Maximize", "range": bounds}]}
    here = World(sweep(study=study))
    await here.reconcile()
    here.trial(COMPLETE, value)
    here.end_job()
    if policy == "Warn":
        here.change(study=study, preflight={"failurePolicy": policy})
    await here.reconcile()
    condition, is_open = here.condition, words is None or policy == "Warn"
    assert condition.reason == ("Passed" if words is None else "PassedWithWarnings" if is_open else "Failed")
    assert (words or "outside").removeprefix("its") in condition.message or words is None
    assert ("outside" in condition.message) == (words is not None)
    assert ("set `spec.preflight.failurePolicy: Warn`" in condition.message) != is_open


async def test_a_range_that_is_a_warning_from_now_on_opens_the_gate_without_another_trial() -> None:
    study = {"objectives": [{"name": "score", "direction": "Maximize", "range": {"max": 1.0}}]}
    here = World(sweep(study=study))
    await here.reconcile()
    here.trial(COMPLETE, 1.5)
    here.end_job()
    await here.reconcile(4)
    assert here.created == [JOB], "no other attempt by itself"
    assert here.state == ("Baseline", "False", "Failed")
    assert here.condition.message.startswith("trial 0 completed: score 1.5. Its score 1.5 is outside")
    here.change(study=study, preflight={"failurePolicy": "Warn"})
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("True", "PassedWithWarnings")
    assert len(here.trials) == 1, "the trial is not repeated"
    assert SEARCH not in here.created, "the preflight that was added comes first"


async def test_a_trial_without_reports_to_the_pruner_is_a_warning() -> None:
    here = World(sweep(study=builders.study(pruner={"name": "HyperbandPruner"})))
    await here.reconcile()
    here.trial(COMPLETE, 0.75, **{protocol.REPORTS: 0})
    here.end_job()
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("True", "PassedWithWarnings")
    assert "The trial reported no intermediate value" in here.condition.message
    assert SEARCH in here.created, "a warning keeps nothing from starting"


async def test_checkpoints_that_do_not_fit_are_a_warning_and_part_of_the_question() -> None:
    workers = builders.workers(2) | {"checkpoints": {"path": "/ckpt", "keep": "All"}}
    here = World(sweep(workers=workers, trials={"max": 11}, approval={"required": True}))
    await here.reconcile()
    disk = {"written": 3 * 2**30, "checkpoint": 2**30, "free": 2**30}
    here.trial(COMPLETE, 0.75, **{protocol.DISK_WRITTEN: disk})
    here.end_job()
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("True", "PassedWithWarnings")
    assert here.condition.message == (
        "trial 0 completed: score 0.75. It wrote 3 GiB to disk and its checkpoints have 1 GiB. "
        "Checkpoints of 10 trials take about 10 GiB. "
        "1 GiB are free at `/ckpt` (`spec.workers.checkpoints.path`), which is less than the checkpoints of 10 trials "
        "take"
    )
    status = here.cluster.held.status
    assert status is not None
    approved = status.condition("Approved")
    assert approved is not None
    assert "checkpoints of 10 trials take about 10 GiB" in approved.message.replace("Checkpoints", "checkpoints")


async def test_an_attempt_that_does_not_count_raises_the_budget() -> None:
    uncounted = {"params": {}, "count": False}
    here = World(sweep(baselineTrial=uncounted, trials={"max": 1}))
    await here.reconcile()
    here.trial(FAIL, **{protocol.CLASS: "ObjectiveError"})
    counts(here, failed=1)
    here.end_job()
    await here.reconcile()
    assert here.state == ("Baseline", "False", "Failed"), "the budget is not spent"
    here.change(baselineTrial=uncounted | {"params": {"x": 1.0}}, trials={"max": 1})
    await here.reconcile()
    here.trial(COMPLETE, 0.5)
    here.end_job(f"{JOB}-2")
    counts(here, failed=1, complete=1)
    await here.reconcile(4)
    assert here.created == [JOB, f"{JOB}-2", SEARCH]
    assert budget(here) == (3, 2), "one trial of the search, and two attempts"
    status = here.cluster.held.status
    assert status is not None
    assert (status.progress, status.state) == ("2/3", "Running")
    assert here.cluster.held.spec.trials.max == 1
    assert status.history is not None
    assert not [entry for entry in status.history.entries if "trials.max" in entry.message], "no person changed it"
    here.change(baselineTrial={"params": {}}, trials={"max": 1})
    await here.reconcile()
    assert budget(here) == (3, 2), "the mark of a trial says whether it counts"
    here.studies.error = StorageError("ConnectionFailed", "connection refused")
    await here.reconcile()
    assert budget(here) == (3, 2), "the status knows the number"


async def test_an_attempt_is_not_repeated_because_it_counts_from_now_on() -> None:
    here = World(sweep(baselineTrial={"params": {}, "count": False}, approval={"required": True}))
    await here.reconcile()
    here.trial(COMPLETE, 0.5)
    here.end_job()
    here.change(approval={"required": True})
    await here.reconcile()
    assert (here.created, here.state[0]) == ([JOB], "AwaitingApproval")


def counts(here: World, **states: int) -> None:
    assert here.studies.study is not None
    here.studies.study = replace(here.studies.study, counts=Counts(**states))


def budget(here: World) -> tuple[int, int | None]:
    """Return the budget of the workers and the attempts by which it is raised, as the status has them."""
    status, study = here.cluster.held.status, here.studies.study
    assert status is not None
    assert study is not None
    assert study.control is not None
    assert study.control["maxTrials"] == status.trials.max
    return status.trials.max, status.trials.baseline
