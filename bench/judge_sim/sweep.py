"""One simulated sweep: its plan, its trials, and contrast trials at the end of its budget. Used by `questions`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState

from bench.judge_sim import truth
from hposweep.api.space import Parameter
from hposweep.model.history import COMPLETE, FAIL, PRUNED, History, Trial
from hposweep.plan.pairs import pairs
from hpotrial import protocol

WORKERS = 4
RANDOM, TPE = "random", "TPE"
SAMPLERS = (RANDOM, TPE)
# In units of g. The third is one standard deviation of g within a family.
EFFECTS = (0.0, 0.25, truth.DEVIATION, 1.0)
BASELINE_TRIALS = 20
PRUNED_SHARE, FAILED_SHARE = 0.1, 0.05
PAIRS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """Parameters of one simulated sweep."""

    seed: int
    sampler: str
    families: int
    trials: int
    effect: float

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return truth.space(self.families)


def plans(count: int, seed: int) -> Iterator[Plan]:
    """Yield plans: half without any effect, a quarter with one of a standard deviation, equally for both samplers."""
    cells = list(
        product(
            SAMPLERS, (2, 3, 4), (20, 50, 100, 100, 200), (0.0,) * 4 + (EFFECTS[1], EFFECTS[2], EFFECTS[2], EFFECTS[3])
        )
    )
    rng = random.Random(seed)
    for number in range(count):
        if number % len(cells) == 0:
            rng.shuffle(cells)
        sampler, families, trials, effect = cells[number % len(cells)]
        yield Plan(rng.getrandbits(32), sampler, families, trials, effect)


def search(plan: Plan) -> History:
    """Run the search as four workers do: ask for four trials, then tell all four."""
    study = optuna.create_study(direction="maximize", sampler=_sampler(plan))
    rng = random.Random(plan.seed)
    space = {parameter.name: distribution(parameter) for parameter in plan.parameters}
    found: list[Trial] = []
    while len(found) < plan.trials:
        asked = [study.ask(space) for _ in range(min(WORKERS, plan.trials - len(found)))]
        for trial in asked:
            made, value = evaluate(plan, trial.number, trial.params, rng)
            found.append(made)
            _tell(study, trial, made, value)
    return History(tuple(found))


def evaluate(
    plan: Plan, number: int, params: Mapping[str, Any], rng: random.Random, mark: Mapping[str, Any] | None = None
) -> tuple[Trial, float]:
    """Return one trial, and its value even if it is pruned or fails.

    Pruning and failing do not depend on the configuration. Contrast trials (with a `mark`) are not pruned.
    """
    value, luck = truth.value(params, plan.effect, rng), rng.random()
    attributes = {protocol.CONTRAST: mark} if mark is not None else {}
    if luck < FAILED_SHARE:
        return Trial(number, FAIL, params=dict(params), attributes=attributes), value
    if luck < FAILED_SHARE + PRUNED_SHARE and mark is None:
        return Trial(number, PRUNED, params=dict(params)), value
    return Trial(number, COMPLETE, (value,), dict(params), attributes=attributes), value


def with_contrast(plan: Plan, searched: History, parameter: str) -> History | None:
    """Return the sweep with the last part of its budget spent on pairs, or None if the budget is too small.

    The search before the pairs is the same, because it does not know that pairs follow.
    """
    kept = plan.trials - 2 * PAIRS
    if kept < 2 * PAIRS:
        return None
    before = searched.before(kept)
    ranked = sorted(before.searched, key=lambda trial: (-trial.values[0], trial.number))
    rng = random.Random(plan.seed + 1)
    made = list(before.trials)
    for place, pair in enumerate(pairs(plan.parameters, parameter, ranked, PAIRS)):
        for side in pair.sides:
            mark = {"parameter": parameter, "pair": place, "of": pair.of, "value": side.value}
            made.append(evaluate(plan, len(made), side.params, rng, mark)[0])
    return History(tuple(made))


def shifted(history: History, by: float) -> History:
    """Return the sweep with all values shifted by `by`. For a sampler it is the same sweep."""
    return History(
        tuple(
            Trial(trial.number, trial.state, tuple(value + by for value in trial.values), trial.params)
            for trial in history.trials
        )
    )


def _tell(study: optuna.Study, trial: optuna.Trial, made: Trial, value: float) -> None:
    if made.state == COMPLETE:
        study.tell(trial, value)
        return
    if made.state == PRUNED:
        trial.report(value, 0)
    study.tell(trial, state=TrialState[made.state])


def _sampler(plan: Plan) -> optuna.samplers.BaseSampler:
    if plan.sampler == RANDOM:
        return optuna.samplers.RandomSampler(seed=plan.seed)
    return optuna.samplers.TPESampler(seed=plan.seed)


def distribution(parameter: Parameter) -> BaseDistribution:
    if parameter.float_ is not None:
        return FloatDistribution(parameter.float_.low, parameter.float_.high, log=parameter.float_.log)
    if parameter.int_ is not None:
        return IntDistribution(parameter.int_.low, parameter.int_.high)
    assert parameter.categorical is not None  # noqa: S101  # the space has no fourth kind
    choices: Sequence[Any] = parameter.categorical.choices
    return CategoricalDistribution(choices)
