"""The interface of a kind of criterion: its field, its verdict, and how it relates to other criteria.

Every kind is one module of this package that defines `KIND`; `registry` lists them. Tiers, the linter and decision
points ask the kinds and never test for one of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from hposweep.api.spec import Spec
from hposweep.api.wire import wire_name
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict

C = TypeVar("C")  # the class of `api.criteria` that holds the fields of the kind


class ParameterDomain(Enum):
    """The parameters that a kind can judge."""

    CATEGORICAL = "categorical"
    NUMERIC = "numeric"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class ParameterReference:
    """One place where a criterion names a parameter, and perhaps one of its choices."""

    field: str  # within the kind: `parameters[1]`
    name: str
    choice_field: str = ""  # within the kind; "" when no choice is named
    choice: Any = None


@dataclass(frozen=True, slots=True)
class FailureTolerance:
    """The share of the finished trials that may fail, and the field that sets it."""

    field: str  # within the kind: `min`
    share: float


class CriterionKind(Generic[C]):
    """One kind of criterion. A subclass overrides the verdict and what else applies to it."""

    field: ClassVar[str]  # of `api.criteria.SingleCriterion`
    domain: ClassVar[ParameterDomain | None] = None  # of the parameters that it names; None: it names none
    # Why it may not stop a sweep (`spec.stopWhen`); None: it may.
    stop_refusal: ClassVar[str | None] = (
        "after many looks chance alone makes it True. Use it in `spec.success` or in a decision point, which look once."
    )
    uses_elite: ClassVar[bool] = False  # the linter checks that there are enough trials for an elite

    @property
    def name(self) -> str:
        """The key that users write: `eliteShare`."""
        return wire_name(self.field)

    def verdict(self, criterion: C, evidence: Evidence) -> CriterionVerdict:
        """Decide one criterion of this kind."""
        raise NotImplementedError

    def references(self, criterion: C) -> tuple[ParameterReference, ...]:
        """Return the parameters that the criterion names."""
        return ()

    def restrictions(self, criterion: C) -> tuple[ParameterReference, ...]:
        """Return the parameter values that a trial must have to count."""
        return ()

    def objective(self, criterion: C) -> str | None:
        """Return the objective that the criterion names; None when it names none."""
        return None

    def baseline_field(self, criterion: C) -> str | None:
        """Return the field that compares with the baseline, from the kind's name on; None when there is none."""
        return None

    def failure_tolerance(self, criterion: C) -> FailureTolerance | None:
        """Return how many failed trials the criterion allows; None when it does not count them."""
        return None

    def is_alike(self, first: C, second: C, spec: Spec) -> bool:
        """Tell whether two criteria of this kind are about the same quantity."""
        return False

    def implies(self, first: C, second: C, spec: Spec) -> bool:
        """Tell whether the second criterion holds whenever the first one does."""
        return False


def list_references(names: tuple[str, ...]) -> tuple[ParameterReference, ...]:
    """Return the references of a field `parameters` that lists names."""
    return tuple(ParameterReference(f"parameters[{position}]", name) for position, name in enumerate(names))
