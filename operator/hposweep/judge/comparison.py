"""The sweep against its baseline, worded as carefully as chance demands. Called by `classify`, shown in the status.

Bests of unequal budgets are no evidence: the one with more trials has the higher best for nothing. So as many trials of
each are looked at, and only the first few are tested: those that no sampler has steered.
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

# Fewer of each can hardly be told apart whatever they are.
FEWEST_COMPARED = 5
# Adaptive samplers of Optuna draw so many at random, unless told otherwise.
STARTUP_TRIALS = 10
# Simulated with identical sweeps of 100 and of 20 trials: 86 with random search, 91 with TPE.
_SIMULATED_TRIALS, _SIMULATED_RATIO, _SIMULATED = 100, 5.0, "86 to 91"
_NEARLY = 1.1  # budgets whose ratio is closer to 1 than this are called equal


def compare(evidence: Evidence) -> Comparison | None:
    """None without a baseline."""
    baseline = evidence.baseline
    if baseline is None:
        return None
    best = reference(evidence, 0)
    if isinstance(best, MissingBaseline):
        return Comparison(best.message, trials=baseline.trials, study=baseline.study)
    ours = evidence.study.best.by_objective[0] if evidence.study and evidence.study.best.by_objective else None
    numbers: dict[str, float | int | None] = {}
    if evidence.study is None or evidence.history is None:
        message = "the study cannot be read"
    elif ours is None:
        message = f"no trial is complete; the baseline's best is {best:.6g}"
    else:
        gain = (ours.value - best) if evidence.goals[0].is_maximized else (best - ours.value)
        numbers = {"best": ours.value, "baselineBest": best, "gain": gain}
        message = f"best {ours.value:.6g} against the baseline's {best:.6g}, {_gain_words(gain, best)}"
        history = evidence.history
        paired, words = history.remember(
            ("at equal budget", evidence.goals, baseline), lambda: _at_equal_budget(evidence, history, baseline)
        )
        numbers |= paired
        message += _budget_words(evidence.history, baseline) + words
    return Comparison(message, best, _trials(baseline), baseline.study, numbers)


def _trials(baseline: Baseline) -> int | None:
    if baseline.trials is not None or baseline.history is None:
        return baseline.trials
    return len(baseline.history.finished)


def _gain_words(gain: float, best: float) -> str:
    if gain == 0:
        return "the same"
    points = 100 * abs(gain / best) if best else 0.0
    share = f" ({points:.0f} %)" if points >= 100 else f" ({points:.2g} %)" if best else ""
    return f"{'better' if gain > 0 else 'worse'} by {abs(gain):.3g}{share}"


def _budget_words(history: History, baseline: Baseline) -> str:
    """What chance alone does to two bests. Alike sweeps share the best of all by their numbers of trials."""
    ours, theirs = len(history.valued), _trials(baseline)
    if baseline.history is not None:
        theirs = len(baseline.history.valued)
    if not theirs:
        return "; the baseline's number of trials is not known, and more trials have a higher best for nothing"
    if not ours or max(ours / theirs, theirs / ours) < _NEARLY:
        return f"; the budgets are alike ({ours} and {theirs} trials)"
    ratio = ours / theirs
    is_simulated = abs(ours / _SIMULATED_TRIALS - 1) < 0.1 and abs(ratio / _SIMULATED_RATIO - 1) < 0.1
    expected = _SIMULATED if is_simulated else f"about {min(99.0, 100 * ratio / (1 + ratio)):.0f}"
    return (
        f"; with {ours} against {theirs} trials a better best is expected in {expected} of 100 sweeps even if nothing "
        "improved"
    )


def _at_equal_budget(
    evidence: Evidence, history: History, baseline: Baseline
) -> tuple[dict[str, float | int | None], str]:
    if baseline.history is None:
        return {}, "; the baseline is plain numbers, so that nothing can be compared at equal budget"
    is_maximized = evidence.goals[0].is_maximized
    sign = 1 if is_maximized else -1
    ours, theirs = (_worth(searched, is_maximized) for searched in (history.searched, baseline.history.searched))
    budget = min(len(ours), len(theirs))
    first, second = (_worth(_unsteered(past), is_maximized) for past in (history, baseline.history))
    n = min(len(first), len(second))
    numbers: dict[str, float | int | None] = {"comparedTrials": n}
    words = ""
    if budget:
        numbers["equalBudget"] = budget
        numbers["bestAtEqualBudget"] = sign * float(ours[:budget].max())
        numbers["baselineBestAtEqualBudget"] = sign * float(theirs[:budget].max())
        words = (
            f"; at equal budget (the first {budget} trials of each) best {numbers['bestAtEqualBudget']:.6g} against "
            f"{numbers['baselineBestAtEqualBudget']:.6g}"
        )
    if n < FEWEST_COMPARED:
        return numbers, f"{words}; only {n} trials of each are as the sampler's start drew them, too few to compare"
    first, second = first[:n], second[:n]
    p = rank_sum(first, second)
    share, low, high = superiority(first, second)
    numbers |= {"p": p, "superiority": share, "superiorityLow": low, "superiorityHigh": high}
    found = "no difference can be seen"
    if not low <= 0.5 <= high:
        found = f"the sweep's are {'better' if low > 0.5 else 'worse'}"
    p_text = "" if p is None else f", p {p:.2g}"
    return numbers, (
        f"{words}; of the first {n} trials, which no result has steered yet, {found}: one of the sweep beats one of "
        f"the baseline in {100 * share:.0f} of 100 draws (90 % interval {100 * low:.0f} to {100 * high:.0f}{p_text})"
    )


def _unsteered(history: History) -> tuple[Trial, ...]:
    """Of those that a sampler draws before it learns. Later ones follow each other: sweeps as good as one another drift
    apart, and a test that takes their trials for independent ones finds a difference in one of five pairs."""
    return tuple(trial for trial in history.finished[:STARTUP_TRIALS] if trial.is_valued and not trial.is_contrast)


def _worth(trials: tuple[Trial, ...], is_maximized: bool) -> NDArray[np.float64]:
    return signed(np.array([trial.values[0] for trial in trials], dtype=float), is_maximized=is_maximized)
