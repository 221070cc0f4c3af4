"""One criterion to its verdict: which room decides it, and what holds for all of them. Called by `tiers`.

Rules of decision points are decided here as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.criteria import Criterion, SingleCriterion
from hposweep.judge.criteria.any_of import any_of
from hposweep.judge.criteria.best_value import best_value
from hposweep.judge.criteria.boundaries_resolved import boundaries_resolved
from hposweep.judge.criteria.clear_trend import clear_trend
from hposweep.judge.criteria.elite_share import elite_share
from hposweep.judge.criteria.improvement_is_real import improvement_is_real
from hposweep.judge.criteria.ratios import completed_ratio, failed_ratio
from hposweep.judge.criteria.trials_finished import trials_finished
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
    if criterion.best_value is not None:
        return best_value(criterion.best_value, evidence)
    if criterion.completed_ratio is not None:
        return completed_ratio(criterion.completed_ratio, evidence)
    if criterion.failed_ratio is not None:
        return failed_ratio(criterion.failed_ratio, evidence)
    if criterion.elite_share is not None:
        return elite_share(criterion.elite_share, evidence)
    if criterion.boundaries_resolved is not None:
        return boundaries_resolved(criterion.boundaries_resolved, evidence)
    if criterion.clear_trend is not None:
        return clear_trend(criterion.clear_trend, evidence)
    if criterion.improvement_is_real is not None:
        return improvement_is_real(criterion.improvement_is_real, evidence)
    assert criterion.trials_finished is not None  # noqa: S101  # the schema demands exactly one
    return trials_finished(criterion.trials_finished, evidence)


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
