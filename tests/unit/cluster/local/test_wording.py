"""What a run without a cluster says: remedies that its user has."""

from __future__ import annotations

import pytest

from hposweep.api import conditions as c
from hposweep.api.spec import SecretKey
from hposweep.cluster.local.wording import local_wording
from hposweep.judge.champions.verdict import progress
from hposweep.judge.health.failing_immediately import REPLACE_WORKER
from hposweep.judge.health.slow_trials import READ_LOG
from hposweep.judge.preflight import RETRY_ADVICE
from hposweep.model.champions import ChampionsStudy, ChampionsVerdict
from hposweep.model.trials import Breaker, Study
from hposweep.report.breaker import BREAKER_ACTION
from hposweep.report.health import ACTIONS
from hposweep.text import sentences

SECRET = SecretKey("optuna-db", "uri")
# Reasons that a run can end with, or pause for.
LOCAL_REASONS = (c.INVALID_SPEC, c.WORKERS_FAILED, c.TOO_MANY_FAILED_TRIALS, c.CRASH_LOOPING, c.STORAGE_LOST)


def worded(message: str) -> str:
    return local_wording(message, SECRET, "127.0.0.1:5999/x (--storage)")


@pytest.mark.parametrize("action", [BREAKER_ACTION, *(ACTIONS[reason] for reason in LOCAL_REASONS)])
def test_no_remedy_needs_a_cluster(action: str) -> None:
    for message in (action, sentences("it failed", action)):
        for word in ("kubectl", "spec.suspend", "create a new sweep", "delete the sweep", "apply"):
            assert word not in worded(message)


def test_the_same_command_continues() -> None:
    assert worded(sentences("wrong", ACTIONS[c.INVALID_SPEC])) == (
        "wrong. Correct the file, then run the same command again"
    )
    assert worded(BREAKER_ACTION) == "fix the cause, then run the same command again"


def test_a_worker_is_replaced_by_a_restart() -> None:
    action = f"check the GPU; {REPLACE_WORKER.format(pod='digits-search-1-abcde')}"
    assert worded(action) == "check the GPU; press Ctrl-C and run the same command again, which replaces the worker"


def test_the_database_is_that_of_the_run_and_no_cluster_refuses() -> None:
    assert worded("the database of Secret `optuna-db` (key `uri`): refused") == (
        "the database 127.0.0.1:5999/x (--storage): refused"
    )
    assert worded("`spec.workers.template` is refused by the cluster: no `TOKEN`") == (
        "`spec.workers.template` cannot be used: no `TOKEN`"
    )


def test_failed_checks_are_repeated_by_the_next_run() -> None:
    advice = RETRY_ADVICE.format(when="at 12:00:00 UTC", sweep="digits", request="hposweep.dev/retry-preflight=1")
    assert worded(f"of 2 checks, 1 failed: no data. {advice}") == (
        "of 2 checks, 1 failed: no data. Fix it, then run the same command again"
    )


def test_a_run_has_logs_and_no_pods_to_read_them_from() -> None:
    assert worded(f"too long. Likely: slow data. {READ_LOG[:1].upper()}{READ_LOG[1:]}; set a limit") == (
        "too long. Likely: slow data. Read the log of its worker in `logs/`; set a limit"
    )


def test_a_breaker_of_champions_is_closed_by_the_same_command() -> None:
    champions = ChampionsVerdict(c.UNKNOWN, c.RUNNING, "", is_enqueued=True)
    study = Study(8, "s.champions", breaker=Breaker("ImportError", "no `torch`", 3))
    message = progress(champions, 4, ChampionsStudy(study)).message
    assert worded(message) == (
        "the circuit breaker is open: no `torch`. Fix the cause, then run the same command again; 0 of 4 trials of "
        "champions have finished"
    )
