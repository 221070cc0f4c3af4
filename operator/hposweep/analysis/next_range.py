"""The next range of a number: wider where the elite touch a bound, narrower where they cluster. Called by `next_space`.

A side is cut only if both the elites of bootstrap samples and the trials beyond the cut speak for it: those must be
worse than trials of the same age, because an adaptive sampler clusters early, also in a wrong place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hposweep.analysis.elite import MARGIN
from hposweep.analysis.elite_bootstrap import EliteBootstrap
from hposweep.analysis.scale import Scale
from hposweep.analysis.space_edit import EditKind, SpaceEdit, domain_of, keep
from hposweep.analysis.view import StudyView
from hposweep.api.space import Parameter
from hposweep.judge.criteria.boundaries_resolved import parameter_zones
from hposweep.judge.criteria.boundary_zones import Zones
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import Floats, quantile, stratified_by_group
from hposweep.text import number
from hpotrial.protocol import PROBED_HIGH, PROBED_LOW

WIDEN_BY = 0.5  # of the (logarithmic) range
TAIL = 0.05  # of the bootstrap samples may reach beyond either end of the interval
RANGE_MARGIN, WIDTH_MARGIN = 0.1, 0.5  # around the interval: of the range, and of its own width
MIN_TAIL_TRIALS = 5  # beyond a cut
MAX_P_WORSE = 0.05
MIN_GAIN = 0.1  # of the range; less is not worth an edit


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Positions of the next bounds; 0 and 1 are those of today."""

    low: float
    high: float


def range_edit(
    parameter: Parameter,
    view: StudyView,
    trial_sample: Sample,
    numbers: Floats,
    bootstrap: EliteBootstrap,
    protected: Sequence[float],
) -> SpaceEdit:
    """Return the edit of one number that has enough trials. `protected` values stay inside."""
    scale = Scale.of(parameter)
    zones = _zones(view, parameter)
    if zones is not None and zones.touched:
        return _widened(parameter, scale, zones, trial_sample.n)
    return _narrowed(parameter, scale, trial_sample, numbers, bootstrap, protected)


def _zones(view: StudyView, parameter: Parameter) -> Zones | None:
    numeric = sum(item.categorical is None for item in view.space)
    zones = parameter_zones(view.evidence, view.history, parameter.name, MARGIN, numeric)
    return zones if isinstance(zones, Zones) else None


def _widened(parameter: Parameter, scale: Scale, zones: Zones, trials: int) -> SpaceEdit:
    low = scale.wider(WIDEN_BY, is_upper=False) if PROBED_LOW in zones.touched else scale.low
    high = scale.wider(WIDEN_BY, is_upper=True) if PROBED_HIGH in zones.touched else scale.high
    counts = " and ".join(f"{zones.numbers[side]['near']} at its {side} end" for side in zones.touched)
    words = f"of the {zones.elite} best trials {counts}, where trials of the same age are better"
    after = scale.domain(low, high)
    if after == domain_of(parameter):
        return keep(
            parameter, f"{words}; but its bound may be a natural limit: if it is none, widen it by hand", trials
        )
    p = max(_p(zones, side) for side in zones.touched)
    return SpaceEdit(parameter.name, EditKind.WIDEN, domain_of(parameter), after, words, trials, 1 - p)


def _p(zones: Zones, side: str) -> float:
    facts = zones.numbers[side]
    p = facts.get("pProbes", facts["pTrend"])
    return 1.0 if p is None else float(p)


def _narrowed(
    parameter: Parameter,
    scale: Scale,
    trial_sample: Sample,
    numbers: Floats,
    bootstrap: EliteBootstrap,
    protected: Sequence[float],
) -> SpaceEdit:
    trials, positions = trial_sample.n, scale.positions(numbers)
    lows, highs = bootstrap.spans(positions)
    elite = positions[trial_sample.elite]
    low = min(quantile(lows, TAIL), float(elite.min()))
    high = max(quantile(highs, 1 - TAIL), float(elite.max()))
    margin = max(RANGE_MARGIN, WIDTH_MARGIN * (high - low))
    named_positions = [float(place) for place in scale.positions(np.array(protected, dtype=float))]
    cuts = _Cuts(max(0.0, min([low - margin, *named_positions])), min(1.0, max([high + margin, *named_positions])))
    if cuts.high - cuts.low > 1 - MIN_GAIN:
        return keep(parameter, "the best trials, or those of resampled studies, are nearly all over its range", trials)
    cuts = _Cuts(
        cuts.low if _is_worse(trial_sample, positions < cuts.low) else 0.0,
        cuts.high if _is_worse(trial_sample, positions > cuts.high) else 1.0,
    )
    if cuts.high - cuts.low > 1 - MIN_GAIN:
        return keep(
            parameter,
            "the best trials cluster, but trials of the same age elsewhere are too few, or not clearly worse",
            trials,
        )
    after = scale.domain(scale.value(cuts.low), scale.value(cuts.high))
    if after == domain_of(parameter):
        return keep(parameter, "its steps are too wide to narrow it", trials)
    inside = (lows >= cuts.low) & (highs <= cuts.high)
    best = numbers[trial_sample.elite]
    return SpaceEdit(
        parameter.name,
        EditKind.NARROW,
        domain_of(parameter),
        after,
        f"the best {len(best)} trials are at {number(float(best.min()))} to {number(float(best.max()))}; trials of "
        "the same age beyond the new bounds are worse",
        trials,
        float(inside.mean()),
    )


def _is_worse(trial_sample: Sample, members: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Return whether the trials beyond a cut are worse than those of the same age."""
    if members.sum() < MIN_TAIL_TRIALS:
        return False
    p_better = stratified_by_group(trial_sample.ranked, members)
    return p_better is not None and 1 - p_better <= MAX_P_WORSE
