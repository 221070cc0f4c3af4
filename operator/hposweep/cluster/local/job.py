"""The Job controller of an Indexed Job of workers: which indexes need a pod, and when the Job has ended.

Without processes and without a clock: `cluster` reports pods that ended, and asks which to start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hposweep.api.names import INPUT_ANNOTATION, PHASE_LABEL, SEARCH_PHASE
from hposweep.cluster.local.failure_policy import FAIL_INDEX, FAIL_JOB, IGNORE, decide
from hposweep.model.workers import FAILED_INDEXES, Job

# Kubernetes starts with ten seconds, which is too long for a user in front of a terminal.
MIN_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 1.0, 60.0


@dataclass
class Index:
    """One slot of the Job."""

    failures: int = 0
    is_done: bool = False
    is_failed: bool = False
    not_before: float = 0.0


@dataclass
class JobRecord:
    """One Job: its manifest as it was applied last, and the state of its indexes."""

    manifest: Mapping[str, Any]
    uid: str
    indexes: dict[int, Index] = field(default_factory=dict)
    is_complete: bool = False
    is_failed: bool = False
    message: str = ""

    @property
    def name(self) -> str:
        return str(self.manifest["metadata"]["name"])

    @property
    def phase(self) -> str:
        return str(self.manifest["metadata"].get("labels", {}).get(PHASE_LABEL, SEARCH_PHASE))

    @property
    def spec(self) -> Mapping[str, Any]:
        return self.manifest["spec"]  # type: ignore[no-any-return]  # JSON

    @property
    def has_ended(self) -> bool:
        return self.is_complete or self.is_failed

    def resize(self, size: int, *, is_suspended: bool) -> None:
        size_fields = {"parallelism": size, "completions": size, "suspend": is_suspended}
        self.manifest = {**self.manifest, "spec": {**self.spec, **size_fields}}

    def state(self) -> Job:
        return Job(
            name=self.name,
            uid=self.uid,
            phase=self.phase,
            parallelism=self.spec["parallelism"],
            is_suspended=self.spec.get("suspend", False),
            is_complete=self.is_complete,
            is_failed=self.is_failed,
            reason=FAILED_INDEXES if self.is_failed and self._failed_indexes() else "",
            message=self.message,
            completed_indexes=sum(slot.is_done for slot in self.indexes.values()),
            failed_indexes=self._failed_indexes(),
            input=str(self.manifest["metadata"].get("annotations", {}).get(INPUT_ANNOTATION, "")),
        )

    def active_indexes(self) -> range:
        """Return the indexes that may have a pod."""
        runs = not self.has_ended and not self.spec.get("suspend", False)
        return range(min(self.spec["completions"], self.spec["parallelism"]) if runs else 0)

    def to_start(self, busy_indexes: Iterable[int], now: float) -> list[int]:
        """Return indexes that need a pod now. A pod that is still ending keeps its index."""
        busy = set(busy_indexes)
        slots = ((number, self._index(number)) for number in self.active_indexes() if number not in busy)
        return [number for number, slot in slots if not (slot.is_done or slot.is_failed) and now >= slot.not_before]

    def note_end(self, number: int, exit_code: int, *, pod: str, now: float) -> None:
        """Record the end of a pod that was not deleted."""
        slot = self._index(number)
        if exit_code == 0:
            slot.is_done = True
            return
        decision = decide(self.spec.get("podFailurePolicy", {}), exit_code)
        if decision.action == FAIL_JOB:
            self.is_failed = True
            self.message = f"pod {pod} failed with exit code {exit_code} matching FailJob rule at index {decision.rule}"
        elif decision.action == FAIL_INDEX:
            slot.is_failed = True
        else:
            slot.failures += decision.action != IGNORE
            slot.is_failed = slot.failures > self.spec.get("backoffLimitPerIndex", 6)
            backoff = MIN_BACKOFF_SECONDS * 2 ** max(slot.failures - 1, 0)
            slot.not_before = now + min(backoff, MAX_BACKOFF_SECONDS)

    def conclude(self) -> None:
        """End the Job when every index has succeeded, or has failed for good."""
        slots = [self._index(number) for number in range(self.spec["completions"])]
        if self.has_ended or not all(slot.is_done or slot.is_failed for slot in slots):
            return
        self.is_failed = any(slot.is_failed for slot in slots)
        self.is_complete = not self.is_failed
        if self.is_failed:
            self.message = f"Job has failed indexes: {self._failed_indexes()}"

    def _failed_indexes(self) -> str:
        return ",".join(str(number) for number, slot in sorted(self.indexes.items()) if slot.is_failed)

    def _index(self, number: int) -> Index:
        return self.indexes.setdefault(number, Index())
