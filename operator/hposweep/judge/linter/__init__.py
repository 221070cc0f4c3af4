"""The linter: does a sweep agree with itself? Called by `judge.validation` and `cli.validate`.

Each family of rules is a module with one function, `findings(spec)`; no family knows another. `gpu_seconds` and
`gpu_budget` also take the weights of GPUs. An error rejects the sweep, a warning is reported.
"""

from __future__ import annotations

from functools import lru_cache

from hposweep.api.spec import Spec
from hposweep.gpu_weights import BUILT_IN_WEIGHTS, GpuWeights
from hposweep.judge.linter import (
    agreement,
    algorithms,
    approval,
    baseline,
    champions,
    command,
    comparison,
    contrast,
    decision_times,
    decisions,
    elite,
    gpu_budget,
    gpu_seconds,
    metrics,
    names,
    notify,
    preflight,
    pruning,
    python,
    ranges,
    ratios,
    retries,
    sampling,
    schedule,
    sizes,
    space,
    stop_when,
    study_start,
    tiers,
    where,
)
from hposweep.model.findings import ContractFinding

_FAMILIES = (
    algorithms,
    space,
    sampling,
    pruning,
    python,
    command,
    metrics,
    retries,
    names,
    where,
    ranges,
    agreement,
    baseline,
    schedule,
    decision_times,
    decisions,
    stop_when,
    ratios,
    elite,
    comparison,
    contrast,
    champions,
    study_start,
    notify,
    preflight,
    approval,
    tiers,
)


# Specs whose findings are cached: every pass over a sweep needs them, and a spec rarely changes.
_MAX_CACHED = 512


class _CacheKey:
    """Spec and weights as a key of the cache: maps have no hash, but specs with the same text are the same."""

    def __init__(self, spec: Spec, weights: GpuWeights) -> None:
        self.spec, self.weights, self._text = spec, weights, repr((spec, weights))

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _CacheKey) and self._text == other._text


def findings(spec: Spec, weights: GpuWeights = BUILT_IN_WEIGHTS) -> tuple[ContractFinding, ...]:
    """Return all findings, in the order of the families."""
    return _findings(_CacheKey(spec, weights))


@lru_cache(maxsize=_MAX_CACHED)
def _findings(key: _CacheKey) -> tuple[ContractFinding, ...]:
    of_sizes = tuple(sizes.findings(key.spec))
    if of_sizes:
        return of_sizes
    of_spec = (finding for family in _FAMILIES for finding in family.findings(key.spec))
    of_gpus = (finding for family in (gpu_seconds, gpu_budget) for finding in family.findings(key.spec, key.weights))
    return (*of_spec, *of_gpus)
