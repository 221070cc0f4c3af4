"""`python -m bench.interaction_truth [--sweeps N] [--seed S] [--trials T...]`: how often pairs are named, and wrongly.

Sweeps with a planted interaction, and additive ones without any, are searched and analyzed. docs/analysis.md has the
output. Every sweep has five parameters that act alone as in `bench.judge_sim.truth`, and a categorical one.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import optuna

from bench.judge_sim import truth
from bench.judge_sim.sweep import SAMPLERS, TPE, WORKERS, distribution
from hposweep.analysis.interactions import interactions
from hposweep.analysis.view import StudyView, view_of
from hposweep.judge.statistics import wilson
from hposweep.model.history import COMPLETE, History, Trial
from hposweep.model.stored_study import StoredStudy

Params = Mapping[str, Any]
Pair = tuple[str, str]
FAMILIES, EFFECT = 3, 0.5  # of the best family, in units of g
PLANTED: Pair = ("x1", "x2")


@dataclass(frozen=True, slots=True)
class Surface:
    """One shape of the objective, without noise, and the pair that acts together; None for an additive one."""

    name: str
    value: Callable[[Params], float]
    noise: Callable[[Params], float]
    pair: Pair | None = None


@dataclass(slots=True)
class Tally:
    """The sweeps of one surface and sampler: was the planted pair named, and was another one?"""

    recall: list[bool] = field(default_factory=list)
    false_alarms: list[bool] = field(default_factory=list)


def _additive(params: Params) -> float:
    value: float = -4 * (params["x1"] - 0.6) ** 2 + 0.8 * params["x2"] + EFFECT * (params["family"] == truth.WINNER)
    return value


def _usual(_: Params) -> float:
    return truth.NOISE


def _product(params: Params) -> float:
    """Return the product of two parameters, each from -1 to 1."""
    value: float = (2 * params["x1"] - 1) * (2 * params["x2"] - 1)
    return value


SURFACES = (
    Surface("additive", _additive, _usual),
    Surface("additive, no noise", _additive, lambda params: 0.0),
    Surface("additive, more noise where x1 is large", _additive, lambda params: 0.1 + params["x1"]),
    Surface("additive, a cliff", lambda params: _additive(params) - 20 * (params["lr"] > 1e-2), _usual),
    Surface("noise alone", lambda params: 0.0, _usual),
    Surface("product of half a deviation", lambda params: _additive(params) + 0.8 * _product(params), _usual, PLANTED),
    Surface("product of a deviation", lambda params: _additive(params) + 1.6 * _product(params), _usual, PLANTED),
    Surface(
        "a slope in one family",
        lambda params: _additive(params) + 1.6 * (params["x3"] - 0.5) * (params["family"] == truth.WINNER),
        _usual,
        ("family", "x3"),
    ),
    Surface(
        "the best x3 follows lr",
        lambda params: -6 * (params["x3"] - 0.5 - (math.log10(params["lr"]) + 3) / 8) ** 2 + 0.8 * params["x2"],
        _usual,
        ("lr", "x3"),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.interaction_truth")
    parser.add_argument("--sweeps", type=int, default=100, help="of each surface, sampler and number of trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trials", type=int, nargs="+", default=(100,))
    parser.add_argument("--samplers", nargs="+", default=SAMPLERS, choices=SAMPLERS)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    print(f"{arguments.sweeps} sweeps for each cell, SEED={arguments.seed}\n")
    tallies = measure(arguments.sweeps, arguments.seed, arguments.trials, arguments.samplers)
    for line in table(tallies):
        print(line)
    return 0


def measure(
    sweeps: int,
    seed: int,
    trials: Sequence[int],
    samplers: Sequence[str] = SAMPLERS,
    surfaces: Sequence[Surface] = SURFACES,
) -> dict[tuple[str, str, int], Tally]:
    """Search each surface with each sampler and number of trials."""
    tallies: dict[tuple[str, str, int], Tally] = {}
    generator = random.Random(seed)  # noqa: S311  # of a simulation
    for surface in surfaces:
        for sampler in samplers:
            for n in trials:
                tally = tallies[surface.name, sampler, n] = Tally()
                for _ in range(sweeps):
                    count(surface, view(surface, sampler, n, generator.getrandbits(32)), tally)
    return tallies


def count(surface: Surface, study: StudyView, tally: Tally) -> None:
    pairs = {item.parameters for item in interactions(study, 0).interactions}
    tally.recall.append(surface.pair in pairs)
    tally.false_alarms.append(bool(pairs - {surface.pair}))


def view(surface: Surface, sampler: str, trials: int, seed: int) -> StudyView:
    """Search as four workers do, and return the study."""
    make = optuna.samplers.TPESampler if sampler == TPE else optuna.samplers.RandomSampler
    study, generator = optuna.create_study(direction="maximize", sampler=make(seed=seed)), random.Random(seed)  # noqa: S311  # of a simulation
    space = {parameter.name: distribution(parameter) for parameter in truth.space(FAMILIES)}
    done: list[Trial] = []
    while len(done) < trials:
        for trial in [study.ask(space) for _ in range(min(WORKERS, trials - len(done)))]:
            value = surface.value(trial.params) + surface.noise(trial.params) * generator.gauss(0.0, 1.0)
            study.tell(trial, value)
            done.append(Trial(trial.number, COMPLETE, (value,), dict(trial.params), distributions=space))
    return view_of(StoredStudy("planted", ("MAXIMIZE",), History(tuple(done)), len(done)))


def table(tallies: Mapping[tuple[str, str, int], Tally]) -> Iterator[str]:
    """Yield a row for each surface, with 95 % intervals."""
    cells = list(dict.fromkeys((sampler, n) for _, sampler, n in tallies))
    yield f"| surface | counted | {' | '.join(f'{sampler}, {n} trials' for sampler, n in cells)} |"
    yield f"|---|---|{'---|' * len(cells)}"
    for name in dict.fromkeys(name for name, _, _ in tallies):
        surface = next(item for item in SURFACES if item.name == name)
        if surface.pair is not None:
            yield f"| {name} | named | {' | '.join(_cell(tallies[name, *cell].recall) for cell in cells)} |"
        yield f"| {name} | false alarm | {' | '.join(_cell(tallies[name, *cell].false_alarms) for cell in cells)} |"


def _cell(answers: list[bool]) -> str:
    low, high = wilson(sum(answers), len(answers), 1.96)
    return f"{sum(answers) / len(answers):.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
