"""The trials of champions on a real database with real workers: enqueued once, exactly these, and no others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from optuna.trial import TrialState

from hposweep.database.study import Studies
from hposweep.model.enqueueing import EnqueueChampions, EnqueuedTrial
from hpotrial import protocol
from hpotrial.protocol.champion import FIRST_SEED, ChampionMark
from tests.trial.builders import SweepStudy, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres
PARAMS = ({"x": 0.25, "y": 0, "kind": "flat"}, {"x": 0.75, "y": 3, "kind": "steep"})


def champions(uid: str, seeds: int = 2) -> list[EnqueuedTrial]:
    return [
        EnqueuedTrial(
            params, {protocol.CHAMPION: ChampionMark(uid, rank, FIRST_SEED + place, 10 + rank, 0.5).to_json()}
        )
        for place in range(seeds)
        for rank, params in enumerate(PARAMS, 1)
    ]


def enqueue(study: SweepStudy, studies: Studies, uid: str) -> int:
    return studies.enqueue(EnqueueChampions(study.study._study_id, tuple(champions(uid))))


def test_they_are_enqueued_once_also_by_two_operators(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    databases = [make_studies(study), make_studies(study)]
    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(lambda studies: enqueue(study, studies, "uid"), databases))
    assert sorted(numbers) == [0, 4]
    assert [trial.state for trial in study.trials] == [TrialState.WAITING] * 4


def test_those_of_an_earlier_sweep_that_wait_are_withdrawn_without_charge(
    make_study: StudyMaker, make_studies: Any
) -> None:
    study = make_study()
    studies = make_studies(study)
    assert enqueue(study, studies, "earlier") == 4
    assert enqueue(study, studies, "uid") == 4
    states = [trial.state for trial in study.trials]
    assert states == [TrialState.FAIL] * 4 + [TrialState.WAITING] * 4
    assert all(trial.user_attrs[protocol.CHARGED] is False for trial in study.trials[:4])
    read = studies.read(study.name, [False])
    assert read is not None
    assert read.counts.charged == 0


def test_workers_run_exactly_these_with_their_parameters(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=4)
    assert enqueue(study, make_studies(study), "uid") == 4
    workers = [start_worker(study, work("plain:quadratic"), index=index) for index in range(2)]
    assert [worker.wait() for worker in workers] == [protocol.EXIT_DONE] * 2
    assert [trial.params for trial in study.trials] == [*PARAMS, *PARAMS]
    assert {trial.state for trial in study.trials} == {TrialState.COMPLETE}
