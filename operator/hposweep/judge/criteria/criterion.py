"""The verdict on one criterion: its kind decides, and the message and the numbers are made to fit a status.

Called by `tiers` and by `judge.decisions`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.criteria import Criterion, SingleCriterion
from hposweep.judge.criteria.any_of import any_of
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict

# A status holds no longer sentence.
LONGEST_MESSAGE = 2048


def verdict(criterion: SingleCriterion, evidence: Evidence) -> CriterionVerdict:
    """What the criterion comes to, in numbers that JSON can hold."""
    found = _decide(criterion, evidence)
    message = found.message
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 4] + " ..."
    return replace(found, message=message, evidence=_finite(found.evidence))


def _decide(criterion: SingleCriterion, evidence: Evidence) -> CriterionVerdict:
    if isinstance(criterion, Criterion) and criterion.any_of is not None:
        return any_of(tuple(verdict(part, evidence) for part in criterion.any_of))
    kind, requirement = next(kinds_of(criterion))  # the schema demands exactly one
    return kind.verdict(requirement, evidence)


def _finite(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows no infinity and no NaN; six digits are enough to read, and keep a status from changing for nothing."""
    found: dict[str, Any] = {}
    for name, number in numbers.items():
        if isinstance(number, float):
            if math.isfinite(number):
                found[name] = float(f"{number:.6g}")
        elif isinstance(number, Mapping):
            found[name] = _finite(number)
        elif number is not None:
            found[name] = number
    return found
