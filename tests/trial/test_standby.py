"""The process that stands ready for the next trial: used when alive, replaced when dead, never left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from hpotrial import protocol
from hpotrial.process.output import Output
from hpotrial.process.standby import Standby
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.config import PythonObjective
from hpotrial.protocol.messages import Call, Task, TrialFacts
from tests.trial.builders import OBJECTIVES, is_alive, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

FACTS = TrialFacts(number=0, trial_id=1, study_id=1, study_name="study", directions=("MINIMIZE",))
TASK = Task(PythonObjective("plain:quadratic"), str(OBJECTIVES), FACTS)


@pytest.fixture
def spare() -> Iterator[Standby]:
    spare = Standby(Output())
    yield spare
    spare.end()


def standing(spare: Standby) -> TrialProcess:
    spare.prepare()
    assert spare._process is not None
    return spare._process


def runs(process: TrialProcess) -> bool:
    try:
        return isinstance(process.receive(20.0), Call)
    finally:
        process.end(grace_seconds=0)


def test_the_one_that_stands_ready_is_taken_and_there_is_one_only(spare: Standby) -> None:
    ready = standing(spare)
    assert standing(spare) is ready
    taken = spare.take(TASK)
    assert taken is ready
    assert runs(taken)
    assert spare._process is None


def test_one_that_has_died_meanwhile_costs_no_trial(spare: Standby) -> None:
    ready = standing(spare)
    os.kill(ready._pid, signal.SIGKILL)
    until(lambda: not ready.is_alive, "it to die")
    taken = spare.take(TASK)
    assert taken is not ready
    assert runs(taken)


def test_one_that_is_not_needed_is_ended() -> None:
    spare = Standby(Output())
    pid = standing(spare)._pid
    spare.end()
    assert not is_alive(pid)


@pytest.mark.postgres
def test_the_second_trial_begins_in_a_process_that_is_older_than_the_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=3)
    worker = start_worker(study, work("slow:says_its_age"))
    assert worker.wait() == protocol.EXIT_DONE
    for trial in study.trials[1:]:
        assert trial.datetime_start is not None
        # The database has the clock of this machine.
        assert trial.user_attrs["process_started"] < trial.datetime_start.astimezone(UTC).timestamp()
