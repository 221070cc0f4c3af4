"""Two numbers for the same thing that differ: a threshold beside a percentage, or beside the percentage of a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from hposweep.api.spec import Spec
from hposweep.judge.baseline import improved
from hposweep.judge.criteria.threshold import baseline_value, percentage
from hposweep.judge.linter.finding import info, warning
from hposweep.judge.linter.format import number, percent
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import LocatedThreshold, thresholds
from hposweep.model.findings import ContractFinding

TOLERANCE = 0.01  # of the baseline: the largest difference that rounding explains
# A percentage in a label may belong to something else, so the label must speak of an improvement.
_OF_AN_IMPROVEMENT = re.compile(r"improv|better|baseline|gain|over|above|[+]\s?[0-9]", re.IGNORECASE)


def findings(spec: Spec) -> Iterator[ContractFinding]:
    all_thresholds = tuple(thresholds(spec))
    absolute = [threshold for threshold in all_thresholds if threshold.share is None and threshold.is_better]
    relative = [threshold for threshold in all_thresholds if threshold.share is not None]
    for first, second in product(absolute, relative):
        if first.is_about_the_same(second) and first.located.tier == second.located.tier != "":
            yield from _pair(spec, first, second)
    for threshold in absolute:
        yield from _label(spec, threshold)


def _pair(spec: Spec, absolute: LocatedThreshold, relative: LocatedThreshold) -> Iterator[ContractFinding]:
    base = baseline_value(spec, absolute.goal)
    if not base or relative.share is None:
        return
    difference = abs(absolute.value - relative.value) / abs(base)
    gain = _gain(absolute, base)
    if difference <= TOLERANCE and (gain >= relative.share or difference < 1e-9):
        return
    stricter = relative if relative.implies(absolute) else absolute
    sentence = (
        f"{number(absolute.value)} is {percent(gain, signed=True)} over the baseline, but the tier also demands "
        f"{percent(relative.share)}. Keep one, or make them equal."
    )
    detail = (
        f"The baseline is {number(base)}, and {percent(relative.share)} over it is {number(relative.value)} "
        f"(`{relative.field}`). Both must hold, so `{stricter.key}` decides."
    )
    fields = (absolute.field, relative.field, "spec.baseline.value")
    numbers = {"absolute": absolute.value, "relative": relative.value, "baseline": base, "amounts_to": gain}
    make = warning if difference > TOLERANCE else info
    yield make(LinterRule.THRESHOLDS_DISAGREE, fields, sentence, detail, **numbers, share=relative.share)


def _label(spec: Spec, threshold: LocatedThreshold) -> Iterator[ContractFinding]:
    base = baseline_value(spec, threshold.goal)
    label = threshold.located.rule.label if threshold.located.rule is not None else ""
    share = percentage(label) if _OF_AN_IMPROVEMENT.search(label) else None
    if not base or share is None:
        return
    gain = _gain(threshold, base)
    if abs(gain - share) <= TOLERANCE:
        return
    value = improved(base, share, is_maximized=threshold.goal.is_maximized)
    sentence = (
        f"says {percent(share)}, but the threshold {number(threshold.value)} is {percent(gain, signed=True)} over the "
        "baseline. Change one of them."
    )
    detail = (
        f'The label is "{label}", and {percent(share)} over the baseline {number(base)} would be {number(value)}. The '
        f"threshold is `{threshold.field}`."
    )
    fields = (f"{threshold.located.path.removesuffix('.when')}.label", threshold.field, "spec.baseline.value")
    numbers = {"threshold": threshold.value, "baseline": base, "said": share, "amounts_to": gain, "meant": value}
    yield warning(LinterRule.LABEL_DISAGREES, fields, sentence, detail, **numbers)


def _gain(threshold: LocatedThreshold, base: float) -> float:
    """Return the share of the baseline by which the threshold is better than it."""
    return (threshold.value - base) / abs(base) * (1 if threshold.goal.is_maximized else -1)
