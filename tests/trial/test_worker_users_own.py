"""A sweep over a program, or with a sampler of the user's own, by a whole worker."""

from __future__ import annotations

import sys

import optuna
import pytest

from hpotrial import protocol
from tests.trial.builders import OBJECTIVES, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

SPACE = [{"name": "x", "float": {"low": 0, "high": 1}}, {"name": "X", "float": {"low": 0, "high": 1}}]


def block(*command: str, names: int = 1) -> dict[str, object]:
    return {"objective": {"command": list(command)}, "searchSpace": SPACE[:names]}


def test_values_are_what_the_program_printed(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=3)
    worker = start_worker(study, block(sys.executable, str(OBJECTIVES / "programs.py"), "prints"))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert [trial.value for trial in study.trials] == [trial.params["x"] for trial in study.trials]
    assert study.counts() == {"COMPLETE": 3}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (block("no-such-program"), "spec.objective.command: `no-such-program` is not in any folder of PATH"),
        (block("./wrong_things.py"), "spec.objective.command: `./wrong_things.py` is not executable"),
        (
            block("sh", names=2),
            "spec.searchSpace: `x` and `X` would both become HPO_PARAM_X for spec.objective.command",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_any_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, given: dict[str, object], sentence: str
) -> None:
    study = make_study()
    worker = start_worker(study, given)
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG, worker.log()
    assert sentence in worker.message()
    assert study.trials == []


def test_a_sampler_of_the_users_own_suggests(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=2)
    sampler = {"class": "own_sampling:Seeded", "options": {"share": 0.5}, "seed": 3}
    worker = start_worker(study, work("slow:few_milliseconds", sampler=sampler))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    bare = optuna.create_study(sampler=optuna.samplers.RandomSampler(3))
    assert [trial.params["x"] for trial in study.trials] == [bare.ask().suggest_float("x", 0, 1) for _ in range(2)]


def test_a_sampler_that_raises_is_refused_with_its_field(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study()
    sampler = {"class": "own_sampling:Raises", "options": {"depth": 3}}
    worker = start_worker(study, work("slow:few_milliseconds", sampler=sampler))
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG
    assert worker.message() == (
        "spec.study.sampler.class: own_sampling:Raises(depth=3) raised ValueError: no licence for 3 levels"
    )
    assert study.trials == []


@pytest.mark.parametrize("isolation", ["Process", "None"])
@pytest.mark.parametrize(
    ("hook", "state"),
    [
        ("before_trial", "COMPLETE"),
        ("infer_relative_search_space", "FAIL"),
        ("sample_relative", "FAIL"),
        ("sample_independent", "FAIL"),
        ("after_trial", "COMPLETE"),
    ],
)
def test_a_hook_that_raises_is_logged_and_counted(
    make_study: StudyMaker, start_worker: WorkerStarter, hook: str, state: str, isolation: str
) -> None:
    study = make_study().control(max_trials=2)
    sampler = {"class": "own_sampling:Broken", "options": {"hook": hook}}
    worker = start_worker(study, work("slow:few_milliseconds", sampler=sampler, isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert study.counts() == {state: 2}
    for trial in study.trials:
        error = trial.user_attrs[protocol.SAMPLER_ERROR]
        assert error.startswith(f"spec.study.sampler: {hook} raised ValueError: boom in {hook} (own_sampling.py:")
        if state == "FAIL":
            assert trial.user_attrs[protocol.ERROR].startswith(f"HookError: {error}")
    assert worker.log().count(f"{hook} raised ValueError") >= 2
    assert "Traceback (most recent call last)" in worker.log()


def test_a_pruner_that_raises_fails_the_trial_with_its_field(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=1)
    worker = start_worker(study, work("learned:trained", pruner={"class": "own_sampling:BrokenPruner"}))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    (trial,) = study.trials
    assert trial.user_attrs[protocol.SAMPLER_ERROR].startswith(
        "spec.study.pruner: prune raised KeyError: 'no such step'"
    )
    assert trial.user_attrs[protocol.ERROR].startswith("HookError: spec.study.pruner: prune raised KeyError")
