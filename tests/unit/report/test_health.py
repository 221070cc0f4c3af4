"""What is said of health and of the end: rows, condition, message; and that a sweep at rest is not written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.status import EtaStatus, HealthStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.health.rule import HealthRule
from hposweep.judge.health.rules import RULES
from hposweep.model.baseline import Baseline
from hposweep.model.findings import HealthFinding, Severity
from hposweep.model.history import History, Trial
from hposweep.model.observation import Observation
from hposweep.model.trials import Breaker, RunningTrial
from hposweep.model.verdicts import Eta
from hposweep.report.eta import eta_status, time_left
from hposweep.report.health import row
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import attributes, complete, failed, running
from tests.unit.report.reading import NOON, after, held, told


def at_work(
    sweep: Sweep, trials: list[Trial], *, age_seconds: float = 10.0, pods: tuple[Any, ...] = (world.pod(),), **more: Any
) -> Observation:
    """One trial runs beside those that are given."""
    study = world.study(
        sweep,
        best=0.5,
        running=(RunningTrial(99, len(trials), "pod-uid-0", age_seconds),),
        complete=sum(trial.state == "COMPLETE" for trial in trials),
        failed=sum(trial.state == "FAIL" for trial in trials),
    )
    history = History((*trials, running(len(trials), age_seconds)))
    return world.seen(study, jobs=(world.job(),), pods=pods, history=history, **more)


SWEEP = world.sweep(trials={"max": 100})
GOOD = [complete(n) for n in range(20)]
BAD = [complete(n) if n % 2 else failed(n, fingerprint=f"f{n}") for n in range(20)]


def test_all_findings_are_listed_and_the_worst_is_the_condition() -> None:
    pending = world.pod(0, "Pending", reason="Unschedulable", message="0/2 nodes are available")
    status = told(SWEEP, at_work(SWEEP, BAD, pods=(pending,)))
    assert [(entry.reason, entry.severity) for entry in status.health] == [
        ("Unschedulable", "Error"),
        ("TooManyFailures", "Warning"),
    ]
    healthy = status.condition("Healthy")
    assert healthy is not None
    assert (healthy.status, healthy.reason) == ("False", "Unschedulable")
    assert healthy.message == (
        "0 of 1 worker running: 0/2 nodes are available. Free or add nodes, or request less in "
        "`spec.workers.template` of a new sweep. 1 more finding in `status.health`"
    )
    assert all(entry.message and entry.action for entry in status.health)


def test_a_worker_in_trouble_beside_one_that_works_is_a_warning() -> None:
    sweep = world.sweep(trials={"max": 100}, workers=builders.workers(2))
    pods = (world.pod(), world.pod(1, "Pending", reason="ImagePullBackOff"))
    status = told(sweep, at_work(sweep, GOOD, pods=pods))
    assert [(entry.reason, entry.severity) for entry in status.health] == [("ImagePullFailed", "Warning")]


def test_information_is_listed_and_changes_nothing() -> None:
    sweep = world.sweep(trials={"max": 50})
    trials = [complete(n, 0.5 if n == 9 else 0.1 + n % 10 / 1000) for n in range(40)]
    status = told(sweep, at_work(sweep, trials))
    assert [(entry.reason, entry.severity) for entry in status.health] == [("NoImprovement", "Info")]
    assert held(status)["Healthy"] == ("True", "Healthy")
    healthy = status.condition("Healthy")
    assert healthy is not None
    assert healthy.message == "no problems found; 1 note in `status.health`"


def test_a_breaker_is_a_row_with_its_action() -> None:
    study = replace(world.study(SWEEP, failed=5), breaker=Breaker("ImportError", "no module `torch`", 4))
    history = History(tuple(failed(n) for n in range(5)))
    status = told(SWEEP, world.seen(study, jobs=(world.job(is_suspended=True),), history=history))
    assert [(entry.reason, entry.severity) for entry in status.health] == [("FailingImmediately", "Error")]
    assert status.health[0].action == "fix the cause, then set `spec.suspend` to true and back to false"
    assert status.state == "Suspended"


def test_a_finished_sweep_that_is_run_again_keeps_its_verdicts() -> None:
    """A local run strips the end and has no Job: nothing is started, because the budget is spent."""
    sweep = world.sweep(trials={"max": 20})
    for trials, expected in ((GOOD, ("True", "Healthy")), (BAD, ("False", "TooManyFailures"))):
        study = world.study(
            sweep,
            complete=sum(trial.state == "COMPLETE" for trial in trials),
            failed=sum(trial.state == "FAIL" for trial in trials),
        )
        status = told(sweep, world.seen(study, history=History(tuple(trials))))
        assert held(status)["Complete"] == ("True", "BudgetReached")
        assert held(status)["Healthy"] == expected
    assert held(told(sweep, world.seen(world.study(sweep))))["Healthy"] == ("Unknown", "Pending")


def test_a_sweep_without_a_result_says_so_once_with_the_remedy() -> None:
    sweep = world.sweep(trials={"max": 3})
    trials = [replace(complete(n), state="PRUNED", values=()) for n in range(3)]
    seen = world.seen(world.study(sweep, pruned=3), jobs=(world.job(is_complete=True),), history=History(tuple(trials)))
    status = told(sweep, seen)
    assert status.state == "Failed"
    assert [(entry.reason, entry.severity) for entry in status.health] == [("NoTrialCompleted", "Error")]
    healthy = status.condition("Healthy")
    assert healthy is not None
    assert healthy.message.startswith("no trial completed: all 3 trials were pruned. Let the first trials run")


def test_one_bad_worker_does_not_suspend_the_sweep() -> None:
    trials = [
        failed(n, attributes=attributes(pod="bad")) if n % 2 else complete(n, attributes=attributes(pod="good"))
        for n in range(20)
    ]
    status = told(SWEEP, at_work(SWEEP, trials))
    assert held(status)["Healthy"] == ("False", "FailingImmediately")
    assert status.state == "Running"
    assert status.message.startswith("20 of 100 trials")


def test_while_the_study_is_away_what_was_known_stays() -> None:
    known = told(SWEEP, at_work(SWEEP, BAD))
    lost = world.seen(world.LOST, jobs=(world.job(),), pods=(world.pod(),))
    status = told(after(SWEEP, known), lost)
    assert [entry.reason for entry in status.health] == ["StorageLost", "TooManyFailures"]
    assert status.health[1] == known.health[0]
    assert status.eta == known.eta is not None
    back = told(after(SWEEP, status), at_work(SWEEP, BAD))
    assert back.health == known.health


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_findings_of_every_rule_about_trials_stay_while_the_study_is_away(rule: HealthRule) -> None:
    finding = HealthStatus(rule.reason, rule.severity.value, "message", "action")
    sweep = after(SWEEP, replace(told(SWEEP, at_work(SWEEP, GOOD)), health=(finding,)))
    status = told(sweep, world.seen(world.LOST, jobs=(world.job(),), pods=(world.pod(),)))
    # The breaker of the workers bears the same reason, and cannot be read any more.
    assert (finding in status.health) is (rule.reason != "FailingImmediately")


def test_the_end_keeps_the_last_findings_and_foretells_nothing() -> None:
    sweep = world.sweep(trials={"max": 20})
    done = world.seen(
        world.study(sweep, best=0.5, complete=10, failed=10),
        jobs=(world.job(is_complete=True),),
        history=History(tuple(BAD)),
    )
    ended = told(sweep, done)
    assert [entry.reason for entry in ended.health] == ["TooManyFailures"]
    assert ended.eta is None
    later = told(after(sweep, ended), world.seen(world.LOST), NOON + timedelta(hours=1))
    assert later.health == ended.health
    assert held(later)["Healthy"] == ("False", "TooManyFailures")


def test_nothing_is_found_before_the_first_worker() -> None:
    status = told(SWEEP, world.seen(world.study(SWEEP)))
    assert status.health == ()
    assert held(status)["Healthy"] == ("Unknown", "Pending")


def test_the_message_has_the_share_over_the_baseline_and_the_time_left() -> None:
    status = told(SWEEP, at_work(SWEEP, GOOD, baseline=Baseline(best=0.4)))
    assert (
        status.message == "20 of 100 trials, best score 0.5 (trial 3), 25.0 % above baseline 0.4; about 1 h 20 min left"
    )
    under = told(SWEEP, at_work(SWEEP, GOOD, baseline=Baseline(best=0.8)))
    assert "37.5 % below baseline 0.8" in under.message
    equal = told(SWEEP, at_work(SWEEP, GOOD, baseline=Baseline(best=0.5)))
    assert "(trial 3), equal to baseline 0.5;" in equal.message
    nearly = told(SWEEP, at_work(SWEEP, GOOD, baseline=Baseline(best=0.50008)))
    assert "(trial 3), equal to baseline 0.50008 (0.02 % lower);" in nearly.message
    assert "baseline 0;" in told(SWEEP, at_work(SWEEP, GOOD, baseline=Baseline(best=0.0))).message
    assert "baseline" not in told(SWEEP, at_work(SWEEP, GOOD, baseline=Baseline(fault="gone"))).message


def test_without_workers_it_is_paused() -> None:
    sweep = world.sweep(trials={"max": 100}, suspend=True)
    seen = world.seen(
        world.study(sweep, best=0.5, complete=20), jobs=(world.job(is_suspended=True),), history=History(tuple(GOOD))
    )
    status = told(sweep, seen)
    assert status.message.endswith("; paused")
    assert status.eta is None


def test_at_rest_time_alone_writes_nothing() -> None:
    """Trials run, and nothing has finished since."""
    first = told(SWEEP, at_work(SWEEP, BAD))
    assert first.eta is not None
    assert first.health
    sweep = after(SWEEP, first)
    for seconds in range(1, 170, 13):  # three usual trials make a slow one
        now = NOON + timedelta(seconds=seconds)
        assert told(sweep, at_work(SWEEP, BAD, age_seconds=10.0 + seconds, now=now), now) == sweep.status


def test_a_storage_that_answers_slowly_is_told_and_does_not_come_and_go() -> None:
    def slow(seconds: float) -> Observation:
        seen = at_work(SWEEP, GOOD)
        return replace(seen, storage=replace(seen.storage, read_seconds=seconds))

    assert told(SWEEP, slow(1.9)).health == ()
    first = told(SWEEP, slow(2.1))
    assert [(entry.reason, entry.severity) for entry in first.health] == [("StorageSlow", "Warning")]
    sweep = after(SWEEP, first)
    assert told(sweep, slow(1.2)) == sweep.status
    assert told(sweep, slow(0.9)).health == ()


def test_findings_that_come_with_time_come_once() -> None:
    written = 0
    sweep = after(SWEEP, told(SWEEP, at_work(SWEEP, GOOD)))
    for minutes in range(180):
        now = NOON + timedelta(minutes=minutes)
        status = told(sweep, at_work(SWEEP, GOOD, age_seconds=60.0 * minutes, now=now), now)
        if status != sweep.status:
            written += 1
            sweep = after(SWEEP, status)
    assert [entry.reason for entry in status.health] == ["NoProgress", "SlowTrials"]
    assert written == 2


def test_a_finish_moves_the_forecast() -> None:
    first = told(SWEEP, at_work(SWEEP, GOOD))
    next_one = told(after(SWEEP, first), at_work(SWEEP, [*GOOD, complete(20)]))
    assert first.eta is not None
    assert next_one.eta is not None
    assert next_one.eta.seconds < first.eta.seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (40, "about 40 s left"),
        (750, "about 12 min left"),
        (3600, "about 1 h left"),
        (7800, "about 2 h 10 min left"),
        (200_000, "about 2 days 8 h left"),
    ],
)
def test_time_time_left(seconds: int, words: str) -> None:
    assert time_left(EtaStatus(seconds, seconds, seconds)) == words


def test_two_digits_are_enough() -> None:
    assert eta_status(Eta(7849.0, 0.0, 123_456.0)) == EtaStatus(7800, 0, 120_000, "2h10m")
    assert eta_status(Eta(0.4, 7.6, 97.2)) == EtaStatus(0, 8, 97, "0s")
    assert eta_status(None) is None


def test_long_words_fit_the_schema() -> None:
    told_row = row(HealthFinding("SlowTrials", Severity.WARNING, "m" * 9000, "a" * 9000))
    assert (len(told_row.message), len(told_row.action)) == (4096, 1024)
    assert row(HealthFinding("SlowTrials", Severity.WARNING, "\x1b[2Jslow", "")).message == "[2Jslow"
