"""After many trials nothing is better than what was known before. Asked by `findings`."""

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
    """The best of `stuckAfterTrials` valued trials or more is no better than the baseline's best."""
    baseline, valued = view.evidence.baseline, view.history.valued
    if baseline is None or baseline.best is None or len(valued) < max(1, view.spec.health.stuck_after_trials):
        return None
    best = _best(valued, view.sign)
    margin = view.sign * (best.values[0] - baseline.best)
    if margin > RELATIVE_TOLERANCE * max(abs(best.values[0]), abs(baseline.best)):
        return None
    of = f" of study `{baseline.study}`" if baseline.study else ""
    message = (
        f"the best {view.goal.name} of {len(valued)} complete trials, {best.values[0]:.6g} (trial {best.number}), is "
        f"no better than the baseline {baseline.best:.6g}{of}{_below_median(view, baseline, best.values[0])}. Likely: "
        f"{_likely(view, baseline)}"
    )
    action = (
        "compare data, metric and epochs with those of the baseline first; then let `spec.searchSpace` of a new sweep "
        "contain the baseline's best configuration"
    )
    return Diagnosis(message, action)


def _below_median(view: View, baseline: Baseline, best: float) -> str:
    values = [trial.values[0] for trial in baseline.history.valued] if baseline.history is not None else []
    if not values:
        return ""
    median = statistics.median(values)
    return f", and worse than its median {median:.6g}" if view.sign * best < view.sign * median else ""


def _likely(view: View, baseline: Baseline) -> str:
    usual = "another metric, other data or fewer epochs than the baseline had; a search space around the wrong place"
    if baseline.history is None or not baseline.history.valued:
        return usual
    outside = _outside(view.evidence.space, baseline.history, view.sign)
    return f"{outside}; {usual}" if outside else usual


def _outside(space: tuple[Parameter, ...], history: History, sign: float) -> str:
    """The baseline's best configuration cannot be sampled at all: which parameters keep it out."""
    best = _best(history.valued, sign)
    out = [
        f"`{parameter.name}` {best.params[parameter.name]!r}"
        for parameter in space
        if parameter.name in best.params and not _holds(parameter, best.params[parameter.name])
    ]
    words = ", ".join(out)
    return f"the baseline's best (trial {best.number}) lies outside of `spec.searchSpace`: {words}" if out else ""


def _best(trials: Sequence[Trial], sign: float) -> Trial:
    """The first of the best ones."""
    return max(trials, key=lambda trial: sign * trial.values[0])


def _holds(parameter: Parameter, value: object) -> bool:
    numbers = parameter.float_ or parameter.int_
    if numbers is None:
        return any(same(choice, value) for choice in choices(parameter))
    return isinstance(value, int | float) and numbers.low <= value <= numbers.high


RULE = HealthRule("StuckAtBaseline", Severity.WARNING, _check)
