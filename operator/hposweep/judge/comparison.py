"""The sweep against its baseline, worded as carefully as chance demands. Called by `verdicts`, shown in the status.

Bests of unequal budgets are no evidence: the one with more trials has the higher best for nothing. So the first trials
of both are compared, as many of each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.baseline import NoReference, reference
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import signed
from hposweep.judge.statistics import rank_sum, superiority
from hposweep.model.baseline import Baseline
from hposweep.model.history import History, Trial
from hposweep.model.verdicts import Comparison

# Fewer of each can hardly be told apart whatever they are.
FEWEST_COMPARED = 5
# Simulated with identical sweeps of 100 and of 20 trials: 86 with random search, 91 with TPE.
_SIMULATED_TRIALS, _SIMULATED_RATIO, _SIMULATED = 100, 5.0, "86 to 91"
_NEARLY = 1.1  # budgets whose ratio is closer to 1 than this are called equal


def compare(evidence: Evidence) -> Comparison | None:
    """None without a baseline."""
    baseline = evidence.baseline
    if baseline is None:
        return None
    best = reference(evidence, 0)
    if isinstance(best, NoReference):
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
        paired, words = _at_equal_budget(evidence, evidence.history, baseline)
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
    share = f" ({100 * abs(gain / best):.2g} %)" if best else ""
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
    ours, theirs = history.searched, baseline.history.searched
    n = min(len(ours), len(theirs))
    if n < FEWEST_COMPARED:
        return {"comparedTrials": n}, f"; only {n} trials of each could be compared at equal budget, too few"
    is_maximized = evidence.goals[0].is_maximized
    first, second = (_worth(trials[:n], is_maximized=is_maximized) for trials in (ours, theirs))
    p = rank_sum(first, second)
    share, low, high = superiority(first, second)
    sign = 1 if is_maximized else -1
    numbers = {
        "comparedTrials": n,
        "bestAtEqualBudget": sign * float(first.max()),
        "baselineBestAtEqualBudget": sign * float(second.max()),
        "p": p,
        "superiority": share,
        "superiorityLow": low,
        "superiorityHigh": high,
    }
    found = "no difference can be seen"
    if not low <= 0.5 <= high:
        found = f"the sweep's are {'better' if low > 0.5 else 'worse'}"
    p_text = "" if p is None else f", p {p:.2g}"
    return numbers, (
        f"; at equal budget (the first {n} trials of each) {found}: a trial of the sweep beats one of the baseline in "
        f"{100 * share:.0f} of 100 draws (90 % interval {100 * low:.0f} to {100 * high:.0f}{p_text}), best "
        f"{numbers['bestAtEqualBudget']:.6g} against {numbers['baselineBestAtEqualBudget']:.6g}"
    )


def _worth(trials: tuple[Trial, ...], *, is_maximized: bool) -> NDArray[np.float64]:
    return signed(np.array([trial.values[0] for trial in trials], dtype=float), is_maximized=is_maximized)
