"""The variables that a function finds as a program does, in both isolations."""

from __future__ import annotations

import pytest

from hpotrial import protocol
from hpotrial.protocol.champion import FIRST_SEED, ChampionMark
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
        {"HPO_SWEEP": "demo/digits", "HPO_TRIAL_NUMBER": "0", "HPO_SEED": "0"},
        {"HPO_SWEEP": "demo/digits", "HPO_TRIAL_NUMBER": "1", "HPO_SEED": "1"},
    ]


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_a_champion_finds_its_seed_and_draws_by_it(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=3)
    for seed in (FIRST_SEED, FIRST_SEED + 1, FIRST_SEED):
        mark = ChampionMark("uid", 1, seed, 31, 0.5)
        study.study.enqueue_trial({}, user_attrs={protocol.CHAMPION: mark.to_json()})
    worker = start_worker(study, work("surroundings:drawing", isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert [trial.user_attrs["environ"]["HPO_SEED"] for trial in study.trials] == ["1000000", "1000001", "1000000"]
    first, second, third = (trial.user_attrs["drawn"] for trial in study.trials)
    assert first == third
    assert first != second


def test_a_mark_that_is_none_has_no_seed() -> None:
    mark = ChampionMark("uid", 1, FIRST_SEED, 31, 0.5)
    assert ChampionMark.from_json(mark.to_json()) == mark
    for broken in ({"seed": -1}, {"seed": 2**32}, {"seed": True}, {"rank": "1"}, {"key": 5}, {"value": None}):
        assert ChampionMark.from_json({**mark.to_json(), **broken}) is None
    assert ChampionMark.from_json([1]) is None
