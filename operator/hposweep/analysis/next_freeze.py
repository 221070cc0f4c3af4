"""A parameter that clearly does not matter is frozen at the value of the best trial. Called by `next_space`.

"No effect was found" is no reason: it takes many trials whose elite is all over the range, and a narrow interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from hposweep.analysis.elite_bootstrap import EliteBootstrap
from hposweep.analysis.importances import Importance
from hposweep.analysis.intervals import correlation_interval
from hposweep.analysis.scale import Scale
from hposweep.analysis.space_edit import EditKind, SpaceEdit, domain_of
from hposweep.api.space import Parameter
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import Floats, spearman

MIN_FREEZE_TRIALS = 1000
MAX_EFFECT, MIN_CERTAINTY = 0.01, 0.975  # share of the variance of the ranks that the parameter may explain
EFFECT_BINS = 8
# The 80 % quantile of chi-squared with 7 degrees of freedom: above it an effect begins to show, however small it is.
MAX_SIGNAL = 9.80
MIN_P_IMPORTANCE = 0.2  # chance alone gives as much rather often
MAX_IMPORTANCE = 0.1  # the upper end of its spread
MAX_CORRELATION = 0.2  # the outer end of its 95 % interval
BINS, MIN_BIN_SHARE = 4, 0.1  # the best fifth is in each quarter of the range


def freeze(
    parameter: Parameter,
    trial_sample: Sample,
    bootstrap: EliteBootstrap,
    importance: Callable[[str], Importance | None],
) -> SpaceEdit | None:
    """Return None unless the parameter clearly does not matter. `importance` is slow, so that it is asked last."""
    numbers = trial_sample.numbers
    if numbers is None or parameter.categorical is not None or trial_sample.n < MIN_FREEZE_TRIALS:
        return None
    correlation = spearman(trial_sample.ranked, numbers)
    interval = None if correlation is None else correlation_interval(correlation, trial_sample.n)
    if interval is None or max(abs(interval[0]), abs(interval[1])) > MAX_CORRELATION:
        return None
    signal = _signal(trial_sample, numbers)
    certainty = 1 - _signal_of_the_limit(trial_sample.n).cdf(signal)
    if certainty < MIN_CERTAINTY or signal > MAX_SIGNAL:
        return None
    elite = Scale.of(parameter).positions(numbers)[trial_sample.elite]
    shares = np.histogram(elite, bins=BINS, range=(0.0, 1.0))[0] / len(elite)
    if shares.min() < MIN_BIN_SHARE:
        return None
    weight = importance(parameter.name)
    if weight is None or weight.p < MIN_P_IMPORTANCE or weight.high > MAX_IMPORTANCE:
        return None
    reason = (
        f"it does not matter: the best trials are all over its range, its importance is at most {weight.high:.2f}, and "
        f"its correlation is {interval[0]:.2f} to {interval[1]:.2f}; frozen at the value of the best trial"
    )
    value = trial_sample.column[int(bootstrap.order[0])]
    domain = domain_of(parameter)
    return SpaceEdit(parameter.name, EditKind.FREEZE, domain, None, reason, trial_sample.n, certainty, value)


def _signal(trial_sample: Sample, numbers: Floats) -> float:
    """Return n times the share of the variance of the ranks that equal parts of the range explain."""
    ranks = trial_sample.ranked.overall
    total = float(ranks @ ranks)
    if total <= 0:
        return math.inf
    order = np.argsort(numbers, kind="stable")
    parts = (ranks[part] for part in np.array_split(order, EFFECT_BINS))
    return len(numbers) * sum(float(part.mean() ** 2) * len(part) for part in parts) / total


def _signal_of_the_limit(n: int) -> NormalDist:
    """Return the signal of an effect of `MAX_EFFECT`: a noncentral chi-squared number, by its normal approximation."""
    freedom, shift = EFFECT_BINS - 1, n * MAX_EFFECT
    return NormalDist(freedom + shift, math.sqrt(2 * (freedom + 2 * shift)))
