"""The same thing said twice, in numbers that differ: a threshold beside a percentage, or beside a label's words."""

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

TOLERANCE = 0.01  # of the baseline: what rounding may do
# A percentage in a label may be of anything else, too.
_OF_AN_IMPROVEMENT = re.compile(r"improv|better|baseline|gain|over|above|[+]\s?[0-9]", re.IGNORECASE)


def findings(spec: Spec) -> Iterator[ContractFinding]:
    found = tuple(thresholds(spec))
    absolute = [threshold for threshold in found if threshold.share is None and threshold.is_better]
    relative = [threshold for threshold in found if threshold.share is not None]
    for one, other in product(absolute, relative):
        if one.goal.name == other.goal.name and one.placed.tier == other.placed.tier != "":
            yield from _pair(spec, one, other)
    for threshold in absolute:
        yield from _label(spec, threshold)


def _pair(spec: Spec, absolute: LocatedThreshold, relative: LocatedThreshold) -> Iterator[ContractFinding]:
    base = baseline_value(spec, absolute.goal)
    if not base or relative.share is None:
        return
    off = abs(absolute.value - relative.value) / abs(base)
    amounts = _gain(absolute, base)
    if off <= TOLERANCE and (amounts >= relative.share or off < 1e-9):
        return
    stricter = relative if relative.implies(absolute) else absolute
    message = (
        f"`{absolute.field}` is {number(absolute.value)}, which is {percent(amounts, signed=True)} over the baseline "
        f"{number(base)}; `{relative.field}` is {percent(relative.share)}, which is {number(relative.value)}: the "
        f"stricter of the two counts, `{stricter.field}`; keep one, or make them equal"
    )
    fields = (absolute.field, relative.field, "spec.baseline.value")
    numbers = {"absolute": absolute.value, "relative": relative.value, "baseline": base, "amounts_to": amounts}
    make = warning if off > TOLERANCE else info
    yield make(LinterRule.THRESHOLDS_DISAGREE, fields, message, **numbers, share=relative.share)


def _label(spec: Spec, threshold: LocatedThreshold) -> Iterator[ContractFinding]:
    base = baseline_value(spec, threshold.goal)
    label = threshold.placed.rule.label if threshold.placed.rule is not None else ""
    said = percentage(label) if _OF_AN_IMPROVEMENT.search(label) else None
    if not base or said is None:
        return
    amounts = _gain(threshold, base)
    if abs(amounts - said) <= TOLERANCE:
        return
    meant = improved(base, said, is_maximized=threshold.goal.is_maximized)
    field = f"{threshold.placed.path.removesuffix('.when')}.label"
    message = (
        f'`{field}` says {percent(said)} ("{label}"), but `{threshold.field}` {number(threshold.value)} is '
        f"{percent(amounts, signed=True)} over the baseline {number(base)}; {percent(said)} would be {number(meant)}: "
        "change the label or the threshold"
    )
    fields = (field, threshold.field, "spec.baseline.value")
    numbers = {"threshold": threshold.value, "baseline": base, "said": said, "amounts_to": amounts, "meant": meant}
    yield warning(LinterRule.LABEL_DISAGREES, fields, message, **numbers)


def _gain(threshold: LocatedThreshold, base: float) -> float:
    """By which share of the baseline the threshold is better than it."""
    return (threshold.value - base) / abs(base) * (1 if threshold.goal.is_maximized else -1)
