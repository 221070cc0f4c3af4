"""After many trials none is better than the baseline. Listed in `rules`."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from hposweep.api.space import Parameter, same
from hposweep.judge.criteria.best_value import RELATIVE_TOLERANCE
from hposweep.judge.health.parameters import choices
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.baseline import Baseline
from hposweep.model.findings import Severity
from hposweep.model.history import History, Trial


def _check(view: View) -> Diagnosis | None:
    """Fire when the best of `stuckAfterTrials` or more valued trials is no better than the baseline."""
    baseline, trials = view.evidence.baseline, view.history.valued
    if baseline is None or baseline.best is None or len(trials) < max(1, view.spec.health.stuck_after_trials):
        return None
    best = _best(trials, view.sign)
    margin = view.sign * (best.values[0] - baseline.best)
    if margin > RELATIVE_TOLERANCE * max(abs(best.values[0]), abs(baseline.best)):
        return None
    of = f" of study `{baseline.study}`" if baseline.study else ""
    message = (
        f"the best {view.goal.name}, {best.values[0]:.6g} (trial {best.number}), is no better than the baseline "
        f"{baseline.best:.6g}{of}{_below_median(view, baseline, best.values[0])} after {len(trials)} complete trials. "
        f"Likely: {_likely_cause(view, baseline)}"
    )
    action = (
        "compare data, metric and epochs with those of the baseline; then make `spec.searchSpace` of a new sweep "
        "contain the baseline's best configuration"
    )
    return Diagnosis(message, action)


def _below_median(view: View, baseline: Baseline, best: float) -> str:
    values = [trial.values[0] for trial in baseline.history.valued] if baseline.history is not None else []
    if not values:
        return ""
    median = statistics.median(values)
    return f" (and worse than its median {median:.6g})" if view.sign * best < view.sign * median else ""


def _likely_cause(view: View, baseline: Baseline) -> str:
    general = "another metric, other data or fewer epochs than the baseline, or a search space in the wrong region"
    if baseline.history is None or not baseline.history.valued:
        return general
    outside = _outside(view.evidence.space, baseline.history, view.sign)
    return f"{outside}; {general}" if outside else general


def _outside(space: tuple[Parameter, ...], history: History, sign: float) -> str:
    """Return which parameters keep the baseline's best configuration out of the space; "" when none does."""
    best = _best(history.valued, sign)
    values = [
        f"`{parameter.name}` {best.params[parameter.name]!r}"
        for parameter in space
        if parameter.name in best.params and not _contains(parameter, best.params[parameter.name])
    ]
    if not values:
        return ""
    return f"the baseline's best (trial {best.number}) is outside `spec.searchSpace`: {', '.join(values)}"


def _best(trials: Sequence[Trial], sign: float) -> Trial:
    """Return the best trial, the first of equal ones."""
    return max(trials, key=lambda trial: sign * trial.values[0])


def _contains(parameter: Parameter, value: object) -> bool:
    numbers = parameter.float_ or parameter.int_
    if numbers is None:
        return any(same(choice, value) for choice in choices(parameter))
    return isinstance(value, int | float) and numbers.low <= value <= numbers.high


RULE = HealthRule("StuckAtBaseline", Severity.WARNING, _check)
