"""Every way in which a trial can end, by one real worker that survives them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from hpotrial import protocol
from tests.postgres_server import PASSWORD
from tests.trial.builders import SweepStudy, WorkerProcess, is_alive, work
from tests.trial.objectives.zoo import HOWS

pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Zoo:
    """What is left of one worker's run over all ends."""

    trials: Mapping[str, FrozenTrial]
    exit_code: int
    log: str

    def line(self, how: str) -> str:
        number = self.trials[how].number
        return next(line for line in self.log.splitlines() if line.startswith(f"trial {number} ") and " in " in line)


@pytest.fixture(scope="module")
def zoo(database: tuple[optuna.storages.RDBStorage, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    storage, uri = database
    study = SweepStudy(storage, uri, "zoo").control(max_trials=len(HOWS))
    for how in HOWS:
        study.study.enqueue_trial({"how": how})
    directory: Path = tmp_path_factory.mktemp("zoo")
    worker = WorkerProcess(study, work("zoo:objective"), directory)
    try:
        exit_code = worker.wait()
        yield Zoo({trial.params["how"]: trial for trial in study.trials}, exit_code, worker.log())
    finally:
        worker.kill()


def test_the_worker_survives_them_all_and_spends_the_budget(zoo: Zoo) -> None:
    assert zoo.exit_code == protocol.EXIT_DONE
    assert sorted(zoo.trials) == sorted(HOWS)
    assert all(trial.state.is_finished() for trial in zoo.trials.values())
    assert "budget spent" in zoo.log


def test_a_parameter_keeps_its_value_within_a_trial(zoo: Zoo) -> None:
    assert zoo.trials["suggest-twice"].state == TrialState.COMPLETE, zoo.line("suggest-twice")


@pytest.mark.parametrize(
    ("how", "value"),
    [
        ("number", 0.5),
        ("report-nan", 1.0),
        ("bad-infinity", float("inf")),
        ("attributes", 1.0),
        ("prints-without-newline", 1.0),
        ("leaves-a-child", 1.0),
        ("leaves-a-thread", 1.0),
        ("study", 1.5),
        ("silent-child-dies", 2.0),
        ("looks-for-the-database", 1.0),
    ],
)
def test_complete(zoo: Zoo, how: str, value: float) -> None:
    assert zoo.trials[how].state == TrialState.COMPLETE
    assert zoo.trials[how].value == value


@pytest.mark.parametrize(
    ("how", "failure_class", "error"),
    [
        ("raise", "ObjectiveError", "ValueError: batch is empty"),
        ("sys-exit", "ObjectiveError", "SystemExit: no data"),
        ("wrong-suggestion", "ObjectiveError", "ValueError: "),
        ("stolen-attribute", "ObjectiveError", "ValueError: user attribute `hposweep:charged`: the prefix"),
        ("study-forbidden", "ObjectiveError", "NotImplementedError: trial.study.ask is not available"),
        ("kill-9", "Crashed", "the process was killed by SIGKILL"),
        ("segfault", "Crashed", "the process was killed by SIGSEGV"),
        ("exit-0", "Crashed", "the process ended with exit code 0 and without a result"),
        ("exit-3", "Crashed", "the process ended with exit code 3 and without a result"),
        ("nan", "NotFinite", "the objective returned NaN"),
        ("good-infinity", "NotFinite", "the objective returned -inf, which no other trial could beat"),
        ("none", "ObjectiveError", "the objective returned None, which is not a number"),
        ("word", "ObjectiveError", "the objective returned 'good' (str), which is not a number"),
        ("two-values", "ObjectiveError", "the objective returned 2 values, the study has 1"),
    ],
)
def test_failed_with_a_class_and_a_sentence(zoo: Zoo, how: str, failure_class: str, error: str) -> None:
    trial = zoo.trials[how]
    assert trial.state == TrialState.FAIL
    assert trial.user_attrs[protocol.CLASS] == failure_class
    assert trial.user_attrs[protocol.ERROR].startswith(error)
    assert protocol.CHARGED not in trial.user_attrs
    assert f"FAIL {failure_class}: {error}" in zoo.line(how)


def test_a_long_error_is_bounded(zoo: Zoo) -> None:
    assert len(zoo.trials["raise-at-length"].user_attrs[protocol.ERROR]) == 2000


def test_pruned_keeps_its_reports_and_the_last_as_value(zoo: Zoo) -> None:
    trial = zoo.trials["prune"]
    assert trial.state == TrialState.PRUNED
    assert trial.intermediate_values == {0: 0.0, 1: 1.0, 2: 2.0}
    assert trial.value == 2.0


def test_every_trial_says_who_ran_it(zoo: Zoo) -> None:
    for trial in zoo.trials.values():
        assert trial.user_attrs[protocol.POD_NAME] == "digits-search-0"
        assert trial.user_attrs[protocol.POD_UID] == "uid-0"
        assert trial.user_attrs[protocol.NODE_NAME] == "node-a"
        assert trial.user_attrs[protocol.WORKER_INDEX] == 0
        assert trial.user_attrs[protocol.ATTEMPT] == 0


def test_attributes_and_constraints_are_stored_as_optuna_stores_them(zoo: Zoo) -> None:
    assert zoo.trials["attributes"].user_attrs["notes"] == {"deep": [1, "two", None]}
    assert zoo.trials["attributes"].constraints == {"latency": -1.5}


def test_nothing_that_a_trial_started_is_left(zoo: Zoo) -> None:
    assert not is_alive(zoo.trials["leaves-a-child"].user_attrs["pid"])


def test_the_log_shows_the_users_traceback_and_no_secret(zoo: Zoo) -> None:
    assert 'raise ValueError("batch is empty")' in zoo.log
    assert "half a line" in zoo.log
    assert PASSWORD not in zoo.log
    assert "postgresql" not in zoo.log
