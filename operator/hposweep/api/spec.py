"""`spec` of an HPOSweep: the shape of a value that the CRD's schema has validated and defaulted, without its rules.

Read by `cluster` when a sweep is fetched, then by `judge`, `plan` and `report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hposweep.api.analysis import AnalysisSpec
from hposweep.api.approval import ApprovalSpec
from hposweep.api.baseline_trial import BaselineTrialSpec
from hposweep.api.champions import ChampionsSpec
from hposweep.api.constraints import ConstraintSpec
from hposweep.api.cost import CostSpec
from hposweep.api.criteria import Criterion
from hposweep.api.decisions import Answer, DecisionPoint
from hposweep.api.preflight import PreflightSpec
from hposweep.api.secret_key import SecretKey as SecretKey
from hposweep.api.space import Parameter
from hposweep.api.stop_rules import StopRule
from hposweep.api.storage import DatabaseSpec, StorageSpec
from hposweep.api.warm_start import WarmStartSpec
from hpotrial.samplers.accepted import DEFAULT_PRUNER, DEFAULT_SAMPLER, NO_PRUNER

MAXIMIZE = "Maximize"
STOP_NONE, STOP_DRAIN, STOP_TERMINATE = "None", "Drain", "Terminate"
DELETE_STUDY = "Delete"
_LISTING_SAMPLERS = ("GridSampler", "BruteForceSampler")
MIN_SEARCHED = 10  # valued trials before contrast pairs: among fewer, the best are hardly better than the first


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The range of plausible values."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class StudyObjectiveSpec:
    """One objective of the study: the name of the returned value, and which direction is better."""

    name: str
    direction: str
    range: ValueRange | None = None

    @property
    def is_maximized(self) -> bool:
        return self.direction == MAXIMIZE


@dataclass(frozen=True, slots=True)
class SamplerSpec:
    """A sampler of Optuna by `name`, or one of the user's own by `class`. Worker n draws with `seed` + n."""

    name: str | None = None
    class_: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None

    @property
    def is_exhaustive(self) -> bool:
        """It visits a fixed list of points, also inside another sampler, and no other trial can be enqueued."""
        inner = self.options.get("base_sampler")
        names = (self.name, inner.get("name") if isinstance(inner, Mapping) else None)
        return any(name in _LISTING_SAMPLERS for name in names)

    def __post_init__(self) -> None:
        """Set the default here, because one in the schema would stand beside a `class` of the user."""
        if self.name is None and self.class_ is None:
            object.__setattr__(self, "name", DEFAULT_SAMPLER)


@dataclass(frozen=True, slots=True)
class PrunerSpec:
    """A pruner of Optuna by `name`, or one of the user's own by `class`."""

    name: str | None = None
    class_: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_requested(self) -> bool:
        """Return whether the user chose a pruner that ends trials; the default without options is no choice."""
        return self.class_ is not None or bool(self.options) or self.name not in (DEFAULT_PRUNER, NO_PRUNER)

    def __post_init__(self) -> None:
        if self.name is None and self.class_ is None:
            object.__setattr__(self, "name", DEFAULT_PRUNER)


