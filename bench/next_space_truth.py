"""`python -m bench.next_space_truth [--sweeps N] [--seed S]`: how often the next space loses the optimum.

Sweeps with a planted optimum are searched, and the space of the next sweep is proposed. docs/analysis.md has the
output. The loss is a sum of squared distances from the optimum, in units of the range, each with its own weight, of
which some are 0; the worse families lose a constant; and there is noise. One optimum in five is at a bound.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import optuna
from optuna.trial import TrialState

from bench.judge_sim.sweep import FAILED_SHARE, PRUNED_SHARE, SAMPLERS, TPE, WORKERS, distribution
from hposweep.analysis.next_space import SpaceLimits, next_space
from hposweep.analysis.scale import Scale
from hposweep.analysis.space_edit import EditKind, SpaceEdit
from hposweep.analysis.view import StudyView, view_of
from hposweep.api.space import Choices, FloatRange, IntRange, Parameter, is_among
from hposweep.judge.statistics import wilson
from hposweep.model.history import COMPLETE, FAIL, PRUNED, History, Trial
from hposweep.model.stored_study import StoredStudy

SPACE = (
    Parameter("shift", float_=FloatRange(-5.0, 5.0)),
    Parameter("rate", float_=FloatRange(1e-5, 1e-1, log=True)),
    Parameter("depth", int_=IntRange(2, 16)),
    Parameter("weight", float_=FloatRange(0.0, 10.0, step=0.5)),
)
FAMILIES = Parameter("family", categorical=Choices(("a", "b", "c")))
WEIGHTS, GAINS, NOISES, TRIALS = (0.0, 1.0, 4.0), (0.0, 0.5, 1.0), (0.05, 0.2), (50, 100, 200)
AT_A_BOUND = 0.2


@dataclass(frozen=True, slots=True)
class PlantedSweep:
    """The truth of one sweep. `optimum` has only the parameters that matter."""

    seed: int
    sampler: str
    trials: int
    noise: float
    gain: float
    weights: Mapping[str, float]
    optimum: Mapping[str, float]  # positions in the range

    def value(self, params: Mapping[str, Any], generator: random.Random) -> float:
        loss: float = self.gain * (params["family"] != "a") + generator.gauss(0.0, self.noise)
        for parameter in SPACE:
            loss += self.weights[parameter.name] * self._distance(parameter, params[parameter.name]) ** 2
        return loss

    def _distance(self, parameter: Parameter, value: float) -> float:
        position = float(Scale.of(parameter).positions(np.array([value], dtype=float))[0])
        return position - self.optimum[parameter.name]

    def is_covered(self, edit: SpaceEdit) -> bool:
        """Return whether the best value of the parameter is still allowed; always when it does not matter."""
        if edit.parameter == FAMILIES.name:
            return self.gain == 0 or (isinstance(edit.after, Choices) and is_among("a", edit.after.choices))
        parameter = next(item for item in SPACE if item.name == edit.parameter)
        if self.weights[edit.parameter] == 0:
            return True
        if edit.after is None or isinstance(edit.after, Choices):
            return False
        best = self.best(parameter)
        return edit.after.low - 1e-12 <= best <= edit.after.high + 1e-12

    def best(self, parameter: Parameter) -> float:
        """Return the best value, on the steps of the parameter."""
        position, scale = self.optimum[parameter.name], Scale.of(parameter)
        source = parameter.float_ or parameter.int_
        step = (source.step if source is not None else None) or (1 if parameter.int_ is not None else None)
        if step is None:
            return scale.value(position)
        grid = np.arange(scale.low, scale.high + step / 2, step)
        return float(grid[np.argmin(np.abs(scale.positions(grid) - position))])


@dataclass(slots=True)
class Tally:
    """The results of one sampler."""

    covered: list[bool] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)  # of the volume, of all parameters
    kinds: Counter[EditKind] = field(default_factory=Counter)
    lost: Counter[EditKind] = field(default_factory=Counter)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.next_space_truth")
    parser.add_argument("--sweeps", type=int, default=300, help="of each sampler")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trials", type=int, nargs="+", default=TRIALS)
    parser.add_argument("--samplers", nargs="+", default=SAMPLERS, choices=SAMPLERS)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tallies = measure(arguments.sweeps, arguments.seed, arguments.trials, arguments.samplers)
    print(f"{arguments.sweeps} sweeps for each sampler, SEED={arguments.seed}\n")
    for line in table(tallies):
        print(line)
    return 0


def measure(
    sweeps: int, seed: int, trials: Sequence[int] = TRIALS, samplers: Sequence[str] = SAMPLERS
) -> dict[str, Tally]:
    """Search all sweeps of these samplers. A sweep is the same with any choice of samplers."""
    tallies = {sampler: Tally() for sampler in samplers}
    for sweep in plans(sweeps, seed, trials):
        if sweep.sampler in tallies:
            count(sweep, view(sweep), tallies[sweep.sampler])
    return tallies


def count(sweep: PlantedSweep, study: StudyView, tally: Tally) -> None:
    """Propose the next space of one sweep, and count what it loses."""
    edits = next_space(study, limits=SpaceLimits(may_freeze=True)).edits
    lost = [edit for edit in edits if not sweep.is_covered(edit)]
    tally.covered.append(not lost)
    tally.lost.update(edit.kind for edit in lost)
    tally.kinds.update(edit.kind for edit in edits)
    tally.shares.append(float(np.prod([_share(edit) for edit in edits])))


def plans(sweeps: int, seed: int, trials: Sequence[int] = TRIALS) -> Iterator[PlantedSweep]:
    generator = random.Random(seed)  # noqa: S311  # of a simulation
    for _ in range(sweeps):
        for sampler in SAMPLERS:
            yield PlantedSweep(
                generator.getrandbits(32),
                sampler,
                generator.choice(trials),
                generator.choice(NOISES),
                generator.choice(GAINS),
                {parameter.name: generator.choice(WEIGHTS) for parameter in SPACE},
                {parameter.name: _optimum(generator) for parameter in SPACE},
            )


def view(sweep: PlantedSweep) -> StudyView:
    """Search as four workers do, and return the study."""
    sampler = optuna.samplers.TPESampler if sweep.sampler == TPE else optuna.samplers.RandomSampler
    study = optuna.create_study(sampler=sampler(seed=sweep.seed))
    generator = random.Random(sweep.seed)  # noqa: S311  # of a simulation
    space = {parameter.name: distribution(parameter) for parameter in (*SPACE, FAMILIES)}
    space["weight"] = optuna.distributions.FloatDistribution(0.0, 10.0, step=0.5)
    trials: list[Trial] = []
    while len(trials) < sweep.trials:
        asked = [study.ask(space) for _ in range(min(WORKERS, sweep.trials - len(trials)))]
        for trial in asked:
            trials.append(_tell(sweep, study, trial, generator, space))
    return view_of(StoredStudy("planted", ("MINIMIZE",), History(tuple(trials)), len(trials)))


def table(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """Yield a row for each sampler, with the 95 % interval of the coverage."""
    yield "| sampler | optimum inside | mean share of the space | widen | narrow | drop | freeze | keep | lost by |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for sampler, tally in tallies.items():
        n = len(tally.covered)
        low, high = wilson(sum(tally.covered), n, 1.96)
        kinds = " | ".join(str(tally.kinds[kind]) for kind in EditKind)
        lost = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.lost.items())) or "-"
        coverage = f"{sum(tally.covered) / n:.3f} ({low:.3f} to {high:.3f})"
        yield f"| {sampler} | {coverage} | {np.mean(tally.shares):.2f} | {kinds} | {lost} |"


def _optimum(generator: random.Random) -> float:
    inside = generator.random()
    return generator.choice((0.0, 1.0)) if generator.random() < AT_A_BOUND else inside


def _tell(
    sweep: PlantedSweep, study: optuna.Study, trial: optuna.Trial, generator: random.Random, space: Mapping[str, Any]
) -> Trial:
    value, luck = sweep.value(trial.params, generator), generator.random()
    params, distributions = dict(trial.params), dict(space)
    if luck < FAILED_SHARE:
        study.tell(trial, state=TrialState.FAIL)
        return Trial(trial.number, FAIL, params=params, distributions=distributions)
    if luck < FAILED_SHARE + PRUNED_SHARE:
        trial.report(value, 0)
        study.tell(trial, state=TrialState.PRUNED)
        return Trial(trial.number, PRUNED, params=params, distributions=distributions)
    study.tell(trial, value)
    return Trial(trial.number, COMPLETE, (value,), params, distributions=distributions)


def _share(edit: SpaceEdit) -> float:
    """Return the share of the searched range that the next sweep searches; more than 1 for a wider one."""
    before, after = edit.before, edit.after
    if after is None:
        return 1.0  # what a frozen parameter saves is no volume
    if isinstance(before, Choices) and isinstance(after, Choices):
        return len(after.choices) / len(before.choices)
    if isinstance(before, Choices) or isinstance(after, Choices):
        return 1.0
    ends = Scale(before).positions(np.array([after.low, after.high], dtype=float))
    return float(ends[1] - ends[0])


if __name__ == "__main__":
    sys.exit(main())
