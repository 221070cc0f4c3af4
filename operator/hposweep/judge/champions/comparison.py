"""Compare the champions with each other, paired by seed, and with the baseline. Called by `verdict` and simulations.

A champion is called better only when chance alone would do so in at most 5 % of sweeps, however many are compared
(docs/adr/0058). The values of the search take no part, because a best of many trials is too good by selection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from hposweep.api.champions import ChampionsSpec
from hposweep.api.sweep import Sweep
from hposweep.judge.champions.paired import holm, mean_interval, mean_p, two_sample_p
from hposweep.judge.champions.selection import metric_place, trials_by_seed
from hposweep.judge.statistics import ALPHA, two_sided
from hposweep.model.baseline import Baseline
from hposweep.model.champions import Champion, ChampionResult, ChampionsResult
from hposweep.model.history import History


def compare_champions(
    sweep: Sweep, champions: Sequence[Champion], history: History | None, baseline: Baseline | None
) -> ChampionsResult:
    """Return the comparison by the values that the champions' trials have."""
    spec = sweep.spec.champions or ChampionsSpec()
    place = metric_place(spec, sweep.spec.study.objectives)
    is_maximized = sweep.spec.study.objectives[place].is_maximized
    trials = trials_by_seed(sweep.uid, history)
    results = []
    for champion in champions:
        of_champion = {
            seed: entry[1] for (place_in_search, seed), entry in trials.items() if place_in_search == champion.rank
        }
        values = {
            seed: attempt.values[place]
            for seed, attempts in of_champion.items()
            for attempt in attempts
            if attempt.is_valued and len(attempt.values) > place
        }
        finished = sum(any(attempt.is_finished for attempt in attempts) for attempts in of_champion.values())
        results.append(ChampionResult(champion, finished, values))
    return rank(results, baseline_value(baseline, place), is_maximized=is_maximized)


def baseline_value(baseline: Baseline | None, place: int) -> float | None:
    """Return the best value of the baseline, which is one of the first objective."""
    if baseline is None or baseline.fault or place > 0:
        return None
    return baseline.best


def rank(results: Sequence[ChampionResult], baseline: float | None, *, is_maximized: bool) -> ChampionsResult:
    """Return the results with means, best first, and with the tests."""
    sign = 1.0 if is_maximized else -1.0
    means = sorted(map(_measured, results), key=lambda entry: _order(entry, sign))
    with_value = [entry for entry in means if entry.values]
    if baseline is not None:
        means = _against_baseline(means, baseline, sign)
    lead_p = _lead_p(with_value, sign)
    gaps = [sign * (entry.champion.value - entry.mean) for entry in with_value if entry.mean is not None]
    return ChampionsResult(
        champions=tuple(means),
        baseline=baseline,
        pick=_pick(means, baseline, lead_p),
        lead_p=lead_p,
        curse=fmean(gaps) if gaps else None,
    )


def _measured(result: ChampionResult) -> ChampionResult:
    values = list(result.values.values())
    if not values:
        return result
    low, high = mean_interval(values) or (None, None)
    return replace(result, mean=fmean(values), low=low, high=high)


def _order(result: ChampionResult, sign: float) -> tuple[bool, float, int]:
    return (result.mean is None, -sign * (result.mean or 0.0), result.champion.rank)


def _against_baseline(results: Sequence[ChampionResult], baseline: float, sign: float) -> list[ChampionResult]:
    """Return the results with the probability of their lead over the baseline, and of being behind it."""
    gaps = [[sign * (value - baseline) for value in result.values.values()] for result in results]
    leads = [1.0 if (p := mean_p(values, abs(baseline))) is None else p for values in gaps]
    behinds = [1.0 if (p := mean_p([-gap for gap in values], abs(baseline))) is None else p for values in gaps]
    return [
        replace(result, baseline_p=lead, behind_p=behind) if result.values else result
        for result, lead, behind in zip(results, holm(leads), holm(behinds), strict=True)
    ]


def _lead_p(results: Sequence[ChampionResult], sign: float) -> float | None:
    """Return the probability that the first leads each other one by chance.

    That one of them is the best is a single claim, which needs every pair: no correction is due beyond the two sides,
    however many there are (Gutmann and Maymin 1987; measured by `bench.champions_truth`).
    """
    if len(results) < 2:
        return None
    p_values = (_pair_p(results[0], other, sign) for other in results[1:])
    return max(1.0 if p is None else p for p in p_values)


def _pair_p(first: ChampionResult, second: ChampionResult, sign: float) -> float | None:
    """Return the two-sided p-value of a pair of champions.

    Where each seed gives the same difference, as by a noise that is added to the value, the pairs have no spread: then
    the values themselves are compared, because on a coarse scale such differences are common by chance.
    """
    seeds = sorted(first.values.keys() & second.values.keys())
    values = [[sign * entry.values[seed] for seed in seeds] for entry in (first, second)]
    size = max((abs(value) for numbers in values for value in numbers), default=0.0)
    p = mean_p([high - low for high, low in zip(*values, strict=True)], size)
    p = two_sample_p(*values) if p is None else p
    return two_sided(p) if p is not None else None


def _pick(results: Sequence[ChampionResult], baseline: float | None, lead_p: float | None) -> int | None:
    """Return the rank of the champion to use: the best that beats the baseline, or the one that beats all others."""
    if baseline is not None:
        better = (entry for entry in results if entry.baseline_p is not None and entry.baseline_p <= ALPHA)
        return next((entry.champion.rank for entry in better), None)
    return results[0].champion.rank if lead_p is not None and lead_p <= ALPHA else None
