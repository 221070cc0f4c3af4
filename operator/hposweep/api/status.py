"""The `status` of an HPOSweep. Built whole by `report`, written by `apply`, read back by `cluster`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hposweep.api.approval import ApprovalStatus
from hposweep.api.champions import ChampionsStatus
from hposweep.api.conditions import (
    CHAMPIONS_VALIDATED,
    COMPLETE,
    FAILED,
    FINAL_OF_CHAMPIONS,
    STUCK_OF_CHAMPIONS,
    Condition,
)
from hposweep.api.cost import CostStatus, GpuSecondsStatus
from hposweep.api.preflight import CheckStatus, PreflightRunStatus
from hposweep.api.record import RecordStatus
from hposweep.api.spec import SecretKey

NO_TIER, UNKNOWN_TIER = "none", "?"  # `status.verdict` when no tier is reached: surely, or as far as is known
# Of a notification: it is to be sent, was sent, or is not tried again.
PENDING_DELIVERY, SENT, GIVEN_UP = "Pending", "Sent", "GivenUp"


@dataclass(frozen=True, slots=True)
class RewoundStatus:
    """The ended trials that the study had before it was restored to an earlier state, and those that it had then.

    `finished`: those before that count against the budget; None in a status of an earlier release.
    """

    before: int
    after: int
    time: datetime
    finished: int | None = None


@dataclass(frozen=True, slots=True)
class StudyStatus:
    """The study of the sweep. `commit` and `image_digest`: of the newest trials that have them.

    `rewound`: until the lost trials are made up for.
    """

    name: str
    id: int | None = None
    commit: str | None = None
    image_digest: str | None = None
    rewound: RewoundStatus | None = None


@dataclass(frozen=True, slots=True)
class TrialsStatus:
    """Trials by state. `finished` = complete + pruned + failed and charged; `charged` adds the running ones.

    `retried` counts retries of earlier trials, `failures` all failed trials by class. `existing`: trials of an adopted
    study that `max` is raised by, because they do not count against the budget. `baseline`: likewise, attempts of the
    baseline trial.
    """

    max: int
    finished: int = 0
    complete: int = 0
    pruned: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0
    charged: int = 0
    retried: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    existing: int | None = None
    baseline: int | None = None


@dataclass(frozen=True, slots=True)
class StudyStartStatus:
    """The trials of `spec.study.enqueue` and `warmStart`, and where they come from."""

    points: int
    finished: int
    waiting: int
    message: str


@dataclass(frozen=True, slots=True)
class BestStatus:
    """The best complete trial, or one of a front of that many. `value`: first objective, rounded for columns."""

    trial: int
    value: float
    values: Mapping[str, float]
    params: Mapping[str, Any]
    front: int | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkersStatus:
    """Pods of the search Job."""

    desired: int
    running: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class CriterionStatus:
    """The verdict on one criterion. `trials`: how many it is based on; `evidence`: its other numbers, by name."""

    criterion: str
    outcome: str
    message: str
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None
    trials: int | None = None
    evidence: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TierStatus:
    """The verdict on one tier."""

    tier: str
    outcome: str
    criteria: tuple[CriterionStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class EtaStatus:
    """The time until the budget is spent, with a 90 % interval. `brief`: the same for a column, `2h10m`."""

    seconds: int
    low_seconds: int
    high_seconds: int
    brief: str = ""


@dataclass(frozen=True, slots=True)
class BaselineStatus:
    """The baseline, and the comparison with it at equal budget."""

    message: str
    best: float | None = None
    trials: int | None = None
    study: str | None = None
    evidence: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DecisionStatus:
    """The decision at one decision point, which is never decided again.

    `outcome`: Continue, Stop or Ask, the latter while it waits for an answer until `deadline`. `time`: when it was
    decided, or when it asked. `trials`: the number of finished ones at that moment.
    """

    name: str
    outcome: str
    message: str
    time: datetime
    label: str = ""
    trials: int | None = None
    evidence: Mapping[str, Any] | None = None
    dry_run: bool = False
    deadline: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class StopWhenStatus:
    """The rule of `spec.stopWhen` that stopped the sweep; it stays, whatever the spec says later.

    `rule`: its field when it held. `trials`: the number of finished ones at that moment. `trial`: the one with the
    best value.
    """

    rule: str
    reason: str
    message: str
    time: datetime
    trials: int
    trial: int | None = None


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """One finding: the observation with its likely causes, and the action to take."""

    reason: str
    severity: str
    message: str
    action: str


@dataclass(frozen=True, slots=True)
class NotificationStatus:
    """One event that one target is told of, once. `message` is kept until it was sent or given up.

    `time`: when it occurred, then of the last attempt. `error`: of the last attempt.
    """

    event: str
    subject: str
    secret_ref: SecretKey
    outcome: str
    time: datetime
    attempts: int = 0
    message: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ResultsStatus:
    """The places of the results of the analysis. `report` and `next_sweep`: files of the ConfigMap, if it has them."""

    config_map: str
    table: str
    report: str | None = None
    next_sweep: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole status; an equal one is not written again."""

    observed_generation: int
    state: str
    message: str
    study: StudyStatus
    trials: TrialsStatus
    progress: str
    workers: WorkersStatus
    replicas: int
    selector: str
    verdict: str | None = None  # NO_TIER, UNKNOWN_TIER, or the highest tier that holds; None without tiers
    best: BestStatus | None = None
    start_time: datetime | None = None
    completion_time: datetime | None = None
    eta: EtaStatus | None = None
    gpu_seconds: GpuSecondsStatus | None = None
    cost: CostStatus | None = None
    storage: tuple[CheckStatus, ...] = ()
    preflight: tuple[CheckStatus, ...] = ()
    preflight_run: PreflightRunStatus | None = None
    baseline: BaselineStatus | None = None
    study_start: StudyStartStatus | None = None
    champions: ChampionsStatus | None = None
    approval: ApprovalStatus | None = None
    decisions: tuple[DecisionStatus, ...] = ()
    stop_when: StopWhenStatus | None = None
    results: ResultsStatus | None = None
    success: tuple[TierStatus, ...] = ()
    health: tuple[HealthStatus, ...] = ()
    notifications: tuple[NotificationStatus, ...] = ()
    history: RecordStatus | None = None
    conditions: tuple[Condition, ...] = field(default=())

    def condition(self, kind: str) -> Condition | None:
        """Return the condition of that type."""
        return next((condition for condition in self.conditions if condition.type == kind), None)

    @property
    def has_ended(self) -> bool:
        """Return whether Complete or Failed is True; both are latched."""
        return any(condition.is_true for condition in self.conditions if condition.type in (COMPLETE, FAILED))

    @property
    def has_open_champions(self) -> bool:
        """Return whether the champions of the sweep are to be trained, or are being trained."""
        condition = self.condition(CHAMPIONS_VALIDATED)
        return condition is not None and condition.reason not in FINAL_OF_CHAMPIONS

    @property
    def has_stuck_champions(self) -> bool:
        """Return whether the champions wait for a person: to fix a cause, or to change who may run or own them."""
        condition = self.condition(CHAMPIONS_VALIDATED)
        return condition is not None and condition.reason in STUCK_OF_CHAMPIONS

    @property
    def trains_champions(self) -> bool:
        """Return whether the champions go on without a person, so that their end is worth waiting for."""
        return self.has_open_champions and not self.has_stuck_champions
