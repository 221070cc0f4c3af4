"""Decision points as users write them (`spec.decisionPoints[]`), and their answers. `judge.decisions` decides."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.criteria import Criterion

CONTINUE, STOP, ASK = "Continue", "Stop", "Ask"
APPROVE, REJECT = "Approve", "Reject"  # answers to the question of a criterion


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a point is due: exactly one field is given. `fraction` is a share of `trials.max`."""

    trials: int | None = None
    seconds: int | None = None
    gpu_seconds: int | None = None
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """The first rule whose criterion is True decides."""

    when: Criterion
    then: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The time to wait for an answer, and the answer that counts when none comes."""

    deadline_seconds: int = 7200
    default: str = CONTINUE


@dataclass(frozen=True, slots=True)
class DecisionPoint:
    """`otherwise` counts when no rule is True. The schema requires it; only an unchecked file can lack it."""

    name: str
    at: Trigger
    rules: tuple[DecisionRule, ...] = ()
    otherwise: str | None = None
    ask: Ask = Ask()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A user's answer to a decision point that asked, or to the question of a criterion; exactly one is named."""

    answer: str
    decision: str | None = None
    question: str | None = None
    by: str = ""
    reason: str = ""
