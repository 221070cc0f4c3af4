"""The values and names of parameters that a sweep's other fields use, which its space must keep.

Called by `cli.next`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.analysis.next_space import SpaceLimits
from hposweep.api.criteria import Criterion
from hposweep.api.spec import Spec


def limits_of(spec: Spec) -> SpaceLimits:
    """Return the limits. A parameter that any other field names stays in the space, and keeps the values named."""
    values: dict[str, list[Any]] = defaultdict(list)
    for name, value in _named_values(spec):
        values[name].append(value)
    names = {*values, *_names(spec)}
    return SpaceLimits(values, frozenset(names), may_freeze=bool(spec.search_space))


def _named_values(spec: Spec) -> Iterator[tuple[str, Any]]:
    for point in spec.study.enqueue:
        yield from point.items()
    if spec.baseline_trial is not None:
        yield from spec.baseline_trial.params.items()
    for parameter in spec.search_space:
        if parameter.when is not None:
            yield from ((parameter.when.parameter, value) for value in parameter.when.in_)
    for criterion in _criteria(spec):
        for part in criterion.parts:
            if part.elite_share is not None and part.elite_share.value is not None:
                yield part.elite_share.parameter, part.elite_share.value
    yield from _options(spec.study.sampler.options)


def _names(spec: Spec) -> Iterator[str]:
    yield from spec.contrast.parameters if spec.contrast is not None else ()
    for criterion in _criteria(spec):
        for part in criterion.parts:
            if part.elite_share is not None:
                yield part.elite_share.parameter
            for group in (part.boundaries_resolved, part.clear_trend):
                yield from group.parameters if group is not None else ()


def _criteria(spec: Spec) -> Iterator[Criterion]:
    for tier in spec.success.values():
        yield from tier
    for point in spec.decision_points:
        for rule in point.rules:
            yield rule.when


def _options(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield values by name, at any depth: a grid, and fixed parameters of a sampler."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from _options(value)
        for item in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(item, Mapping):
                yield str(name), item
