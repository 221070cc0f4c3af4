"""The budget is exact: many workers, restarts, kills, waiting trials, a late claim."""

from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.ownership import requeue_orphaned_trials
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import StudyHandle, open_study
from tests.trial.builders import SWEEP_UID, SweepStudy, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

WHO = WorkerIdentity("pod", "uid", "node", 0)
ANOTHER = WorkerIdentity("pod", "another-uid", "node", 1)


def open_handle(study: SweepStudy) -> StudyHandle:
    never = RetryPolicy(sleep=lambda seconds: False)
    sampler, pruner = optuna.samplers.RandomSampler(), optuna.pruners.NopPruner()
    return open_study(protocol.libpq_url(study.uri), study.name, sampler, pruner, never)


def asks(study: StudyHandle, who: WorkerIdentity = WHO) -> int | None:
    """The number of the trial that this worker gets."""
    _, owned = TrialClaimer(study, SWEEP_UID, who, "image").ask()
    return owned.number if owned is not None else None


def test_eight_workers_run_exactly_what_is_allowed(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=100)
    workers = [start_worker(study, work("slow:few_milliseconds"), index) for index in range(8)]
    until(lambda: len(study.charged()) > 20, "some trials")
    workers[0].kill()
    workers[1].kill()
    late = [start_worker(study, work("slow:few_milliseconds"), index) for index in (0, 1)]
    assert [worker.wait(60) for worker in [*workers[2:], *late]] == [protocol.EXIT_DONE] * 8
    # A trial of a killed worker stays RUNNING, and charged, until the operator sees that its pod is gone.
    assert len(study.charged()) == 100
    assert study.counts().get("RUNNING", 0) <= 2
    assert [trial.number for trial in study.trials] == list(range(100))

    again = start_worker(study, work("slow:few_milliseconds"))
    assert again.wait() == protocol.EXIT_DONE
    assert len(study.trials) == 100


def test_waiting_trials_come_first_and_count_when_they_start(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=2)
    for x in (0.25, 0.5, 0.75):
        study.study.enqueue_trial({"x": x})
    assert start_worker(study, work("slow:few_milliseconds")).wait() == protocol.EXIT_DONE
    assert [trial.value for trial in study.of_state(TrialState.COMPLETE)] == [0.25, 0.5]
    assert [trial.system_attrs["fixed_params"] for trial in study.of_state(TrialState.WAITING)] == [{"x": 0.75}]


def test_uncharged_trials_leave_room_for_others(make_study: StudyMaker) -> None:
    study = make_study().control(max_trials=1)
    trial = study.study.ask()
    trial.set_user_attr(protocol.CHARGED, False)
    study.study.tell(trial, state=TrialState.FAIL)
    worker = open_handle(study)
    assert asks(worker) == 1
    assert asks(worker, ANOTHER) is None
    worker.close()


def test_the_budget_may_grow_and_shrink(make_study: StudyMaker) -> None:
    study = make_study()
    worker = open_handle(study)
    asked = []
    for turn, limit in enumerate((1, 1, 2, 1)):
        study.control(max_trials=limit)
        asked.append(asks(worker, WorkerIdentity("", f"uid-{turn}", "", turn)))
    assert asked == [0, None, 1, None]
    worker.close()


def test_a_trial_that_was_asked_is_signed_in_the_same_transaction(make_study: StudyMaker) -> None:
    study = make_study()
    study.study.enqueue_trial({"x": 0.5}, user_attrs={"memo": "mine"})
    worker = open_handle(study)
    assert [asks(worker), asks(worker, ANOTHER)] == [0, 1]
    for trial, who in zip(study.trials, (WHO, ANOTHER), strict=True):
        assert trial.state == TrialState.RUNNING
        assert trial.datetime_start is not None
        assert trial.user_attrs[protocol.POD_UID] == who.uid
        assert trial.user_attrs[protocol.POD_NAME] == "pod"
        assert trial.user_attrs[protocol.IMAGE] == "image"
    assert study.trials[0].user_attrs["memo"] == "mine"
    worker.close()


def test_the_image_is_named_by_its_digest_once_the_operator_knows_it(make_study: StudyMaker) -> None:
    study = make_study()
    study.study.set_user_attr(protocol.IMAGES, {WHO.uid: "registry/image@sha256:12"})
    worker = open_handle(study)
    asking = TrialClaimer(worker, SWEEP_UID, WHO, "registry/image:1")
    first = asking.ask()[1]
    worker.storage.flush()
    second = asking.ask()[1]
    assert first is not None
    assert second is not None
    worker.storage.flush()
    assert study.trials[first.number].user_attrs[protocol.IMAGE] == "registry/image@sha256:12", "corrected at once"
    assert study.trials[second.number].user_attrs[protocol.IMAGE] == "registry/image@sha256:12"
    worker.close()


def test_a_trial_whose_creation_was_never_confirmed_is_found_again(make_study: StudyMaker) -> None:
    """The reply of the database was lost; the trial would run for ever, and nobody would know of it."""
    study = make_study().control(max_trials=1)
    worker = open_handle(study)
    assert asks(worker) == 0
    assert study.counts() == {"RUNNING": 1}
    assert asks(worker, ANOTHER) is None
    assert asks(worker) == 0
    assert study.counts() == {"RUNNING": 1}
    worker.close()


def test_strays_are_all_but_the_trial_that_runs(make_study: StudyMaker) -> None:
    study = make_study()
    worker = open_handle(study)
    asking = TrialClaimer(worker, SWEEP_UID, WHO, "")
    first, second = asking.ask()[1], asking.ask()[1]
    assert first is not None
    assert second is not None
    assert requeue_orphaned_trials(worker, WHO, except_trial_id=second.id) == 1
    assert [trial.state for trial in study.trials] == [TrialState.WAITING, TrialState.RUNNING]
    assert (
        requeue_orphaned_trials(worker, WorkerIdentity("", "", "", 0)) == 0
    )  # without a uid nothing can be taken for his
    worker.close()


def test_a_stop_or_an_open_breaker_leaves_no_room(make_study: StudyMaker) -> None:
    study = make_study().control(stop="Drain")
    worker = open_handle(study)
    assert asks(worker) is None
    study.control()
    study.study.set_user_attr(protocol.BREAKER, {"class": "ImportError"})
    assert asks(worker) is None
    assert study.trials == []
    worker.close()
