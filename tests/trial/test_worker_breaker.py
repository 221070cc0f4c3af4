"""The first trials all fail alike: the worker stops asking, and says what it saw."""

from __future__ import annotations

import pytest

from hpotrial import protocol
from tests.trial.builders import work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

ALIKE = protocol.BREAKER_TRIALS


def test_five_equal_failures_at_the_start_open_it(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=50)
    worker = start_worker(study, work("failing:always"))
    assert worker.wait() == protocol.EXIT_DONE
    assert len(study.trials) == ALIKE
    block = study.study.user_attrs[protocol.BREAKER]
    assert block["class"] == protocol.DATA_MISSING
    assert "No such file or directory: '/data/train.npy'" in block["error"]
    assert block["trial"] == ALIKE - 1
    assert block["fingerprint"] == study.trials[0].user_attrs[protocol.FINGERPRINT]
    assert f"the first {ALIKE} trials failed alike (DataMissing: " in worker.log()


def test_eight_workers_stop_together(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=200)
    workers = [start_worker(study, work("failing:always"), index) for index in range(8)]
    assert [worker.wait(60) for worker in workers] == [protocol.EXIT_DONE] * 8
    assert ALIKE <= len(study.trials) <= ALIKE + 8


@pytest.mark.parametrize("objective", ["failing:all_but_the_third", "failing:each_in_its_own_way"])
def test_a_success_or_another_failure_among_the_first_keeps_it_shut(
    make_study: StudyMaker, start_worker: WorkerStarter, objective: str
) -> None:
    study = make_study().control(max_trials=12)
    assert start_worker(study, work(objective)).wait() == protocol.EXIT_DONE
    assert len(study.trials) == 12
    assert protocol.BREAKER not in study.study.user_attrs


def test_after_it_was_closed_only_later_trials_count(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=50)
    assert start_worker(study, work("failing:always")).wait() == protocol.EXIT_DONE
    with study.storage.engine.begin() as connection:
        connection.exec_driver_sql(
            "delete from study_user_attributes where key = %(key)s and study_id = %(study)s",
            {"key": protocol.BREAKER, "study": study.study._study_id},
        )
    study.control(max_trials=50, breakerFrom=ALIKE)
    assert start_worker(study, work("failing:always")).wait() == protocol.EXIT_DONE
    assert len(study.trials) == 2 * ALIKE
