"""A parameter that clearly does not matter is frozen at the value of the best trial. Called by `next_space`.

"No effect was found" is no reason: it takes many trials whose elite is all over the range, and a narrow interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hposweep.analysis.elite_bootstrap import EliteBootstrap
from hposweep.analysis.importances import Importance
from hposweep.analysis.intervals import TWO_SIDED_95, correlation_interval
from hposweep.analysis.scale import Scale
from hposweep.analysis.space_edit import EditKind, SpaceEdit, domain_of
from hposweep.api.space import Parameter
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import Floats, spearman

MIN_FREEZE_TRIALS = 1000
MAX_EFFECT = 0.01  # share of the variance of the ranks that the parameter may explain, at 97.5 % confidence
EFFECT_BINS = 8
MIN_P_IMPORTANCE = 0.2  # chance alone gives as much rather often
MAX_IMPORTANCE = 0.1  # the upper end of its spread
MAX_CORRELATION = 0.2  # the outer end of its 95 % interval
BINS, MIN_BIN_SHARE = 4, 0.1  # the best fifth is in each quarter of the range


def frozen(
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
    if not _is_effect_small(trial_sample, numbers):
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
    return SpaceEdit(parameter.name, EditKind.FREEZE, domain, None, reason, trial_sample.n, weight.p, value)


def _is_effect_small(trial_sample: Sample, numbers: Floats) -> bool:
    """Return whether an effect of any shape would have shown: the ranks of equal parts of the range hardly differ.

    n times the explained share is about a noncentral chi-squared number; a larger effect would rarely give so little.
    """
    n, ranks = len(numbers), trial_sample.ranked.overall
    total = float(ranks @ ranks)
    if total <= 0:
        return False
    order = np.argsort(numbers, kind="stable")
    means = [float(ranks[part].mean() ** 2 * len(part)) for part in np.array_split(order, EFFECT_BINS)]
    freedom, shift = EFFECT_BINS - 1, n * MAX_EFFECT
    limit = freedom + shift - TWO_SIDED_95 * math.sqrt(2 * (freedom + 2 * shift))
    return n * sum(means) / total <= limit