@dataclass(frozen=True, slots=True)
class StudySpec:
    """The Optuna study behind the sweep."""

    storage: StorageSpec
    objectives: tuple[StudyObjectiveSpec, ...]
    sampler: SamplerSpec
    pruner: PrunerSpec
    adopt: bool = False
    adopt_stale_seconds: int | None = None
    count_existing: bool = True
    take_over_from: str = ""
    name: str | None = None
    enqueue: tuple[Mapping[str, Any], ...] = ()
    warm_start: tuple[WarmStartSpec, ...] = ()
    constraints: tuple[ConstraintSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedObject:
    """An object in the sweep's own namespace."""

    name: str


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """The source of the user's code when it is not in the image."""

    config_map: NamedObject


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A number in the output of a command: an objective's value, or an attribute of the trial."""

    name: str
    pattern: str | None = None
    step_pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectiveSpec:
    """The code of a trial: a function `module:function` or a program, and what is called after each trial.

    Every trial gets `fixed`; it is not searched.
    """

    python: str | None = None
    command: tuple[str, ...] | None = None
    metrics: tuple[MetricSpec, ...] = ()
    callbacks: tuple[str, ...] | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    source_ref: SourceSpec | None = None


@dataclass(frozen=True, slots=True)
class CheckpointsSpec:
    """The folder of checkpoints, which survives the loss of a worker, and which trials keep theirs."""

    path: str
    keep: str = "Best"


@dataclass(frozen=True, slots=True)
class WorkersSpec:
    """The number of pods that run trials, and their pod template (a Kubernetes object, kept as it is)."""

    replicas: int
    template: Mapping[str, Any]
    isolation: str = "Process"
    checkpoints: CheckpointsSpec | None = None
    node_lost_seconds: int = 300


@dataclass(frozen=True, slots=True)
class TrialsSpec:
    """The budget, in trials; `max_failed` is a number of them or a share like `10%`."""

    max: int
    max_failed: int | str | None = None
    max_retries: int = 2
    retry_on: tuple[str, ...] = ()
    timeout_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class BudgetSpec:
    """Limits in time and GPU time.

    `expected_seconds` is what the user expects: the linter compares it, nothing enforces it.
    """

    active_deadline_seconds: int | None = None
    expected_seconds: int | None = None
    gpu_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class BaselineSpec:
    """The baseline of the sweep: an earlier study, or plain numbers. `value` is its best first objective."""

    study: str | None = None
    storage: DatabaseSpec | None = None
    value: float | None = None
    trials: int | None = None
    trial_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class HealthSpec:
    """The thresholds of health findings."""

    max_trial_seconds: int | None = None
    max_failed_ratio: float = 0.05
    max_same_value_ratio: float = 0.95
    no_progress_seconds: int = 3600
    stuck_after_trials: int = 30
    source_since_trial: int = 0


@dataclass(frozen=True, slots=True)
class ContrastSpec:
    """Pairs of trials that differ in one parameter only, within the budget."""

    parameters: tuple[str, ...]
    pairs: int = 12

    @property
    def trials(self) -> int:
        """The number of trials that the pairs need."""
        return 2 * self.pairs * len(self.parameters)


class NotifyEvent(StrEnum):
    """An event that a notification can be about."""

    ENDED = "Ended"
    ASKED = "Asked"
    UNHEALTHY = "Unhealthy"
    GATE_FAILED = "GateFailed"


@dataclass(frozen=True, slots=True)
class NotifySpec:
    """Where notifications go, a URL of apprise in a Secret, and the events that they are about."""

    secret_ref: SecretKey
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """The whole `spec`."""

    study: StudySpec
    objective: ObjectiveSpec
    workers: WorkersSpec
    trials: TrialsSpec
    search_space: tuple[Parameter, ...] = ()
    budget: BudgetSpec = BudgetSpec()
    cost: CostSpec | None = None
    baseline: BaselineSpec | None = None
    preflight: PreflightSpec | None = None
    baseline_trial: BaselineTrialSpec | None = None
    decision_points: tuple[DecisionPoint, ...] = ()
    approval: ApprovalSpec = field(default_factory=ApprovalSpec)
    answers: tuple[Answer, ...] = ()
    stop_when: tuple[StopRule, ...] = ()
    success: Mapping[str, tuple[Criterion, ...]] = field(default_factory=dict)
    contrast: ContrastSpec | None = None
    champions: ChampionsSpec | None = None
    notify: tuple[NotifySpec, ...] = ()
    health: HealthSpec = HealthSpec()
    analysis: AnalysisSpec = field(default_factory=AnalysisSpec)
    suspend: bool = False
    stop: str = STOP_NONE
    deletion_policy: str = "Retain"
    description: str = ""
    owner: str = ""

    @property
    def is_paused(self) -> bool:
        """Return whether no pod may run by request, for now."""
        return self.suspend or self.workers.replicas == 0

    @property
    def is_stopping(self) -> bool:
        return self.stop != STOP_NONE

    @property
    def is_terminating(self) -> bool:
        return self.stop == STOP_TERMINATE
