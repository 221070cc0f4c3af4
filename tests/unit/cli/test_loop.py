"""When a run is over, when it cannot start, and what a request to stop does."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.loop import MAX_FAILED_PASSES, AbandonedError, Loop
from hposweep.cli.run.screen import LineScreen
from hposweep.settings import Settings
from hposweep.wakeups import Wakeups
from tests.unit import world
from tests.unit.cli.test_screen import STATUS

NOW = datetime(2030, 1, 1, tzinfo=UTC)
QUICK = Settings(retry_seconds=0.01, debounce_seconds=0.0)
KEY = ("default", "digits")


def condition(kind: str, status: str, reason: str, message: str = "why") -> Condition:
    return Condition(kind, status, reason, message, 1, NOW)


COMPLETE = condition(c.COMPLETE, c.TRUE, c.BUDGET_REACHED)


@dataclass
class FakeCluster:
    """As much of a cluster as the loop sees."""

    wake: Callable[[], None]
    held: Sweep = field(default_factory=world.sweep)
    has_started_search: bool = False
    live_pods: list[object] = field(default_factory=list)

    def change(self, **fields: Any) -> None:
        spec = replace(self.held.spec, **fields)
        self.held = replace(self.held, spec=spec, generation=self.held.generation + 1)
        self.wake()

    def localized(self, message: str) -> str:
        return "in words of this machine" if "Secret" in message else message

    def report(self, *conditions: Condition, generation: int = 0) -> None:
        observed = generation or self.held.generation
        self.held = replace(self.held, status=replace(STATUS, conditions=conditions, observed_generation=observed))


@dataclass
class FakeReconciler:
    """Plays one step a pass; the last one again and again."""

    steps: list[Callable[[], float | None]]
    specs: list[Any] = field(default_factory=list)
    cluster: FakeCluster | None = None

    async def reconcile(self, namespace: str, name: str) -> float | None:
        assert (namespace, name) == KEY
        assert self.cluster is not None
        self.specs.append(self.cluster.held.spec)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        return step()


def loop(*steps: Callable[[FakeCluster], float | None]) -> tuple[Loop, FakeCluster, FakeReconciler]:
    wakeups = Wakeups()
    cluster = FakeCluster(lambda: wakeups.wake(KEY))
    reconciler = FakeReconciler([lambda step=step: step(cluster) for step in steps], cluster=cluster)
    made = Loop(cluster, reconciler, wakeups, QUICK, LineScreen(io.StringIO()))  # type: ignore[arg-type]
    return made, cluster, reconciler


def reports(*conditions: Condition, delay: float = 0.01) -> Callable[[FakeCluster], float]:
    def step(cluster: FakeCluster) -> float:
        cluster.report(*conditions)
        return delay

    return step


async def test_it_is_over_when_the_sweep_has_ended() -> None:
    made, _, reconciler = loop(reports(), reports(COMPLETE))
    assert (await made.run()).condition(c.COMPLETE) == COMPLETE
    assert len(reconciler.specs) == 2


async def test_not_before_the_last_worker_has_gone() -> None:
    def workers_leave(cluster: FakeCluster) -> float:
        cluster.live_pods.clear()
        return 0.01

    made, cluster, reconciler = loop(reports(COMPLETE), workers_leave)
    cluster.live_pods.append("worker")
    await made.run()
    assert len(reconciler.specs) == 2


async def test_a_status_of_before_is_not_believed() -> None:
    """A pass that made the study has reported nothing, and one whose sources did not answer neither."""
    wrong = condition(c.ACCEPTED, c.FALSE, c.INVALID_SPEC, "it was wrong once")
    made, cluster, reconciler = loop(lambda _: 0.0, lambda _: None, reports(COMPLETE))
    cluster.report(wrong)
    await made.run()
    assert len(reconciler.specs) == 3


async def test_a_source_that_does_not_answer_is_asked_again() -> None:
    def silence(_: FakeCluster) -> float:
        raise OSError("no answer")

    made, _, reconciler = loop(silence, silence, reports(COMPLETE))
    await made.run()
    assert len(reconciler.specs) == 3


async def test_a_silence_that_lasts_ends_the_run_and_is_told_once() -> None:
    def silence(_: FakeCluster) -> float:
        raise OSError("no space left")

    made, _, reconciler = loop(silence)
    with pytest.raises(OSError, match="no space left"):
        await made.run()
    assert len(reconciler.specs) == MAX_FAILED_PASSES
    assert made.screen.out.getvalue() == "no space left; retrying\n"  # type: ignore[attr-defined]


async def test_a_bug_ends_the_run() -> None:
    def bug(_: FakeCluster) -> float:
        raise KeyError("bug")

    made, _, _ = loop(bug)
    with pytest.raises(KeyError):
        await made.run()


@pytest.mark.parametrize("kind", [c.ACCEPTED, c.STORAGE_READY])
async def test_what_waits_for_somebody_to_mend_it_is_refused(kind: str) -> None:
    message = "the database of Secret `optuna-db` (key `uri`): refused"
    made, _, _ = loop(reports(condition(kind, c.FALSE, c.CONNECTION_FAILED, message)))
    with pytest.raises(RefusedInputError, match=r"^in words of this machine$"):
        await made.run()


async def test_an_invalid_spec_is_an_error_and_not_a_verdict() -> None:
    accepted = condition(c.ACCEPTED, c.FALSE, c.INVALID_SPEC, "`spec.trials.max`: wrong")
    made, _, _ = loop(reports(accepted, condition(c.FAILED, c.TRUE, c.INVALID_SPEC)))
    with pytest.raises(RefusedInputError, match=r"^`spec.trials.max`: wrong$"):
        await made.run()


async def test_once_there_is_a_job_it_is_waited_for() -> None:
    lost = condition(c.STORAGE_READY, c.FALSE, c.CONNECTION_FAILED)
    made, cluster, _ = loop(reports(lost), reports(COMPLETE))
    cluster.has_started_search = True
    await made.run()


async def test_a_sweep_that_asks_for_no_more_trials_is_over_as_well() -> None:
    made, _, _ = loop(reports(condition(c.HEALTHY, c.FALSE, c.FAILING_IMMEDIATELY)))
    status: Status = await made.run()
    assert not status.has_ended


@pytest.mark.parametrize("last", [condition(c.FAILED, c.TRUE, c.NO_TRIAL_COMPLETED), None], ids=["failed", "open"])
async def test_behind_the_breaker_a_pass_judges_the_last_trials_before_it_is_over(last: Condition | None) -> None:
    """The last worker leaves during a pass, which has therefore not observed its last trials."""
    breaker = condition(c.HEALTHY, c.FALSE, c.FAILING_IMMEDIATELY)

    def worker_leaves(cluster: FakeCluster) -> float:
        cluster.report(breaker)
        cluster.live_pods.clear()
        return 0.01

    judged = (breaker, *([last] if last is not None else []))
    made, cluster, reconciler = loop(worker_leaves, reports(*judged), reports(COMPLETE))
    cluster.live_pods.append("worker")
    status = await made.run()
    assert status.conditions == judged
    assert len(reconciler.specs) == 2


@pytest.mark.parametrize("reason", [c.FAILING_IMMEDIATELY, c.WAITING])
async def test_champions_that_wait_for_a_person_end_the_run(reason: str) -> None:
    running = condition(c.CHAMPIONS_VALIDATED, c.UNKNOWN, c.RUNNING)
    stuck = condition(c.CHAMPIONS_VALIDATED, c.UNKNOWN, reason)
    made, _, reconciler = loop(reports(COMPLETE, running), reports(COMPLETE, stuck), reports(COMPLETE))
    status = await made.run()
    assert status.condition(c.CHAMPIONS_VALIDATED) == stuck
    assert len(reconciler.specs) == 2


async def test_the_next_run_closes_the_breaker_of_the_champions_first() -> None:
    made, cluster, reconciler = loop(reports(), reports(), reports(COMPLETE))
    cluster.report(condition(c.CHAMPIONS_VALIDATED, c.UNKNOWN, c.FAILING_IMMEDIATELY))
    await made.run()
    assert [spec.suspend for spec in reconciler.specs] == [True, True, False]


async def test_the_next_run_takes_note_of_it_first() -> None:
    made, cluster, reconciler = loop(reports(), reports(), reports(COMPLETE))
    cluster.report(condition(c.HEALTHY, c.FALSE, c.FAILING_IMMEDIATELY))
    await made.run()
    assert [spec.suspend for spec in reconciler.specs] == [True, True, False]


async def test_requests_to_stop_drain_then_terminate_then_give_up() -> None:
    asked: list[str] = []

    def ask(cluster: FakeCluster) -> float:
        made.drain_or_terminate()
        asked.append(cluster.held.spec.stop)
        return 0.01

    made, _, _ = loop(ask)
    with pytest.raises(AbandonedError):
        await made.run()
    assert asked == ["Drain", "Terminate", "Terminate"]


async def test_the_status_must_be_of_the_spec_as_it_is_now() -> None:
    def old_news(cluster: FakeCluster) -> float:
        cluster.report(COMPLETE, generation=cluster.held.generation)
        cluster.change(stop="Drain")
        return 0.01

    made, _, reconciler = loop(old_news, reports(COMPLETE))
    await made.run()
    assert len(reconciler.specs) == 2
