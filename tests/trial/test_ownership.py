"""Trials change hands once: handing back and telling against a real database."""

from __future__ import annotations

from collections.abc import Iterator

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import contract
from hpotrial.failure import Verdict
from hpotrial.ownership import OwnedTrial, claim, hand_back
from hpotrial.storage import FencedError, Patience, Storage, open_storage
from hpotrial.telling import tell
from hpotrial.work import Identity
from tests.trial.builders import SweepStudy
from tests.trial.conftest import StudyMaker

pytestmark = pytest.mark.postgres

WHO = Identity("pod", "uid", "node", 3)


@pytest.fixture
def study(make_study: StudyMaker) -> SweepStudy:
    return make_study()


@pytest.fixture
def storage(study: SweepStudy) -> Iterator[Storage]:
    grid = optuna.samplers.GridSampler({"x": [0.25, 0.5]}, seed=1)
    never = Patience(sleep=lambda seconds: False)
    opened = open_storage(
        contract.driver_url(study.uri), study.name, grid, optuna.pruners.NopPruner(), never, "hpotrial test"
    )
    yield opened
    opened.close()


def owned_trial(storage: Storage) -> OwnedTrial:
    owned = claim(storage, storage.study.ask(), WHO, max_trials=100)
    assert owned is not None
    return owned


def test_a_copy_keeps_what_the_sampler_decided_and_drops_what_the_first_try_found(
    study: SweepStudy, storage: Storage
) -> None:
    owned = owned_trial(storage)
    owned.trial.suggest_float("x", 0, 1)
    owned.trial.set_constraint("latency", 3.0)
    storage.study._storage.set_trial_system_attr(owned.id, "completed_rung_0", 0.5)
    owned.trial.set_user_attr("found", "something")
    assert hand_back(storage, owned, "Preempted", again=True)

    copy = study.trials[1]
    assert copy.state == TrialState.WAITING
    assert copy.system_attrs == {
        "grid_id": 0,
        "search_space": {"x": [0.25, 0.5]},
        "fixed_params": owned.trial.params,
    }
    assert copy.user_attrs == {contract.RETRIED_FROM: 0, contract.ATTEMPT: 1}


def test_a_grid_point_is_kept_even_before_it_was_used(study: SweepStudy, storage: Storage) -> None:
    assert hand_back(storage, owned_trial(storage), "Preempted", again=True)
    again = owned_trial(storage)
    assert again.attempt == 1
    assert study.trials[1].system_attrs["grid_id"] == study.trials[0].system_attrs["grid_id"]


def test_attempts_are_counted_over_several_hands(study: SweepStudy, storage: Storage) -> None:
    for attempt in range(3):
        owned = owned_trial(storage)
        owned.trial.suggest_float("x", 0, 1)
        assert owned.attempt == attempt
        assert hand_back(storage, owned, "Preempted", again=True)
    assert [trial.number for trial in study.trials] == [0, 1, 2, 3]
    assert study.charged() == []


def test_what_somebody_else_ended_is_neither_handed_back_nor_overwritten(study: SweepStudy, storage: Storage) -> None:
    owned = owned_trial(storage)
    owned.trial.suggest_float("x", 0, 1)
    study.study.tell(owned.number, 7.0)
    assert not hand_back(storage, owned, "Preempted", again=True)
    with pytest.raises(FencedError, match="trial 0 was ended as COMPLETE by somebody else"):
        tell(storage, owned, Verdict(TrialState.COMPLETE, (1.0,)))
    with pytest.raises(FencedError):
        tell(storage, owned, Verdict(TrialState.FAIL, None, "ObjectiveError", "late"))
    (trial,) = study.trials
    assert trial.value == 7.0
    assert contract.CLASS not in trial.user_attrs
    assert contract.CHARGED not in trial.user_attrs


def test_telling_the_same_twice_is_telling_it_once(study: SweepStudy, storage: Storage) -> None:
    """The first reply may have been lost on its way."""
    owned = owned_trial(storage)
    owned.trial.suggest_float("x", 0, 1)
    for _ in range(2):
        tell(storage, owned, Verdict(TrialState.COMPLETE, (1.0,)))
    assert [trial.value for trial in study.trials] == [1.0]


def test_a_sampler_that_fails_after_the_result_does_not_cost_it(study: SweepStudy, storage: Storage) -> None:
    """GridSampler does so with a trial that it did not place itself."""
    study.study.enqueue_trial({"x": 0.5})
    for _ in range(2):
        owned = owned_trial(storage)
        owned.trial.suggest_float("x", 0, 1)
        tell(storage, owned, Verdict(TrialState.COMPLETE, (1.0,)))
    assert study.counts() == {"COMPLETE": 2}


def test_the_connection_says_whose_it_is(storage: Storage) -> None:
    with storage.transaction() as connection:
        row = connection.exec_driver_sql("select application_name from pg_stat_activity where pid = pg_backend_pid()")
        assert row.scalar_one() == "hpotrial test"
