"""Success criteria as users write them: `spec.success.<tier>[]`, one key each. `judge.criteria` decides them.

Rules of decision points (`api.decisions`) use the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BestValue:
    """The best value is strictly beyond a number, or beyond the baseline's by a share; exactly one is given.

    With `where`, only trials with all these parameter values count.
    """

    objective: str | None = None
    greater_than: float | None = None
    less_than: float | None = None
    improves_baseline_by: str | None = None  # "5%"
    where: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TrialsFinished:
    """At least `min` trials have ended (complete, pruned, or failed by their own fault)."""

    min: int


@dataclass(frozen=True, slots=True)
class CompletedRatio:
    """At least this share of the finished trials is complete or pruned."""

    min: float


@dataclass(frozen=True, slots=True)
class FailedRatio:
    """At most this share of the finished trials failed by their own fault."""

    max: float


@dataclass(frozen=True, slots=True)
class EliteShare:
    """One choice of a categorical parameter wins; at least one of `min` and `min_lift` is given.

    `value` None: the choice with the largest share. Only the linter reads `sampled_share`, the share of all trials
    that the user expects to have this choice.
    """

    parameter: str
    value: Any = None
    min: float | None = None
    min_lift: float | None = None
    sampled_share: float | None = None


@dataclass(frozen=True, slots=True)
class BoundariesResolved:
    """The elite of numeric parameters is inside their ranges; `margin` is the outer share of a range."""

    parameters: tuple[str, ...]
    margin: float = 0.1


@dataclass(frozen=True, slots=True)
class ClearTrend:
    """Better trials go with larger, or with smaller, values of each parameter."""

    parameters: tuple[str, ...]
    objective: str | None = None
    min_abs_correlation: float | None = None


@dataclass(frozen=True, slots=True)
class ImprovementIsReal:
    """The best is better than the baseline's best also when both are evaluated again."""

    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Approval:
    """A person answers the question, in `spec.answers`."""

    question: str


@dataclass(frozen=True, slots=True)
class SingleCriterion:
    """One criterion: exactly one field is given. Each field is a kind with a module in `judge.criteria`."""

    best_value: BestValue | None = None
    trials_finished: TrialsFinished | None = None
    completed_ratio: CompletedRatio | None = None
    failed_ratio: FailedRatio | None = None
    elite_share: EliteShare | None = None
    boundaries_resolved: BoundariesResolved | None = None
    clear_trend: ClearTrend | None = None
    improvement_is_real: ImprovementIsReal | None = None
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Criterion(SingleCriterion):
    """One line of a tier. `any_of` nests one level deep."""

    any_of: tuple[SingleCriterion, ...] | None = None

    @property
    def parts(self) -> tuple[SingleCriterion, ...]:
        """The nested criteria of an `anyOf`, else the criterion itself."""
        return (self,) if self.any_of is None else self.any_of
