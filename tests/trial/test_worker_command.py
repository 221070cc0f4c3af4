"""A sweep over a program, by a whole worker."""

from __future__ import annotations

import sys

import pytest

from hpotrial import contract
from tests.trial.builders import OBJECTIVES
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

SPACE = [{"name": "x", "float": {"low": 0, "high": 1}}, {"name": "X", "float": {"low": 0, "high": 1}}]


def block(*command: str, names: int = 1) -> dict[str, object]:
    return {"objective": {"command": list(command)}, "searchSpace": SPACE[:names]}


def test_values_are_what_the_program_printed(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=3)
    worker = start_worker(study, block(sys.executable, str(OBJECTIVES / "programs.py"), "prints"))
    assert worker.wait() == contract.EXIT_DONE, worker.log()
    assert [trial.value for trial in study.trials] == [trial.params["x"] for trial in study.trials]
    assert study.counts() == {"COMPLETE": 3}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (block("no-such-program"), "spec.objective.command: `no-such-program` is not in any folder of PATH"),
        (block("./wrong_things.py"), "spec.objective.command: `./wrong_things.py` is not executable"),
        (block("sh", names=2), "spec.searchSpace: `x` and `X` would both be HPO_PARAM_X for spec.objective.command"),
    ],
)
def test_what_cannot_work_is_refused_before_any_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, given: dict[str, object], sentence: str
) -> None:
    study = make_study()
    worker = start_worker(study, given)
    assert worker.wait() == contract.EXIT_INVALID_WORK, worker.log()
    assert sentence in worker.message()
    assert study.trials == []
