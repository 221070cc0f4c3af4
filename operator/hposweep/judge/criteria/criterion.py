"""The verdict on one criterion: its kind decides, and the message and the numbers are made to fit a status.

Called by `tiers` and by `judge.decisions`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.criteria import Criterion, SingleCriterion
from hposweep.api.plain import brief
from hposweep.judge.criteria.any_of import any_of
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.evidence import Evidence
from hposweep.judge.space_agreement import reason_against
from hposweep.model.verdicts import CriterionVerdict, Outcome

MAX_MESSAGE_LENGTH = 2048  # characters; the status holds no more


def verdict(criterion: SingleCriterion, evidence: Evidence) -> CriterionVerdict:
    """Return the verdict with numbers that JSON can hold."""
    raw = _decide(criterion, evidence)
    message = raw.message
    if len(message) > MAX_MESSAGE_LENGTH:
        message = message[: MAX_MESSAGE_LENGTH - 4] + " ..."
    return replace(raw, message=message, evidence=_finite(raw.evidence))


def _decide(criterion: SingleCriterion, evidence: Evidence) -> CriterionVerdict:
    if isinstance(criterion, Criterion) and criterion.any_of is not None:
        return any_of(tuple(verdict(part, evidence) for part in criterion.any_of))
    kind, requirement = next(kinds_of(criterion))  # the schema demands exactly one
    for reference in kind.references(requirement):
        reason = reason_against(evidence, reference.name)
        if reason is not None:
            return CriterionVerdict(kind.name, Outcome.UNKNOWN, f"cannot be judged: {reason}", cannot_tell=True)
    return kind.verdict(requirement, evidence)


def _finite(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Drop infinity and NaN, which JSON lacks, and round to six digits, so that noise does not change the status."""
    finite: dict[str, Any] = {}
    for name, number in numbers.items():
        if isinstance(number, float):
            if math.isfinite(number):
                finite[name] = float(f"{number:.6g}")
        elif isinstance(number, Mapping):
            finite[name] = {str(brief(key)): value for key, value in _finite(number).items()}
        elif number is not None:
            finite[name] = brief(number)
    return finite
