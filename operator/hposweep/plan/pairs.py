"""Pairs of configurations that differ in one parameter only: what a fair comparison of its values is made of.

Called by `contrast`, and by whoever simulates what a comparison can find. Pure: it knows neither sweep nor budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hposweep.api.space import Parameter, same
from hposweep.model.history import Trial
from hposweep.plan.configuration import Params, Space
from hpotrial.protocol import PROBED_HIGH, PROBED_LOW


@dataclass(frozen=True, slots=True)
class Side:
    """One trial of a pair; `value` is how its mark names what it has: a choice, `low`, `high`, None for unchanged."""

    params: Params
    value: Any


@dataclass(frozen=True, slots=True)
class Pair:
    """Made from the configuration of trial `of`, which is evaluated anew where it is a side itself.

    Its old value was selected for being high, and would flatter its side.
    """

    of: int
    sides: tuple[Side, Side]


def pairs(parameters: Sequence[Parameter], name: str, ranked: Sequence[Trial], count: int) -> tuple[Pair, ...]:
    """At most `count`, from the best of `ranked` down; fewer when there are not so many different configurations."""
    parameter = next((item for item in parameters if item.name == name), None)
    if parameter is None:
        return ()
    space = Space(parameters, [trial.params for trial in ranked])
    usable = [trial for trial in ranked if name in trial.params and space.has(trial.params)]
    if parameter.categorical is not None:
        made = _of_choices(space, name, parameter.categorical.choices, usable, count)
    else:
        made = _of_bounds(space, parameter, usable)
    return tuple(islice(made, count))


def _of_choices(space: Space, name: str, choices: Sequence[Any], ranked: Sequence[Trial], count: int) -> Iterator[Pair]:
    """The leading choice against each other one in turn; each of them goes down the ranking by itself."""
    if len(choices) < 2 or not ranked:
        return
    leading = _leading(name, choices, ranked[:count])
    sources = [_against(space, name, leading, other, ranked) for other in choices if not same(other, leading)]
    yield from _in_turn(sources)


def _against(space: Space, name: str, leading: Any, other: Any, ranked: Sequence[Trial]) -> Iterator[Pair]:
    """Configurations that have one of the two come first: there one side is the configuration as it was."""

    def is_foreign(trial: Trial) -> bool:
        return not (same(trial.params[name], leading) or same(trial.params[name], other))

    for trial in _different(sorted(ranked, key=is_foreign), without=name):
        sides = [Side(space.changed(trial.params, name, choice), choice) for choice in (leading, other)]
        yield Pair(trial.number, (sides[0], sides[1]))


def _leading(name: str, choices: Sequence[Any], best: Sequence[Trial]) -> Any:
    """The most frequent choice of the best configurations; among equals that of the better one."""
    had = [trial.params[name] for trial in best]
    frequent = max(had, key=lambda value: sum(same(value, other) for other in had))
    return next(choice for choice in choices if same(choice, frequent))


def _of_bounds(space: Space, parameter: Parameter, ranked: Sequence[Trial]) -> Iterator[Pair]:
    """Both bounds in turn, each with the best configurations that do not lie on it."""
    bounds = parameter.int_ or parameter.float_
    if bounds is None or bounds.low == bounds.high:
        return
    number = int if parameter.int_ is not None else float
    yield from _in_turn(
        [
            _probes(space, parameter.name, PROBED_LOW, number(bounds.low), ranked),
            _probes(space, parameter.name, PROBED_HIGH, number(bounds.high), ranked),
        ]
    )


def _probes(space: Space, name: str, word: str, bound: float, ranked: Sequence[Trial]) -> Iterator[Pair]:
    for trial in _different([trial for trial in ranked if trial.params[name] != bound]):
        unchanged = Side(space.changed(trial.params, name, trial.params[name]), None)
        yield Pair(trial.number, (unchanged, Side(space.changed(trial.params, name, bound), word)))


def _different(ranked: Sequence[Trial], without: str | None = None) -> Iterator[Trial]:
    """The first of those that are the same, apart from one parameter."""
    met = set()
    for trial in ranked:
        key = repr(sorted((name, value) for name, value in trial.params.items() if name != without))
        if key not in met:
            met.add(key)
            yield trial


def _in_turn(sources: Sequence[Iterator[Pair]]) -> Iterator[Pair]:
    left = list(sources)
    while left:
        for source in tuple(left):
            pair = next(source, None)
            if pair is None:
                left.remove(source)
            else:
                yield pair
