"""The tiers and the comparison with the baseline in the status. Called by `status` and `cli.judge`."""

from __future__ import annotations

from collections.abc import Sequence

from hposweep.api.names import KNOWN_TIERS
from hposweep.api.status import NO_TIER, UNKNOWN_TIER, BaselineStatus, CriterionStatus, TierStatus
from hposweep.model.verdicts import Comparison, CriterionVerdict, Outcome, TierVerdict


def tier_status(verdict: TierVerdict) -> TierStatus:
    """Return the entry of `status.success`."""
    criteria = tuple(criterion_status(entry) for entry in verdict.criteria)
    return TierStatus(tier=verdict.tier, outcome=verdict.outcome.value, criteria=criteria)


def verdict_word(tiers: Sequence[TierStatus]) -> str | None:
    """Return `status.verdict`: the highest tier that holds; None for a sweep without tiers.

    Only the known tiers have an order. A tier of another name that holds is named as well, because none is above it.
    """
    if not tiers:
        return None
    reached = [tier.tier for tier in tiers if tier.outcome == Outcome.TRUE]
    highest = [tier for tier in KNOWN_TIERS if tier in reached][-1:]
    others = [tier for tier in reached if tier not in KNOWN_TIERS]
    if reached:
        return ",".join(highest + others)
    return UNKNOWN_TIER if any(tier.outcome == Outcome.UNKNOWN for tier in tiers) else NO_TIER


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
