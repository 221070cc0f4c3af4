"""Whether larger numbers of a parameter are better. `clear_trend` calls it, and `boundary_zones` for each bound."""

from __future__ import annotations

from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import block, counted, sample
from hposweep.judge.statistics import Floats, stratified_by_rank
from hposweep.model.history import History


def p_larger_better(
    evidence: Evidence, history: History, parameter: str, numbers: Floats, objective: int | None = None
) -> float | None:
    """One-sided; not corrected. `numbers`: the sample's column."""
    drawn = sample(evidence, history, parameter, objective)
    asked = ("larger better", parameter, counted(evidence, objective), evidence.goals, block(evidence))
    return history.remember(asked, lambda: stratified_by_rank(drawn.ranked, numbers))
