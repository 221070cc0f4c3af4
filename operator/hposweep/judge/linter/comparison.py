"""Comparisons of choices: one that cannot fail, and one with a sampler that favors a choice early."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hposweep.api.space import is_among
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import ParameterDomain
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.linter.criterion_paths import LocatedCriterion, criteria, flat_criteria, flattened
from hposweep.judge.linter.finding import warning
from hposweep.judge.linter.format import listed, number, percent
from hposweep.judge.linter.parameters import parameter_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.start_up import start_up
from hposweep.judge.linter.thresholds import thresholds
from hposweep.model.findings import ContractFinding

MIN_START_UP = 30  # random trials that give a comparison of choices its power
NEARLY = 0.1  # of the elite: a gap this small between two shares is no test


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for located in criteria(spec):
        if located.any_of is not None:
            nested = tuple(flattened([located]))
            yield from _shares(spec, nested)
            yield from _values(spec, nested)
    yield from _adaptive(spec)


def _shares(spec: Spec, nested: tuple[LocatedCriterion, ...]) -> Iterator[ContractFinding]:
    """Warn of shares of which one is always reached: the shares of all choices add up to 1."""
    for name in dict.fromkeys(part.criterion.elite_share.parameter for part in nested if part.criterion.elite_share):
        parameter = parameter_of(spec, name)
        if parameter is None or parameter.categorical is None:
            continue
        choices, demands = parameter.categorical.choices, []
        for part in nested:
            share = part.criterion.elite_share
            if share is not None and share.parameter == name and share.min is not None and share.min_lift is None:
                demands.append((part.path, share.value, share.min))
        smallest = [
            min((share for _, value, share in demands if value is not None and is_among(choice, [value])), default=None)
            for choice in choices
        ]
        shares = [share for share in smallest if share is not None]
        gap = sum(shares) - 1
        if len(shares) < len(choices) or len(choices) < 2 or gap >= NEARLY:
            continue
        often = "always" if gap <= 1e-9 else f"nearly always (but for a gap of {percent(gap)})"
        demanded = " or ".join(f"{percent(share)} of `{value}`" for _, value, share in demands if value is not None)
        sentence = f"{demanded} is {often} reached. Demand more, or only one choice."
        detail = f"All shares of `{name}` add up to 100 %, so the demanded shares must add up to clearly more."
        fields = tuple(f"{path}.eliteShare" for path, _, _ in demands)
        yield warning(LinterRule.NEARLY_ALWAYS_HOLDS, fields, sentence, detail, sum=sum(shares), gap=max(gap, 0.0))


def _values(spec: Spec, nested: tuple[LocatedCriterion, ...]) -> Iterator[ContractFinding]:
    for first, second in combinations(thresholds(spec, nested), 2):
        if first.is_about_the_same(second) and first.is_above != second.is_above and not first.excludes(second):
            fields = (first.field, second.field)
            sentence = f"with `{fields[1]}` this `anyOf` always holds. Keep one of the two."
            detail = f"Every best `{first.goal.name}` is beyond {number(first.value)} or beyond {number(second.value)}."
            yield warning(LinterRule.NEARLY_ALWAYS_HOLDS, fields, sentence, detail, one=first.value, other=second.value)


def _adaptive(spec: Spec) -> Iterator[ContractFinding]:
    sampler, random = spec.study.sampler, start_up(spec)
    if random is None or random[1] >= MIN_START_UP:
        return
    option, trials = random
    pairs = spec.contrast.parameters if spec.contrast is not None else ()
    by_parameter: dict[str, list[str]] = {}
    for located in flat_criteria(spec):
        for name, path in _compared(spec, located):
            if name not in pairs:
                by_parameter.setdefault(name, []).append(path)
    for name, paths in by_parameter.items():
        sentence = (
            f"`{sampler.name}` favors one choice of `{name}` after {trials} random trials, whether or not it is "
            "better. Add contrast pairs."
        )
        more_paths = f" Also compared by {listed(paths[1:])}." if len(paths) > 1 else ""
        detail = (
            "The fair comparison that remains finds an effect of one standard deviation in about 20 of 100 sweeps. Add "
            f"`spec.contrast: {{pairs: 12, parameters: [{name}]}}`, or set `{option}` to "
            f"{MIN_START_UP}.{more_paths}"
        )
        fields = (*paths, option, "spec.contrast")
        numbers = {"start_up": trials, "needed": MIN_START_UP}
        yield warning(LinterRule.ADAPTIVE_SAMPLER_COMPARES_CHOICES, fields, sentence, detail, **numbers)


def _compared(spec: Spec, located: LocatedCriterion) -> Iterator[tuple[str, str]]:
    """Yield every parameter whose choices the criterion compares, and the field of the criterion."""
    for kind, requirement in kinds_of(located.criterion):
        for reference in kind.references(requirement):
            parameter = parameter_of(spec, reference.name)
            is_categorical = parameter is not None and parameter.categorical is not None
            if kind.domain is ParameterDomain.CATEGORICAL or (kind.domain is ParameterDomain.ANY and is_categorical):
                yield reference.name, f"{located.path}.{kind.name}"
