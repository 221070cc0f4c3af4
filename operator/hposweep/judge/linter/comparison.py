"""Comparisons of choices: one that cannot fail, and one under a sampler that takes sides early."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import ParameterDomain
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.linter.criterion_paths import Placed, criteria, lines, parts
from hposweep.judge.linter.finding import warning
from hposweep.judge.linter.format import listed, number, percent
from hposweep.judge.linter.parameters import is_among, parameter_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import thresholds
from hposweep.model.findings import ContractFinding

LEAST_START_UP = 30  # random trials that give a comparison of choices its power
# Samplers that draw the choice which looked best: the option for random trials before that, and its default.
ADAPTIVE = {
    "TPESampler": ("n_startup_trials", 10),
    "GPSampler": ("n_startup_trials", 10),
    "NSGAIISampler": ("population_size", 50),
    "NSGAIIISampler": ("population_size", 50),
}
NEARLY = 0.1  # of the elite: a gap this small between two shares is no test


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for line in lines(spec):
        if line.any_of is not None:
            nested = tuple(parts([line]))
            yield from _shares(spec, line, nested)
            yield from _values(spec, line, nested)
    yield from _adaptive(spec)


def _shares(spec: Spec, line: Placed, nested: tuple[Placed, ...]) -> Iterator[ContractFinding]:
    """Shares of all choices add up to 1: if the asked ones do not exceed that, one of them is always reached."""
    for name in dict.fromkeys(part.criterion.elite_share.parameter for part in nested if part.criterion.elite_share):
        parameter = parameter_of(spec, name)
        if parameter is None or parameter.categorical is None:
            continue
        choices, asked = parameter.categorical.choices, []
        for part in nested:
            share = part.criterion.elite_share
            if share is not None and share.parameter == name and share.min is not None and share.min_lift is None:
                asked.append((part.path, share.value, share.min))
        least = [
            min((m for _, v, m in asked if v is not None and is_among(choice, [v])), default=None) for choice in choices
        ]
        known = [share for share in least if share is not None]
        gap = sum(known) - 1
        if len(known) < len(choices) or len(choices) < 2 or gap >= NEARLY:
            continue
        how = "always" if gap <= 1e-9 else f"nearly always (but for a gap of {percent(gap)})"
        wanted = " or ".join(f"{percent(share)} of `{value}`" for _, value, share in asked if value is not None)
        message = (
            f"`{line.path}.anyOf` asks for {wanted} among the elite; the shares of `{name}` add up to 100 %, so that "
            f"one of them is {how} reached; ask for shares that add up to clearly more than 100 %, or for one choice"
        )
        fields = tuple(f"{path}.eliteShare" for path, _, _ in asked)
        yield warning(LinterRule.NEARLY_ALWAYS_HOLDS, fields, message, sum=sum(known), gap=max(gap, 0.0))


def _values(spec: Spec, line: Placed, nested: tuple[Placed, ...]) -> Iterator[ContractFinding]:
    for one, other in combinations(thresholds(spec, nested), 2):
        if one.goal.name == other.goal.name and one.is_above != other.is_above and not one.excludes(other):
            message = (
                f"`{line.path}.anyOf` holds whatever the best `{one.goal.name}` is: each value is beyond "
                f"{number(one.value)} or beyond {number(other.value)}; keep one of the two"
            )
            yield warning(
                LinterRule.NEARLY_ALWAYS_HOLDS, (one.field, other.field), message, one=one.value, other=other.value
            )


def _adaptive(spec: Spec) -> Iterator[ContractFinding]:
    sampler = spec.study.sampler
    if sampler.name not in ADAPTIVE:
        return
    option, default = ADAPTIVE[sampler.name]
    start_up = sampler.options.get(option, default)
    if not isinstance(start_up, int) or start_up >= LEAST_START_UP:
        return
    pairs = spec.contrast.parameters if spec.contrast is not None else ()
    compared: dict[str, list[str]] = {}
    for placed in criteria(spec):
        for name, path in _compared(spec, placed):
            if name not in pairs:
                compared.setdefault(name, []).append(path)
    for name, paths in compared.items():
        message = (
            f"choices of `{name}` are compared ({listed(paths)}), but `{sampler.name}` goes over to the one that looks "
            f"best after {start_up} random trials, with or without an effect; the fair comparison that is left finds "
            "an effect of one standard deviation in about 20 of 100 sweeps; add "
            f"`spec.contrast: {{pairs: 12, parameters: [{name}]}}`, or {LEAST_START_UP} start-up trials "
            f"(`spec.study.sampler.options.{option}`)"
        )
        fields = (*paths, f"spec.study.sampler.options.{option}", "spec.contrast")
        yield warning(
            LinterRule.ADAPTIVE_SAMPLER_COMPARES_CHOICES, fields, message, start_up=start_up, needed=LEAST_START_UP
        )


def _compared(spec: Spec, placed: Placed) -> Iterator[tuple[str, str]]:
    """Yield every parameter whose choices the criterion compares, and the field of the criterion."""
    for kind, requirement in kinds_of(placed.criterion):
        for reference in kind.references(requirement):
            parameter = parameter_of(spec, reference.name)
            is_categorical = parameter is not None and parameter.categorical is not None
            if kind.domain is ParameterDomain.CATEGORICAL or (kind.domain is ParameterDomain.ANY and is_categorical):
                yield reference.name, f"{placed.path}.{kind.name}"
