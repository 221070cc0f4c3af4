"""The comparison of the sweep with its baseline. Called by `judge`, shown in `status.baseline`.

The best values of unequal budgets are no evidence, because the larger budget finds a better one by chance alone.
Therefore as many trials of each are compared, and only the first few are tested: those drawn before a sampler learns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.baseline import MissingBaseline, reference
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import signed
from hposweep.judge.statistics import rank_sum, superiority
from hposweep.model.baseline import Baseline
from hposweep.model.history import History, Trial
from hposweep.model.verdicts import Comparison

# With fewer of each, no test finds a difference.
MIN_COMPARED = 5
# Adaptive samplers of Optuna draw this many at random by default.
STARTUP_TRIALS = 10
# Simulated with identical sweeps of 100 and of 20 trials: 86 with random search, 91 with TPE.
_SIMULATED_TRIALS, _SIMULATED_RATIO, _SIMULATED = 100, 5.0, "86 to 91"
_NEARLY = 1.1  # budgets whose ratio is closer to 1 than this are called equal


def compare(evidence: Evidence) -> Comparison | None:
    """Return the comparison, or None without a baseline."""
    baseline = evidence.baseline
    if baseline is None:
        return None
    best = reference(evidence, 0)
    if isinstance(best, MissingBaseline):
        return Comparison(best.message, trials=baseline.trials, study=baseline.study)
    best_trial = evidence.study.best.by_objective[0] if evidence.study and evidence.study.best.by_objective else None
    numbers: dict[str, float | int | None] = {}
    if evidence.study is None or evidence.history is None:
        message = "the study cannot be read"
    elif best_trial is None:
        message = f"no trial is complete yet; baseline {best:.6g}"
    else:
        gain = (best_trial.value - best) if evidence.goals[0].is_maximized else (best - best_trial.value)
        numbers = {"best": best_trial.value, "baselineBest": best, "gain": gain}
        message = f"best {best_trial.value:.6g}, {_gain_text(gain, best)} baseline {best:.6g}"
        history = evidence.history
        equal_budget, text = history.remember(
            ("at equal budget", evidence.goals, baseline), lambda: _at_equal_budget(evidence, history, baseline)
        )
        numbers |= equal_budget
        message += _budget_text(evidence.history, baseline) + text
    return Comparison(message, best, _trials(baseline), baseline.study, numbers)


def _trials(baseline: Baseline) -> int | None:
    if baseline.trials is not None or baseline.history is None:
        return baseline.trials
    return len(baseline.history.finished)


def _gain_text(gain: float, best: float) -> str:
    if gain == 0:
        return "equal to"
    points = 100 * abs(gain / best) if best else 0.0
    share = f" ({points:.0f} %)" if points >= 100 else f" ({points:.2g} %)" if best else ""
    return f"{abs(gain):.3g}{share} {'better' if gain > 0 else 'worse'} than"


def _budget_text(history: History, baseline: Baseline) -> str:
    """Return how often chance alone gives the better best: two equal sweeps have it in proportion to their trials."""
    trials, baseline_trials = len(history.valued), _trials(baseline)
    if baseline.history is not None:
        baseline_trials = len(baseline.history.valued)
    if not baseline_trials:
        return "; the baseline's number of trials is unknown, and a larger budget finds a better value by chance alone"
    if not trials or max(trials / baseline_trials, baseline_trials / trials) < _NEARLY:
        return f"; the budgets are equal ({trials} and {baseline_trials} trials)"
    ratio = trials / baseline_trials
    is_simulated = abs(trials / _SIMULATED_TRIALS - 1) < 0.1 and abs(ratio / _SIMULATED_RATIO - 1) < 0.1
    expected = _SIMULATED if is_simulated else f"about {min(99.0, 100 * ratio / (1 + ratio)):.0f}"
    return (
        f"; with {trials} against {baseline_trials} trials, chance alone gives a better value in {expected} of 100 "
        "sweeps"
    )


def _at_equal_budget(
    evidence: Evidence, history: History, baseline: Baseline
) -> tuple[dict[str, float | int | None], str]:
    if baseline.history is None:
        return {}, "; the baseline is a plain number, so there is no comparison at equal budget"
    is_maximized = evidence.goals[0].is_maximized
    sign = 1 if is_maximized else -1
    values, baseline_values = (scores(trials, is_maximized) for trials in (history.searched, baseline.history.searched))
    budget = min(len(values), len(baseline_values))
    first, second = (scores(unsteered(past), is_maximized) for past in (history, baseline.history))
    n = min(len(first), len(second))
    numbers: dict[str, float | int | None] = {"comparedTrials": n}
    text = ""
    if budget:
        numbers["equalBudget"] = budget
        numbers["bestAtEqualBudget"] = sign * float(values[:budget].max())
        numbers["baselineBestAtEqualBudget"] = sign * float(baseline_values[:budget].max())
        text = (
            f"; at equal budget (the first {budget} trials of each): best {numbers['bestAtEqualBudget']:.6g}, "
            f"baseline {numbers['baselineBestAtEqualBudget']:.6g}"
        )
    if n < MIN_COMPARED:
        return numbers, f"{text}; only {n} trials of each were drawn before the sampler learned, too few to compare"
    first, second = first[:n], second[:n]
    p = rank_sum(first, second)
    share, low, high = superiority(first, second)
    numbers |= {"p": p, "superiority": share, "superiorityLow": low, "superiorityHigh": high}
    difference = "show no difference"
    if not low <= 0.5 <= high:
        difference = f"are {'better' if low > 0.5 else 'worse'}"
    p_text = "" if p is None else f", p {p:.2g}"
    return numbers, (
        f"{text}; the first {n} trials, drawn before the sampler learned, {difference}: a trial of the sweep beats one "
        f"of the baseline in {100 * share:.0f} % of pairs (90 % interval {100 * low:.0f} to {100 * high:.0f} %{p_text})"
    )


def unsteered(history: History) -> tuple[Trial, ...]:
    """Return the trials that were drawn before the sampler learned.

    Later trials depend on each other: equal sweeps drift apart, and a test that assumes independent trials then finds a
    difference in one of five pairs.
    """
    return tuple(trial for trial in history.finished[:STARTUP_TRIALS] if trial.is_valued and not trial.is_contrast)


def scores(trials: tuple[Trial, ...], is_maximized: bool) -> NDArray[np.float64]:
    """Return the first values with higher ones better."""
    return signed(np.array([trial.values[0] for trial in trials], dtype=float), is_maximized=is_maximized)
