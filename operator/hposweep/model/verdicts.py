"""The verdicts of `judge`, each with its numbers and its message. `plan` acts on them, `report` shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hposweep.api.approval import ApprovalStatus
from hposweep.api.conditions import NOT_REQUIRED, SKIPPED, TOO_MANY_FAILED_TRIALS
from hposweep.api.decisions import ASK, STOP
from hposweep.api.spec import STOP_TERMINATE
from hposweep.model.baseline_trial import BaselineTrialVerdict
from hposweep.model.champions import ChampionsVerdict
from hposweep.model.findings import ContractFinding, HealthFinding
from hposweep.model.gate import Gate
from hposweep.model.gpu_seconds import Ledger
from hposweep.model.observation import Fault
from hposweep.model.preflight import PreflightVerdict
from hposweep.model.rewind import Rewind
from hpotrial.protocol.control import Review
from hpotrial.protocol.preflight import Finding

BY_DEFAULT = "default"  # in `Decision.by`: no answer came in time


class Outcome(StrEnum):
    """Three-valued truth: missing data and failed sources are Unknown, never False."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """The verdict on one criterion: value and threshold, number of trials, and other numbers by name."""

    criterion: str  # as the user spells its key
    outcome: Outcome
    message: str
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None
    trials: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    cannot_tell: bool = False  # Unknown because a source failed, not because it is early


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """The verdict on one tier: all of its criteria together."""

    tier: str
    outcome: Outcome
    criteria: tuple[CriterionVerdict, ...]
    cannot_tell: bool = False  # Unknown because a source failed, not because it is early


APPROVAL_NOT_REQUIRED = Gate(is_open=True, reason=NOT_REQUIRED, message="`spec.approval.required` is false")
NO_BASELINE_TRIAL = BaselineTrialVerdict(Gate(is_open=True, reason=SKIPPED, message="`spec.baselineTrial` is not set"))


@dataclass(frozen=True, slots=True)
class End:
    """The end of the sweep and its reason. `is_failure` chooses between the conditions Failed and Complete."""

    reason: str
    message: str
    is_failure: bool = False
    action: str = ""  # after a failure: what to do, where it depends on the trials


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop before the budget is spent: its mode, and the reason of the end."""

    mode: str  # Drain or Terminate, as in `spec.stop`
    reason: str  # of Complete or Failed
    message: str  # the cause, without the number of trials
    is_by_person: bool = False  # not by a rule or a limit, so that the end is never a failure
    trials: int | None = None  # finished ones at the moment of a rule of `spec.stopWhen`
    is_failure: bool = False

    @property
    def is_terminating(self) -> bool:
        return self.mode == STOP_TERMINATE


@dataclass(frozen=True, slots=True)
class ReachedRule:
    """A rule of `spec.stopWhen` that holds; it is final. `rule`: its field within the spec."""

    rule: str
    reason: str  # of the end
    message: str  # the numbers
    time: datetime
    trials: int  # finished ones at that moment
    trial: int | None = None  # the one with the best value

    @property
    def is_failure(self) -> bool:
        """Return whether it ends the sweep as Failed: no goal can be reached by failing trials."""
        return self.reason == TOO_MANY_FAILED_TRIALS


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision at a decision point; final, except for an `Ask`, which is answered or times out."""

    name: str
    outcome: str  # Continue, Stop, Ask
    message: str
    time: datetime
    label: str = ""
    trials: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    deadline: datetime | None = None
    by: str = ""  # the author of the answer; BY_DEFAULT without one

    @property
    def stops(self) -> bool:
        """Return whether it stops the sweep, which a dry run does not."""
        return self.outcome == STOP and not self.dry_run

    @property
    def is_pending(self) -> bool:
        """Return whether it waits for an answer or its deadline."""
        return self.outcome == ASK and self.deadline is not None and not self.dry_run


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds until the budget is spent: the expected value and a 90 % interval."""

    seconds: float
    low_seconds: float
    high_seconds: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """The distance to the first target that is not reached, as a message; `tier` names its tier."""

    tier: str
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of the sweep with its baseline."""

    message: str
    best: float | None = None
    trials: int | None = None
    study: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts of one pass."""

    accepted: Gate
    storage: Gate
    preflight: PreflightVerdict
    tiers: tuple[TierVerdict, ...]
    storage_checks: tuple[Finding, ...] = ()
    baseline_trial: BaselineTrialVerdict = NO_BASELINE_TRIAL
    approval: Gate = APPROVAL_NOT_REQUIRED
    approval_record: ApprovalStatus | None = None
    faults: tuple[Fault, ...] = ()
    end: End | None = None
    pending_end: End | None = None  # decided, but the workers have to stop first
    findings: tuple[ContractFinding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    stop: Stop | None = None
    reached: ReachedRule | None = None
    review: Review | None = None  # the trials after which a rule of `spec.stopWhen` may hold
    health: tuple[HealthFinding, ...] = ()
    health_requeue_after_seconds: float | None = None  # when time alone can cause a finding
    eta: Eta | None = None
    outlook: Outlook | None = None
    comparison: Comparison | None = None
    champions: ChampionsVerdict | None = None  # None for a sweep without them
    ledger: Ledger = field(default_factory=Ledger)
    rewind: Rewind | None = None  # decisions pause

    @property
    def may_start(self) -> bool:
        return self._may_be_asked and self.approval.is_open

    @property
    def waits_for_a_person(self) -> bool:
        """Return whether approval is all that is missing: no retry can help."""
        return self._may_be_asked and not self.approval.is_open

    @property
    def waits_for_checks(self) -> bool:
        """Return whether the gates before the preflight are open, and its own is not."""
        return self.accepted.is_open and self.storage.is_open and not self.preflight.gate.is_open

    @property
    def waits_for_baseline(self) -> bool:
        """Return whether the baseline trial is what the search waits for."""
        gates = (self.accepted, self.storage, self.preflight.gate)
        return all(gate.is_open for gate in gates) and not self.baseline_trial.gate.is_open

    @property
    def _may_be_asked(self) -> bool:
        """Return whether every gate before the approval is open."""
        gates = (self.accepted, self.storage, self.preflight.gate, self.baseline_trial.gate)
        return all(gate.is_open for gate in gates)
