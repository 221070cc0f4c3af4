"""The budget is exact: many workers, restarts, kills, waiting trials, a late claim."""

from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import budget, contract
from hpotrial.control import Control
from hpotrial.ownership import claim
from hpotrial.storage import Patience, Storage, open_storage
from hpotrial.work import Identity
from tests.trial.builders import SweepStudy, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

WHO = Identity("pod", "uid", "node", 0)
SOMEBODY = Identity("", "", "", 1)  # without a uid nothing can be taken for his


def opened(study: SweepStudy) -> Storage:
    url = contract.driver_url(study.uri)
    never = Patience(sleep=lambda seconds: False)
    sampler, pruner = optuna.samplers.RandomSampler(), optuna.pruners.NopPruner()
    return open_storage(url, study.name, sampler, pruner, never, uid=WHO.uid)


def test_eight_workers_run_exactly_what_is_allowed(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=100, workers=8)
    workers = [start_worker(study, work("slow:few_milliseconds"), index) for index in range(8)]
    until(lambda: len(study.charged()) > 20, "some trials")
    workers[0].kill()
    workers[1].kill()
    late = [start_worker(study, work("slow:few_milliseconds"), index) for index in (0, 1)]
    assert [worker.wait(60) for worker in [*workers[2:], *late]] == [contract.EXIT_DONE] * 8
    # A trial of a killed worker stays RUNNING, and charged, until the operator sees that its pod is gone.
    assert len(study.charged()) == 100
    assert study.counts().get("RUNNING", 0) <= 2
    assert [trial.number for trial in study.trials] == list(range(100))

    again = start_worker(study, work("slow:few_milliseconds"))
    assert again.wait() == contract.EXIT_DONE
    assert len(study.trials) == 100


def test_waiting_trials_come_first_and_count_when_they_start(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=2)
    for x in (0.25, 0.5, 0.75):
        study.study.enqueue_trial({"x": x})
    assert start_worker(study, work("slow:few_milliseconds")).wait() == contract.EXIT_DONE
    assert [trial.value for trial in study.of_state(TrialState.COMPLETE)] == [0.25, 0.5]
    assert [trial.system_attrs["fixed_params"] for trial in study.of_state(TrialState.WAITING)] == [{"x": 0.75}]


def test_uncharged_trials_leave_room_for_others(make_study: StudyMaker) -> None:
    study = make_study().control(max_trials=1)
    trial = study.study.ask()
    trial.set_user_attr(contract.CHARGED, False)
    study.study.tell(trial, state=TrialState.FAIL)
    storage = opened(study)
    assert budget.count_charged(storage) == 0
    assert budget.ask(storage, Control("None", 1, 1), SOMEBODY) is not None
    assert budget.ask(storage, Control("None", 1, 1), SOMEBODY) is None
    storage.close()


def test_a_trial_beyond_the_budget_goes_back_to_the_queue(make_study: StudyMaker) -> None:
    """A worker that was stopped between counting and asking finds out when it signs."""
    study = make_study()
    storage = opened(study)
    study.study.enqueue_trial({"x": 0.5}, user_attrs={"memo": "mine"})
    first, second = storage.study.ask(), storage.study.ask()
    assert claim(storage, first, WHO, max_trials=1) is None
    waiting = study.of_state(TrialState.WAITING)
    assert [trial.number for trial in waiting] == [first.number]
    assert waiting[0].user_attrs == {"memo": "mine"}
    assert waiting[0].datetime_start is None

    assert claim(storage, second, WHO, max_trials=1) is not None
    storage.study.tell(second, 1.0)
    assert storage.study.ask().number == first.number
    storage.close()


def test_the_budget_may_grow_and_shrink(make_study: StudyMaker) -> None:
    study = make_study()
    storage = opened(study)
    asked = [budget.ask(storage, Control("None", limit, 1), SOMEBODY) for limit in (1, 1, 2, 1)]
    assert [owned is not None for owned in asked] == [True, False, True, False]
    storage.close()


def test_a_trial_whose_creation_was_never_confirmed_is_found_again(make_study: StudyMaker) -> None:
    """The reply of the database was lost, another trial was asked, and the first would run for ever."""
    study = make_study()
    storage = opened(study)
    unseen = storage.study.ask().number
    assert study.trials[0].user_attrs == {contract.UID: WHO.uid}
    owned = budget.ask(storage, Control("None", 2, 1), WHO)
    assert owned is not None
    storage.study.tell(owned.trial, 1.0)
    found = budget.ask(storage, Control("None", 2, 1), WHO)
    assert found is not None
    assert found.number == unseen
    storage.close()


def test_nobody_waits_for_a_lock_whose_holder_hangs(make_study: StudyMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LOCK_SECONDS", 0.2)
    study = make_study()
    hanging, waiting = opened(study), opened(study)
    with budget._lock(hanging):
        assert budget.ask(waiting, Control("None", 1, 1), WHO) is not None
    hanging.close()
    waiting.close()
