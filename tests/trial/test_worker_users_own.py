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
