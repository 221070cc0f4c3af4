"""Tests whether larger values of a parameter are better. `clear_trend` and `boundary_zones` call it."""

from __future__ import annotations

from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import block, counted, sample
from hposweep.judge.statistics import Floats, stratified_by_rank
from hposweep.model.history import History


def p_larger_better(
    evidence: Evidence, history: History, parameter: str, numbers: Floats, objective: int | None = None
) -> float | None:
    """Return the one-sided p, not corrected. `numbers`: the column of the sample."""
    trial_sample = sample(evidence, history, parameter, objective)
    memo = ("larger better", parameter, counted(evidence, objective), evidence.goals, block(evidence))
    return history.remember(memo, lambda: stratified_by_rank(trial_sample.ranked, numbers))
