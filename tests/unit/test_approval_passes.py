"""Approval through whole passes: nothing is created while it waits, and each pass is a restart too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hposweep.api.approval import ApprovalSpec
from hposweep.api.sweep import Sweep
from hposweep.judge.study_from_trials import counts_of
from tests.unit import world
from tests.unit.judge.histories import of_values
from tests.unit.memory import SETTINGS, MemoryCluster, MemoryStudies, made

SOURCE = {"python": "train:objective", "sourceRef": {"configMap": {"name": "code"}}}
QUESTION = "ready for production?"


class Story:
    """One sweep that needs approval, its study, and a new operator for every pass."""

    def __init__(self, **spec: Any) -> None:
        blocks = {"objective": SOURCE, "approval": {"required": True}} | spec
        self.cluster = MemoryCluster(world.sweep(**blocks))
        self.studies = MemoryStudies()
        self.seconds = 0

    async def passes(self, count: int = 1) -> float | None:
        delay: float | None = None
        for _ in range(count):
            self.seconds += 60
            now = world.NOON + timedelta(seconds=self.seconds)
            operator = replace(made(self.cluster, self.studies), clock=lambda now=now: now)
            delay = await operator.reconcile("default", "digits")
        return delay

    def patch(self, **fields: Any) -> None:
        held = self.cluster.held
        self.cluster.held = replace(held, spec=replace(held.spec, **fields), generation=held.generation + 1)

    def grant(self, **fields: Any) -> None:
        self.patch(approval=ApprovalSpec(required=True, granted=True, by="ada", reason="cheap", **fields))

    @property
    def held(self) -> Sweep:
        assert self.cluster.held.status is not None
        return self.cluster.held

    def approved(self) -> tuple[str, str, str]:
        assert self.held.status is not None
        entry = self.held.status.condition("Approved")
        assert entry is not None
        return entry.status, entry.reason, entry.message


async def test_it_waits_with_a_study_and_without_a_job() -> None:
    story = Story(trials={"max": 40, "timeoutSeconds": 60}, budget={"expectedSeconds": 7200})
    delay = await story.passes(4)
    assert delay == SETTINGS.resync_seconds, "nothing is polled for while a person thinks"
    assert [line for line in story.cluster.log if "create" in line] == []
    events = [line for line in story.cluster.log if line.startswith("event")]
    assert events == ["event Valid", "event Connected", "event Waiting"]
    status = story.held.status
    assert status is not None
    assert (status.state, status.workers.desired, status.start_time) == ("AwaitingApproval", 0, None)
    assert status.message == "a person must approve this sweep; no worker runs until then"
    truth, reason, message = story.approved()
    assert (truth, reason) == ("False", "Waiting")
    names = [line.strip().partition(":")[0] for line in message.splitlines()[1:]]
    assert names == ["space", "objective", "budget", "time", "criteria", "findings", "grant"]
    assert status.approval is not None
    assert f'"digest":"{status.approval.digest}"' in message
    assert "kubectl patch hposweep digits -n default --type merge -p '" in message
    workers = status.condition("WorkersReady")
    assert workers is not None
    assert workers.message == "workers start once Approved is True"


async def test_a_grant_starts_the_workers_and_the_clock() -> None:
    story = Story()
    await story.passes(3)
    story.grant()
    await story.passes(2)
    assert story.approved()[:2] == ("True", "Granted")
    assert [line for line in story.cluster.log if line.startswith("create")] == ["create digits-search"]
    assert story.held.status is not None
    assert story.held.status.start_time == world.NOON + timedelta(seconds=4 * 60), "the wait costs no time limit"


async def test_changed_code_suspends_the_workers_until_it_is_granted_again() -> None:
    story = Story()
    await story.passes(3)
    story.grant()
    await story.passes(3)
    story.cluster.source = "def objective(trial): return 1.0"
    story.cluster.log.clear()
    await story.passes(2)
    assert story.approved()[:2] == ("False", "Revoked")
    assert "resize digits-search" in story.cluster.log
    assert all(job.is_suspended for job in story.cluster.jobs)
    assert story.held.status is not None
    assert story.held.status.state == "AwaitingApproval"
    assert [line for line in story.cluster.log if line.startswith("event")].count("event Revoked") == 1
    assert story.held.status.approval is not None
    story.grant(digest=story.held.status.approval.digest)
    await story.passes(2)
    assert story.approved()[:2] == ("True", "Granted")
    assert not any(job.is_suspended for job in story.cluster.jobs)


async def test_a_sweep_may_be_stopped_while_it_waits() -> None:
    story = Story()
    await story.passes(3)
    story.patch(stop="Drain")
    await story.passes(2)
    assert story.held.status is not None
    assert story.held.status.state == "Stopped"
    assert story.approved() == ("Unknown", "Pending", "the sweep ended before it was approved")
    story.cluster.log.clear()
    await story.passes(2)
    assert story.cluster.log == []


async def test_a_criterion_is_answered_after_the_end() -> None:
    full = [{"trialsFinished": {"min": 3}}, {"approval": {"question": QUESTION}}]
    story = Story(approval={}, success={"full": full}, trials={"max": 3})
    await story.passes(3)
    assert story.studies.study is not None
    story.studies.trials = of_values([0.1] * 3)
    story.studies.study = replace(story.studies.study, counts=counts_of(story.studies.trials.trials))
    story.cluster.jobs = (world.job(is_complete=True),)
    await story.passes(2)
    assert story.held.status is not None
    assert story.held.status.has_ended
    tier = story.held.status.condition("FullSuccess")
    assert tier is not None
    assert (tier.status, tier.reason, story.held.status.verdict) == ("Unknown", "NotYet", "?")
    answered = world.sweep(answers=[{"question": QUESTION, "answer": "Approve", "by": "ada"}]).spec.answers
    story.patch(answers=answered)
    await story.passes(2)
    tier = story.held.status.condition("FullSuccess")
    assert tier is not None
    assert (tier.status, tier.reason, story.held.status.verdict) == ("True", "AllCriteriaMet", "full")
