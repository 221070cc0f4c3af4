"""The variables that a function finds as a program does, in both isolations."""

from __future__ import annotations

import pytest

from hpotrial import protocol
from tests.trial.builders import work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_a_function_finds_the_sweep_and_its_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=2)
    worker = start_worker(study, work("surroundings:environment", isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert [trial.user_attrs["environ"] for trial in study.trials] == [
        {"HPO_SWEEP": "demo/digits", "HPO_TRIAL_NUMBER": "0"},
        {"HPO_SWEEP": "demo/digits", "HPO_TRIAL_NUMBER": "1"},
    ]
