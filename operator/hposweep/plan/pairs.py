"""Pairs of configurations that differ in one parameter only, for a fair comparison of its values.

Called by `contrast`, and by the simulation of what a comparison can find. Pure: it knows neither sweep nor budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hposweep.api.space import Parameter, same
from hposweep.model.history import Trial
from hposweep.plan.search_space import Params, Space
from hpotrial.protocol import PROBED_HIGH, PROBED_LOW


@dataclass(frozen=True, slots=True)
class Side:
    """One trial of a pair; `value` is what its mark calls its value: a choice, `low`, `high`, None for unchanged."""

    params: Params
    value: Any


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides, derived from the configuration of trial `of`, which runs again where it is a side itself.

    Its first result was selected because it was good, and would bias its side.
    """

    of: int
    sides: tuple[Side, Side]


def pairs(parameters: Sequence[Parameter], name: str, trials: Sequence[Trial], count: int) -> tuple[Pair, ...]:
    """Return at most `count` pairs, from the best trial down; fewer when there are fewer different configurations."""
    parameter = next((item for item in parameters if item.name == name), None)
    if parameter is None:
        return ()
    space = Space(parameters, [trial.params for trial in trials])
    usable = [trial for trial in trials if name in trial.params and space.has(trial.params)]
    if parameter.categorical is not None:
        candidates = _of_choices(space, name, parameter.categorical.choices, usable, count)
    else:
        candidates = _of_bounds(space, parameter, usable)
    return tuple(islice(candidates, count))


def _of_choices(space: Space, name: str, choices: Sequence[Any], trials: Sequence[Trial], count: int) -> Iterator[Pair]:
    """Yield the leading choice against each other one in turn; each comparison goes down the ranking by itself."""
    if len(choices) < 2 or not trials:
        return
    leading = _leading(name, choices, trials[:count])
    sources = [_against(space, name, leading, other, trials) for other in choices if not same(other, leading)]
    yield from _in_turn(sources)


def _against(space: Space, name: str, leading: Any, other: Any, trials: Sequence[Trial]) -> Iterator[Pair]:
    """Start with configurations that have one of the two, because there one side is the configuration as it was."""

    def is_foreign(trial: Trial) -> bool:
        return not (same(trial.params[name], leading) or same(trial.params[name], other))

    for trial in _different(sorted(trials, key=is_foreign), without=name):
        sides = [Side(space.changed(trial.params, name, choice), choice) for choice in (leading, other)]
        yield Pair(trial.number, (sides[0], sides[1]))


def _leading(name: str, choices: Sequence[Any], best: Sequence[Trial]) -> Any:
    """Return the most frequent choice of the best configurations; among equals that of the better one."""
    choices_of_best = [trial.params[name] for trial in best]
    frequent = max(choices_of_best, key=lambda value: sum(same(value, other) for other in choices_of_best))
    return next(choice for choice in choices if same(choice, frequent))


def _of_bounds(space: Space, parameter: Parameter, trials: Sequence[Trial]) -> Iterator[Pair]:
    """Yield both bounds in turn, each with the best configurations that do not lie on it."""
    bounds = parameter.int_ or parameter.float_
    if bounds is None or bounds.low == bounds.high:
        return
    number = int if parameter.int_ is not None else float
    yield from _in_turn(
        [
            _probes(space, parameter.name, PROBED_LOW, number(bounds.low), trials),
            _probes(space, parameter.name, PROBED_HIGH, number(bounds.high), trials),
        ]
    )


def _probes(space: Space, name: str, mark: str, limit: float, trials: Sequence[Trial]) -> Iterator[Pair]:
    for trial in _different([trial for trial in trials if trial.params[name] != limit]):
        unchanged = Side(space.changed(trial.params, name, trial.params[name]), None)
        yield Pair(trial.number, (unchanged, Side(space.changed(trial.params, name, limit), mark)))


def _different(trials: Sequence[Trial], without: str | None = None) -> Iterator[Trial]:
    """Yield the first of the trials that are equal apart from one parameter."""
    keys = set()
    for trial in trials:
        key = repr(sorted((name, value) for name, value in trial.params.items() if name != without))
        if key not in keys:
            keys.add(key)
            yield trial


def _in_turn(sources: Sequence[Iterator[Pair]]) -> Iterator[Pair]:
    active = list(sources)
    while active:
        for source in tuple(active):
            pair = next(source, None)
            if pair is None:
                active.remove(source)
            else:
                yield pair
