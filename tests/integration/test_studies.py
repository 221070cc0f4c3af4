"""The operator's view of studies, against a real PostgreSQL and a real Optuna."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.model.plan import FailTrials, LostTrial, SetControl, SetImages, SetSource
from hposweep.model.source_state import SourceState
from hposweep.model.trials import Breaker, Counts
from hpotrial import protocol
from tests.integration.conftest import OWNER
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


def read(studies: Studies) -> Any:
    return studies.read("s", [False])


def reaping(studies: Studies, failure_class: str, *trials: optuna.Trial, **more: Any) -> FailTrials:
    lost = tuple(LostTrial(trial._trial_id, failure_class, "it is gone") for trial in trials)
    return FailTrials(read(studies).id, lost, **{"max_retries": 2, **more})


def test_an_empty_database_has_no_study(studies: Studies) -> None:
    assert read(studies) is None


def test_a_created_study_is_owned_and_named(studies: Studies, optuna_study: optuna.Study) -> None:
    study = read(studies)
    assert (study.name, study.owner, study.counts) == ("s", OWNER, Counts())
    assert study.directions == ("MINIMIZE",)
    assert optuna_study.metric_names == ["loss"]
    assert optuna_study.direction == optuna.study.StudyDirection.MINIMIZE


def test_eight_creators_at_once_make_one_study_with_one_owner(url: str) -> None:
    start = threading.Barrier(8)

    def create(number: int) -> None:
        studies = Studies(Dsn(url))
        start.wait()
        studies.create("s", ["MINIMIZE"], ["loss"], f"owner-{number}")
        studies.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    studies = Studies(Dsn(url))
    assert read(studies).owner.startswith("owner-")
    assert len(studies._session.run("select 1 from studies")) == 1
    studies.close()


def test_eight_sweeps_of_one_operator_at_once_make_one_schema(studies: Studies) -> None:
    start = threading.Barrier(8)

    def create(number: int) -> None:
        start.wait()
        studies.create(f"s{number}", ["MINIMIZE"], ["loss"], OWNER)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    assert len(studies._session.run("select 1 from studies")) == 8


def test_counts_of_many_studies_come_in_one_answer(studies: Studies, optuna_study: optuna.Study) -> None:
    studies.create("other", ["MAXIMIZE"], ["acc"], OWNER)
    optuna_study.ask()
    ids = [studies.read(name, [True]).id for name in ("s", "other")]  # type: ignore[union-attr]
    assert studies.counts(ids) == {ids[0]: Counts(running=1)}


def test_an_uncharged_failure_is_counted_apart(studies: Studies, optuna_study: optuna.Study) -> None:
    trial = optuna_study.ask()
    trial.set_user_attr(protocol.CHARGED, False)
    optuna_study.tell(trial, state=optuna.trial.TrialState.FAIL)
    counts = read(studies).counts
    assert (counts.failed, counts.uncharged, counts.finished, counts.charged) == (1, 1, 0, 0)


def test_a_lost_trial_is_failed_once_and_its_worker_is_fenced(studies: Studies, optuna_study: optuna.Study) -> None:
    lost, done = optuna_study.ask(), optuna_study.ask()
    lost.set_user_attr(protocol.POD_UID, "pod-uid")
    optuna_study.tell(done, 1.0)
    running = read(studies).running
    assert [(trial.number, trial.pod_uid) for trial in running] == [(0, "pod-uid")]
    assert 0 <= running[0].age_seconds < 60
    wanted = reaping(studies, "Crashed", lost, done)
    assert studies.reap(wanted) == 1
    assert studies.reap(wanted) == 0
    found = optuna_study.trials
    assert [trial.state.name for trial in found] == ["FAIL", "COMPLETE"]
    assert found[0].user_attrs[protocol.CLASS] == "Crashed"
    assert found[0].user_attrs[protocol.ERROR] == "it is gone"
    assert found[0].datetime_complete is not None
    assert protocol.CLASS not in found[1].user_attrs
    assert read(studies).counts == Counts(complete=1, failed=1), "a crash is the trial's own fault, and charged"
    with pytest.raises(optuna.exceptions.UpdateFinishedTrialError):
        lost.set_user_attr("late", 1)


def test_a_trial_that_was_lost_without_its_fault_is_tried_again_as_often_as_allowed(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    optuna_study.enqueue_trial({"x": 0.25}, user_attrs={"mine": 1})
    for attempt in range(3):
        trial = optuna_study.ask()
        if attempt == 0:
            trial.set_user_attr(protocol.USER_ATTRIBUTES, ["mine"])
        assert trial.suggest_float("x", 0, 1) == 0.25
        assert trial.user_attrs.get("mine") == 1
        assert trial.user_attrs.get(protocol.RETRIES, 0) == attempt
        trial.set_user_attr(protocol.USER_ATTRIBUTES, ["mine"])
        assert studies.reap(reaping(studies, "NodeLost", trial, max_retries=2)) == 1
    assert [trial.state.name for trial in optuna_study.trials] == ["FAIL"] * 3
    counts = read(studies).counts
    assert (counts.failed, counts.uncharged, counts.waiting) == (3, 2, 0), "the last one is charged"


def test_when_the_user_ends_the_sweep_a_lost_trial_is_neither_charged_nor_tried_again(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    trial = optuna_study.ask()
    assert studies.reap(reaping(studies, "Preempted", trial, is_final=True)) == 1
    assert read(studies).counts == Counts(failed=1, uncharged=1)


def test_two_operators_at_once_give_a_trial_up_once(studies: Studies, optuna_study: optuna.Study, url: str) -> None:
    lost = [optuna_study.ask() for _ in range(10)]
    for trial in lost:
        trial.suggest_float("x", 0, 1)
    wanted = reaping(studies, "Preempted", *lost)
    start = threading.Barrier(2)

    def reap(_: int) -> int:
        other = Studies(Dsn(url))
        start.wait()
        ended = other.reap(wanted)
        other.close()
        return ended

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(reap, range(2))) == 10
    counts = read(studies).counts
    assert (counts.failed, counts.uncharged, counts.waiting) == (10, 10, 10)
    assert [trial.number for trial in optuna_study.trials] == list(range(20))


def test_control_is_what_workers_read(studies: Studies, optuna_study: optuna.Study) -> None:
    studies.set_control(SetControl(read(studies).id, {"stop": "Drain", "maxTrials": 3, "workers": 2}))
    assert read(studies).control == {"stop": "Drain", "maxTrials": 3, "workers": 2}
    assert optuna_study.user_attrs[protocol.CONTROL]["stop"] == "Drain"
    assert optuna_study.user_attrs[protocol.PROTOCOL] == protocol.PROTOCOL_VERSION


def test_failures_are_counted_by_class_and_further_tries_apart(studies: Studies, optuna_study: optuna.Study) -> None:
    for failure_class in ("OutOfMemory", "OutOfMemory", "Preempted", "a word of nobody's"):
        trial = optuna_study.ask()
        trial.suggest_float("x", 0, 1)
        if failure_class == "Preempted":
            studies.reap(reaping(studies, failure_class, trial))
        else:
            trial.set_user_attr(protocol.CLASS, failure_class)
            optuna_study.tell(trial, state=optuna.trial.TrialState.FAIL)
    optuna_study.tell(optuna_study.ask(), state=optuna.trial.TrialState.FAIL)
    study = read(studies)
    assert study.failures == {"OutOfMemory": 2, "Preempted": 1}
    assert (study.retried, study.counts.total) == (1, len(optuna_study.trials))


def test_a_breaker_is_read_with_the_pod_of_its_trial_and_closed_with_the_control_block(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    trial = optuna_study.ask()
    trial.set_user_attr(protocol.POD_NAME, "digits-search-0-abcde")
    block = {"fingerprint": "f", "class": "ImportError", "error": "no module `torch`", "trial": 0}
    optuna_study.set_user_attr(protocol.BREAKER, block)
    assert read(studies).breaker == Breaker("ImportError", "no module `torch`", 0, "digits-search-0-abcde")
    studies.set_control(SetControl(read(studies).id, {"breakerFrom": 1}))
    assert read(studies).breaker is not None
    studies.set_control(SetControl(read(studies).id, {"breakerFrom": 1}, closes_breaker=True))
    assert read(studies).breaker is None
    assert protocol.BREAKER not in optuna_study.user_attrs


def test_images_are_kept_on_the_study(studies: Studies, optuna_study: optuna.Study) -> None:
    assert read(studies).images == {}
    studies.set_images(SetImages(read(studies).id, {"uid": "sha256:abc"}))
    assert read(studies).images == {"uid": "sha256:abc"}
    assert optuna_study.user_attrs[protocol.IMAGES] == {"uid": "sha256:abc"}


def test_the_source_is_kept_on_the_study_until_another_sweep_claims_it(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    source = SourceState("3f2a91bc0d4e", "1f3c" * 10, f"sha256:{'a' * 64}")
    studies.set_source(SetSource(read(studies).id, source))
    assert read(studies).source == source
    assert optuna_study.user_attrs[protocol.SOURCE] == source.to_json()
    studies.disown(read(studies).id, OWNER)
    studies.create("s", ["MINIMIZE"], ["loss"], "another")
    assert read(studies).source == SourceState()
    optuna_study.set_user_attr(protocol.SOURCE, [1])
    assert read(studies).source == SourceState(), "a user may write anything there"


def test_what_an_earlier_sweep_wanted_is_nothing_to_the_next_one(studies: Studies, optuna_study: optuna.Study) -> None:
    studies.set_control(SetControl(read(studies).id, {"stop": "Terminate"}))
    optuna_study.set_user_attr(protocol.BREAKER, {"trial": 0})
    studies.create("s", ["MINIMIZE"], ["loss"], OWNER)
    assert read(studies).control == {"stop": "Terminate"}, "it is its own still"
    studies.disown(read(studies).id, OWNER)
    studies.create("s", ["MINIMIZE"], ["loss"], "another")
    assert (read(studies).control, read(studies).breaker) == (None, None)


def test_a_study_that_was_stopped_says_so(studies: Studies, optuna_study: optuna.Study) -> None:
    assert not read(studies).is_stopped
    optuna_study.set_user_attr(protocol.STOPPED, True)
    assert read(studies).is_stopped


def test_a_study_can_be_left_and_claimed_by_another(studies: Studies, optuna_study: optuna.Study) -> None:
    studies.disown(read(studies).id, "not-the-owner")
    assert read(studies).owner == OWNER
    studies.disown(read(studies).id, OWNER)
    assert read(studies).owner is None
    studies.create("s", ["MINIMIZE"], ["loss"], "another")
    assert read(studies).owner == "another"


def test_a_connection_that_was_lost_is_opened_again(server: PostgresServer, studies: Studies, url: str) -> None:
    studies.create("s", ["MINIMIZE"], ["loss"], OWNER)
    server.stop("immediate")
    with pytest.raises(StorageError) as caught:
        read(studies)
    assert caught.value.reason == "ConnectionFailed"
    server.start()
    assert read(studies).owner == OWNER


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        (("canary", "wrong-canary"), "AuthenticationFailed", "password authentication failed"),
        (("hpo:", "nobody-here:"), "AuthenticationFailed", "password authentication failed"),
        (("/postgres", "/absent"), "ConnectionFailed", 'database "absent" does not exist'),
        (("127.0.0.1", "host.invalid"), "ConnectionFailed", "host.invalid"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(
    server: PostgresServer, change: tuple[str, str], reason: str, words: str
) -> None:
    studies = Studies(Dsn(server.url().replace(*change)))
    with pytest.raises(StorageError, match=words) as caught:
        read(studies)
    assert caught.value.reason == reason
    assert "canary" not in caught.value.message


def test_a_login_that_may_not_create_tables_is_told_so(server: PostgresServer, studies: Studies, url: str) -> None:
    studies._session.run("create role guest login password 'canary-guest'")
    studies._session.run("revoke create on schema public from public")
    guest = Studies(Dsn(url.replace("hpo:canary-4f1c", "guest:canary-guest")))
    with pytest.raises(StorageError, match="permission denied") as caught:
        guest.create("s", ["MINIMIZE"], ["loss"], OWNER)
    assert caught.value.reason == "InsufficientRights"
    assert "canary" not in caught.value.message
    guest.close()
