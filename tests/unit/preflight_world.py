"""One sweep with a preflight on a cluster in memory, whose pods end when a test says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hposweep.api.conditions import Condition
from hposweep.api.sweep import Sweep
from hpotrial.protocol.preflight import FAILED, PASSED, WARNING, Finding, PreflightResult
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes

JOB, SEARCH = "digits-preflight", "digits-search"
MISSING = Finding("path", "/data/digits", FAILED, "spec.preflight.paths[0]: `/data/digits` does not exist here")
SLOW = Finding("database", "study", WARNING, "the database answers slowly")
OK = Finding("objective", "train:objective", PASSED)
CODE = {"python": "train:objective", "sourceRef": {"configMap": {"name": "code"}}}


def sweep(**fields: Any) -> Sweep:
    return world.sweep(**{"preflight": {"paths": [{"path": "/data/digits"}]}, "objective": CODE, **fields})


class Clock:
    def __init__(self) -> None:
        self.now = world.NOON

    def __call__(self) -> datetime:
        return self.now


class World:
    """One sweep on a cluster whose pods end when the test says so."""

    def __init__(self, of: Sweep | None = None) -> None:
        self.cluster, self.studies, self.clock = MemoryCluster(of or sweep()), MemoryStudies(), Clock()

    async def reconcile(self, count: int = 3) -> float | None:
        """Make passes by a new operator process, as after a restart."""
        return (await passes(made(self.cluster, self.studies, clock=self.clock), count))[-1]

    def end(self, *findings: Finding, job: str = JOB, **pod: Any) -> None:
        """End the Job's pod with these results."""
        fields = {"exit_code": 0, "termination_message": PreflightResult.of(findings).to_message(), **pod}
        has_succeeded = fields["exit_code"] == 0
        phase = "Succeeded" if has_succeeded else "Failed"
        self.cluster.pods = (*self.cluster.pods, world.pod(len(self.cluster.pods), phase=phase, job=job, **fields))
        ended = {"is_complete": has_succeeded, "is_failed": not has_succeeded}
        self.cluster.jobs = tuple(replace(j, **ended) if j.name == job else j for j in self.cluster.jobs)

    def pass_seconds(self, seconds: float) -> None:
        self.clock.now += timedelta(seconds=seconds)

    @property
    def jobs(self) -> list[str]:
        return sorted(job.name for job in self.cluster.jobs)

    @property
    def created(self) -> list[str]:
        return [line.removeprefix("create ") for line in self.cluster.log if line.startswith("create ")]

    @property
    def approved(self) -> tuple[str, str, str]:
        assert self.cluster.held.status is not None
        condition = self.cluster.held.status.condition("Approved")
        assert condition is not None
        return condition.status, condition.reason, condition.message

    @property
    def condition(self) -> Condition:
        assert self.cluster.held.status is not None
        condition = self.cluster.held.status.condition("PreflightPassed")
        assert condition is not None
        return condition

    @property
    def state(self) -> str:
        assert self.cluster.held.status is not None
        return self.cluster.held.status.state
