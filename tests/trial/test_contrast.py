"""Contrast trials on a real database with real workers: exact budget, fixed parameters, marks that stay."""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from hposweep.api.sweep import Sweep
from hposweep.database.study import Studies
from hposweep.judge.judge import judge
from hposweep.model.enqueueing import EnqueuedTrial, EnqueueTrials
from hposweep.model.history import History, Trial
from hposweep.plan.contrast import contrast
from hpotrial import protocol
from tests import builders
from tests.trial.builders import SWEEP_UID, SweepStudy, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.reaper import Reaper
from tests.unit import world

pytestmark = pytest.mark.postgres

SPACE = [
    builders.float_parameter("x", -5.0, 5.0),
    builders.categorical_parameter("family", "cnn", "context"),
    builders.int_parameter("depth", 1, 5, when=builders.when("family", "cnn")),
    builders.int_parameter("heads", 1, 5, when=builders.when("family", "context")),
]
CNN = {"x": 2.0, "family": "cnn", "depth": 1}
CONTEXT = {"x": 2.0, "family": "context", "heads": 3}


def two_families(reference: str = "two_families:loss", **blocks: Any) -> dict[str, Any]:
    return work(reference, search_space=SPACE, **blocks)


def wanted(study: SweepStudy, *pairs: tuple[dict[str, Any], dict[str, Any]], most: int = 10) -> EnqueueTrials:
    trials = tuple(
        EnqueuedTrial(params, mark(pair=number, value=params["family"]))
        for number, pair in enumerate(pairs)
        for params in pair
    )
    return EnqueueTrials(study.study._study_id, trials, most)


def mark(parameter: str = "family", pair: int = 0, value: Any = "cnn") -> dict[str, Any]:
    return {protocol.CONTRAST: {"parameter": parameter, "pair": pair, "of": 0, "value": value}}


def contrasted(study: SweepStudy) -> list[FrozenTrial]:
    return [trial for trial in study.trials if protocol.CONTRAST in trial.user_attrs]


def history(study: SweepStudy) -> History:
    return History(
        tuple(
            Trial(
                number=trial.number,
                state=trial.state.name,
                values=tuple(trial.values or ()),
                params=trial.params,
                completed=trial.datetime_complete.astimezone(UTC) if trial.datetime_complete else None,
                attributes=trial.user_attrs,
            )
            for trial in study.trials
        )
    )


def planned(sweep: Sweep, study: SweepStudy, studies: Studies) -> EnqueueTrials | None:
    """What a pass of the operator would enqueue now."""
    read = studies.read(study.name, [False])
    assert read is not None
    seen = world.seen(replace(read, directions=("MINIMIZE",)), jobs=(world.job(),), history=history(study))
    return contrast(sweep, seen, judge(sweep, seen))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("sampler", ["RandomSampler", "TPESampler"])
