"""The whole zoo by one real worker: the same classes as in `test_zoo`, and the sweep goes on to its end."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from hpotrial import protocol
from tests.trial.builders import SweepStudy, WorkerProcess, work
from tests.trial.objectives.zoo import ENDLESS, HOWS, MORE
from tests.trial.test_zoo import COMPLETE, FAILED, MEMORY_BYTES

pytestmark = pytest.mark.postgres

TIMEOUT_SECONDS = 5
OTHERWISE_HERE = {"study"}  # this study has what that objective looks for


@pytest.fixture(scope="module")
def trials(
    database: tuple[optuna.storages.RDBStorage, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, FrozenTrial]:
    storage, uri = database
    hows = [*HOWS, *MORE, *ENDLESS]
    study = SweepStudy(storage, uri, "whole zoo").control(max_trials=len(hows), timeoutSeconds=TIMEOUT_SECONDS)
    for how in hows:
        study.study.enqueue_trial({"how": how})
    directory: Path = tmp_path_factory.mktemp("zoo")
    limits = {protocol.MEMORY_BYTES_ENV: str(MEMORY_BYTES)}
    worker = WorkerProcess(study, work("zoo:objective"), directory, environment=limits)
    try:
        assert worker.wait(110) == protocol.EXIT_DONE, worker.log()[-4000:]
    finally:
        worker.kill()
    return {trial.params["how"]: trial for trial in study.trials}


@pytest.mark.parametrize("how", COMPLETE)
def test_complete(trials: dict[str, FrozenTrial], how: str) -> None:
    assert trials[how].state == TrialState.COMPLETE, trials[how].user_attrs


@pytest.mark.parametrize(
    ("how", "failure_class", "sentence"), [row for row in FAILED if row[0] not in (*OTHERWISE_HERE, *ENDLESS)]
)
def test_failed(trials: dict[str, FrozenTrial], how: str, failure_class: str, sentence: str) -> None:
    assert trials[how].state == TrialState.FAIL
    assert trials[how].user_attrs[protocol.CLASS] == failure_class
    assert trials[how].user_attrs[protocol.ERROR].startswith(sentence)
    assert trials[how].user_attrs[protocol.FINGERPRINT]


@pytest.mark.parametrize("how", ENDLESS)
def test_endless_ones_are_ended(trials: dict[str, FrozenTrial], how: str) -> None:
    assert trials[how].user_attrs[protocol.CLASS] == "TimedOut"
    assert "longer than trials.timeoutSeconds (5 s)" in trials[how].user_attrs[protocol.ERROR]
    assert protocol.CHARGED not in trials[how].user_attrs
