"""`bestValue`: the goal is reached. The criterion of the same name decides."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api import conditions
from hposweep.api.criteria import BestValue, SingleCriterion
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.criteria.where import words
from hposweep.judge.evidence import Evidence
from hposweep.judge.stop_when.prefix import Prefix, bests_where
from hposweep.judge.stop_when.rule import StopCause, StopRuleKind
from hposweep.model.trials import Best, BestObjectiveValue, Study
from hposweep.model.verdicts import Outcome


def _cause(goal: BestValue, prefix: Prefix, evidence: Evidence) -> StopCause | None:
    study = Study(id=0, name="", best=Best(None, _best(goal, prefix, evidence)))
    of_all = replace(goal, where=None)  # because `_best` has left the other trials out
    result = verdict(SingleCriterion(best_value=of_all), replace(evidence, study=study, history=None))
    if result.outcome is not Outcome.TRUE or result.value is None or result.threshold is None:
        return None
    number, side = int(result.evidence["trial"]), ">" if result.value > result.threshold else "<"
    _, objective = evidence.goal(goal.objective)
    base = result.evidence.get("baseline")
    origin = "" if base is None else f" (baseline {base:.6g} improved by {goal.improves_baseline_by})"
    subject = f"{objective.name}{words(goal.where)}{',' if goal.where else ''}"
    message = f"best {subject} {result.value:.6g} (trial {number}) {side} {result.threshold:.6g}{origin}"
    return StopCause(message, number)


def _best(goal: BestValue, prefix: Prefix, evidence: Evidence) -> tuple[BestObjectiveValue | None, ...]:
    if not goal.where or evidence.history is None:
        return prefix.best
    directions = [objective.is_maximized for objective in evidence.goals]
    return bests_where(evidence.history, directions, goal.where)[prefix.finished - 1]


KIND = StopRuleKind("best_value", conditions.GOAL_REACHED, _cause)