def test_pairs_run_within_the_budget_and_all_of_it_is_used(
    sampler: str, make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    most, count = 60, 8
    study = make_study().control(max_trials=most)
    studies = make_studies(study)
    sweep = replace(
        world.sweep(
            study=builders.study(direction="Minimize", objective="loss"),
            searchSpace=SPACE,
            workers=builders.workers(4),
            trials={"max": most},
            contrast={"parameters": ["family"], "pairs": count},
        ),
        uid=SWEEP_UID,
    )
    block = two_families(sampler={"name": sampler, "seed": 1}, isolation="None")
    workers = [start_worker(study, block, index) for index in range(4)]
    todo = until(lambda: planned(sweep, study, studies), "pairs to enqueue")
    added = studies.enqueue(todo)
    assert added in range(2, 2 * count + 1, 2), "fewer when the workers were faster than we looked"
    assert [worker.wait(60) for worker in workers] == [protocol.EXIT_DONE] * 4

    assert len(study.charged()) == most
    assert study.counts() == {"COMPLETE": most}
    assert [trial.number for trial in study.trials] == list(range(most))
    assert len(contrasted(study)) == added
    by_pair = defaultdict(list)
    for trial in contrasted(study):
        by_pair[trial.user_attrs[protocol.CONTRAST]["pair"]].append(trial)
    for number, (one, other) in by_pair.items():
        assert {one.params["family"], other.params["family"]} == {"cnn", "context"}
        assert one.params["x"] == other.params["x"]
        assert one.params["family"] == one.user_attrs[protocol.CONTRAST]["value"]
        of = study.trials[one.user_attrs[protocol.CONTRAST]["of"]]
        assert of.params in (one.params, other.params), f"pair {number} is made from an elite trial"
        assert abs(abs(one.values[0] - other.values[0]) - 1.0) <= 0.05
    assert planned(sweep, study, studies) is None


def test_the_rows_are_those_of_optuna(make_study: StudyMaker, make_studies: Any) -> None:
    ours, theirs = make_study(), make_study()
    make_studies(ours).enqueue(wanted(ours, (CNN, CONTEXT)))
    for params in (CNN, CONTEXT):
        attributes = {**mark(value=params["family"]), protocol.USER_ATTRIBUTES: [protocol.CONTRAST]}
        theirs.study.enqueue_trial(params, user_attrs=attributes)
    for one, other in zip(ours.trials, theirs.trials, strict=True):
        assert (one.number, one.state) == (other.number, other.state)
        assert one.state == TrialState.WAITING
        assert (one.user_attrs, one.system_attrs) == (other.user_attrs, other.system_attrs)
        assert (one.datetime_start, one.datetime_complete) == (None, None)


def test_eight_operators_at_once_enqueue_them_once(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    todo, start = wanted(study, (CNN, CONTEXT), (CNN, CONTEXT)), threading.Barrier(8)
    everybody = [make_studies(study) for _ in range(8)]

    def enqueue(studies: Studies) -> int:
        start.wait()
        return studies.enqueue(todo)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(enqueue, everybody)) == [0] * 7 + [4]
    assert [trial.number for trial in study.trials] == list(range(4))


def test_a_parameter_that_has_its_pairs_keeps_no_other_from_them(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    other = EnqueuedTrial(CNN, mark("x", value=None)), EnqueuedTrial({**CNN, "x": 5.0}, mark("x", value="high"))
    both = wanted(study, (CNN, CONTEXT))
    assert studies.enqueue(both) == 2
    assert studies.enqueue(replace(both, trials=(*both.trials, *other))) == 2
    assert [trial.user_attrs[protocol.CONTRAST]["parameter"] for trial in study.trials] == ["family"] * 2 + ["x"] * 2


@pytest.mark.parametrize(("asked", "expected"), [(6, 4), (7, 2), (8, 2), (9, 0), (10, 0)])
def test_only_whole_pairs_that_fit_are_added(
    asked: int, expected: int, make_study: StudyMaker, make_studies: Any
) -> None:
    """Workers asked for more since the plan was made."""
    study = make_study()
    for _ in range(asked - 1):
        study.study.ask()
    study.study.enqueue_trial(CNN)
    uncharged = study.study.ask()
    uncharged.set_user_attr(protocol.CHARGED, False)
    study.study.tell(uncharged, state=TrialState.FAIL)
    study.study.enqueue_trial(CNN)
    studies = make_studies(study)
    assert studies.enqueue(wanted(study, (CNN, CONTEXT), (CNN, CONTEXT), (CNN, CONTEXT))) == expected
    counts = studies.counts([study.study._study_id])[study.study._study_id]
    assert counts.charged + counts.waiting <= 10


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_mark_survives_the_loss_of_its_worker(
    is_killed: bool, make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any, tmp_path: Path
) -> None:
    """Killed, the operator gives its trial up; told to go, it hands the trial back itself."""
    study = make_study().control(max_trials=2)
    make_studies(study).enqueue(wanted(study, (CNN, CONTEXT), most=2))
    block, here = two_families("two_families:gated"), {"TEST_DIRECTORY": str(tmp_path)}
    first = start_worker(study, block, 0, **here)
    until(lambda: (tmp_path / "running-0").exists(), "the first of the pair")
    if is_killed:
        first.kill()
        with closing(Reaper(study, max_retries=2)) as reaper:
            assert reaper.reap(alive=[], killed=["uid-0"]) == 1
    else:
        first.terminate()
        assert first.wait() == protocol.EXIT_INTERRUPTED
    (tmp_path / "go").touch()
    assert start_worker(study, block, 1, **here).wait() == protocol.EXIT_DONE

    assert study.counts() == {"COMPLETE": 2, "FAIL": 1}
    assert len(study.charged()) == 2
    lost, other, again = study.trials
    assert again.user_attrs[protocol.RETRIED_FROM] == lost.number
    assert again.user_attrs[protocol.CONTRAST] == lost.user_attrs[protocol.CONTRAST]
    assert again.user_attrs[protocol.USER_ATTRIBUTES] == [protocol.CONTRAST]
    assert (again.params, other.params) == (CNN, CONTEXT)
    assert make_studies(study).enqueue(wanted(study, (CNN, CONTEXT))) == 0


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_no_side_of_a_pair_is_pruned(
    isolation: str, make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=4)
    make_studies(study).enqueue(wanted(study, (CNN, CONTEXT), most=4))
    block = two_families(
        "two_families:pruned_when_asked",
        pruner={"name": "ThresholdPruner", "options": {"upper": 1.0}},
        isolation=isolation,
    )
    assert start_worker(study, block).wait() == protocol.EXIT_DONE
    states = [(protocol.CONTRAST in trial.user_attrs, trial.state.name) for trial in study.trials]
    assert states == [(True, "COMPLETE")] * 2 + [(False, "PRUNED")] * 2
    assert all(trial.intermediate_values == {0: 10.0} for trial in study.trials)


def test_one_of_a_pair_may_be_the_best_of_the_study(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    for value in (3.0, 2.0):
        trial = study.study.ask({"x": optuna.distributions.FloatDistribution(-5, 5)})
        study.study.tell(trial, value)
    studies.enqueue(wanted(study, (CNN, CONTEXT)))
    study.study.tell(study.study.ask(), 1.0)
    read = studies.read(study.name, [False])
    assert read is not None
    assert read.best.trial is not None
    assert read.best.trial.number == 2
    assert [trial.number for trial in history(study).searched] == [0, 1]
