"""The tiers and the comparison with the baseline in the status. Called by `status` and `cli.judge`."""

from __future__ import annotations

from hposweep.api.status import BaselineStatus, CriterionStatus, TierStatus
from hposweep.model.verdicts import Comparison, CriterionVerdict, TierVerdict


def tier_status(verdict: TierVerdict) -> TierStatus:
    """Return the entry of `status.success`."""
    criteria = tuple(criterion_status(entry) for entry in verdict.criteria)
    return TierStatus(tier=verdict.tier, outcome=verdict.outcome.value, criteria=criteria)


def criterion_status(verdict: CriterionVerdict) -> CriterionStatus:
    """Return one criterion of a tier."""
    return CriterionStatus(
        criterion=verdict.criterion,
        outcome=verdict.outcome.value,
        message=verdict.message,
        value=verdict.value,
        threshold=verdict.threshold,
        margin=verdict.margin,
        trials=verdict.trials,
        evidence=verdict.evidence or None,
    )


def baseline_status(comparison: Comparison | None) -> BaselineStatus | None:
    """Return `status.baseline`, or None for a sweep without a baseline."""
    if comparison is None:
        return None
    return BaselineStatus(
        message=comparison.message,
        best=comparison.best,
        trials=comparison.trials,
        study=comparison.study,
        evidence=comparison.evidence or None,
    )
