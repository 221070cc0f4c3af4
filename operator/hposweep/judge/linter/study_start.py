"""The points that the study starts with: are they in the search space and in the budget, and does the sampler wait?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from hposweep.api.corners import corners
from hposweep.api.domain import Domain
from hposweep.api.plain import brief
from hposweep.api.space import Parameter, is_among
from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import allowed, literal
from hposweep.judge.linter.parameters import place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count

MAX_FINDINGS = 10  # of points: a list that was made for another space has hundreds
_ENQUEUE, _WARM_START, _MAX = "spec.study.enqueue", "spec.study.warmStart", "spec.trials.max"
_BASELINE = "spec.baselineTrial"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    yield from islice(_points(spec), MAX_FINDINGS)
    yield from _duplicates(spec)
    yield from _budget(spec)
    yield from _sampler(spec)
    for position, entry in enumerate(spec.study.warm_start):
        if entry.study == spec.study.name and entry.storage is None:
            fields = (f"{_WARM_START}[{position}].study", "spec.study.name")
            sentence = f"`{entry.study}` is the sweep's own study. Name another one."
            yield error(LinterRule.WARM_START_FROM_ITSELF, fields, sentence)


def _points(spec: Spec) -> Iterator[ContractFinding]:
    space = {item.name: Domain(item) for item in spec.search_space}
    points = [(f"{_ENQUEUE}[{position}]", point) for position, point in enumerate(spec.study.enqueue)]
    if spec.baseline_trial is not None:
        points.insert(0, (f"{_BASELINE}.params", spec.baseline_trial.params))
    for field, point in points:
        for name, value in point.items():
            if space and name not in space:
                yield _unknown(spec, field, name)
            elif not _is_finite(value) or (name in space and not space[name].allows(value)):
                yield _outside(spec, field, name, value, space.get(name))
            elif name in space:
                yield from _never_asked(spec, field, point, space[name].parameter)


def _unknown(spec: Spec, field: str, name: str) -> ContractFinding:
    names = (item.name for item in spec.search_space)
    sentence = f"unknown parameter `{brief(name)}` ({allowed(names)}). Use a name of `spec.searchSpace`."
    is_fixed = name in spec.objective.fixed
    detail = f"`{name}` is in `spec.objective.fixed`, so it is the same in every trial." if is_fixed else ""
    return error(LinterRule.ENQUEUED_OUTSIDE_SPACE, (field, "spec.searchSpace"), sentence, detail)


def _outside(spec: Spec, field: str, name: str, value: Any, domain: Domain | None) -> ContractFinding:
    fields = (field, *([place_of(spec, name)] if domain is not None else []))
    values = domain or "finite numbers"
    sentence = f"wrong value of `{brief(name)}` (got `{literal(brief(value))}`; allowed: {values}). Correct the point."
    return error(LinterRule.ENQUEUED_OUTSIDE_SPACE, fields, sentence)


def _is_finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _never_asked(spec: Spec, field: str, point: Mapping[str, Any], item: Parameter) -> Iterator[ContractFinding]:
    """Warn of a value whose condition does not hold in the point; without the other value the sampler decides."""
    condition = item.when
    if condition is None or condition.parameter not in point or is_among(point[condition.parameter], condition.in_):
        return
    other = literal(brief(point[condition.parameter]))
    sentence = f"`{item.name}` is unused, because `{condition.parameter}` is `{other}` in this point. Remove it."
    yield warning(LinterRule.ENQUEUED_NEVER_ASKED, (field, f"{place_of(spec, item.name)}.when"), sentence)


def _duplicates(spec: Spec) -> Iterator[ContractFinding]:
    first: dict[str, int] = {}
    for position, point in enumerate(spec.study.enqueue):
        text = json.dumps(point, sort_keys=True, default=str)
        if text in first:
            fields = (f"{_ENQUEUE}[{position}]", f"{_ENQUEUE}[{first[text]}]")
            sentence = f"equal to `{fields[1]}`, so the same configuration runs twice. Remove one, unless it is meant."
            yield warning(LinterRule.ENQUEUED_TWICE, fields, sentence)
            return
        first[text] = position


def _budget(spec: Spec) -> Iterator[ContractFinding]:
    points, others = len(spec.study.enqueue), sum(entry.top for entry in spec.study.warm_start)
    tried, max_trials = _baseline_trials(spec), spec.trials.max
    if points + others + tried <= max_trials or not points + others:
        return
    parts = [
        *([(_ENQUEUE, count(points, "point"))] if points else []),
        *([(_WARM_START, count(others, "trial"))] if others else []),
        *([(_BASELINE, count(tried, "trial"))] if tried else []),
    ]
    fields = (*(field for field, _ in parts), _MAX)
    words = " and ".join(words if field == fields[0] else f"{words} of `{field}`" for field, words in parts)
    sentence = f"{words}, but `{_MAX}` is {max_trials}. Raise it, or start with fewer."
    numbers = {"needed": points + others + tried, "max": max_trials}
    yield error(LinterRule.START_BEYOND_BUDGET, fields, sentence, "", **numbers)


def _baseline_trials(spec: Spec) -> int:
    """Return how many trials of the budget the first attempt takes."""
    tried = spec.baseline_trial
    if tried is None or not tried.count:
        return 0
    return 1 + len(corners(spec.search_space, tried.params) if tried.corners else ())


def _sampler(spec: Spec) -> Iterator[ContractFinding]:
    if not spec.study.sampler.is_exhaustive:
        return
    for field, entries in (
        (_ENQUEUE, spec.study.enqueue),
        (_WARM_START, spec.study.warm_start),
        (_BASELINE, spec.baseline_trial is not None),
    ):
        if entries:
            name = spec.study.sampler.name
            sentence = f"adds trials, and `{name}` allows one per point of its grid. Remove it, or use another sampler."
            yield error(LinterRule.START_AGAINST_SAMPLER, (field, "spec.study.sampler.name"), sentence)
