"""`noImprovement`: the best value, or the Pareto front of several objectives, has not improved for so many trials."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.stop_rules import NoImprovement
from hposweep.judge.evidence import Evidence
from hposweep.judge.stop_when.prefix import Prefix
from hposweep.judge.stop_when.rule import StopCause, StopRuleKind
from hposweep.text import count


def _cause(patience: NoImprovement, prefix: Prefix, evidence: Evidence) -> StopCause | None:
    since, last = prefix.tried_since_best, prefix.last_best
    if since is None or last is None or since < patience.trials or prefix.tried < patience.min_trials:
        return None
    if len(evidence.goals) == 1:
        best = f"no better {evidence.goals[0].name} than {last.values[0]:.6g} (trial {last.number})"
    else:
        best = f"no change of the Pareto front since trial {last.number}"
    return StopCause(f"{best} in the last {count(since, 'complete or pruned trial')}", last.number)


KIND = StopRuleKind("no_improvement", conditions.NO_IMPROVEMENT, _cause)
