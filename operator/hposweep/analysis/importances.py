"""The weight of each parameter: Optuna's PED-ANOVA, its spread over seeds, and what chance alone would give.

Called by `analyze`, once for each objective. Trials of an adaptive search are not exchangeable, so that chance is
measured by exchanging values between trials of the same age only, as the rank tests of `judge` do.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.trial import FrozenTrial, TrialState

from hposweep.analysis.view import StudyView
from hposweep.api.space import Parameter
from hposweep.judge.criteria.categorical import key
from hposweep.judge.criteria.verdicts import APPROXIMATE
from hposweep.judge.sample import ELITE_SHARE, MIN_BLOCK
from hposweep.judge.statistics import Floats, quantile
from hposweep.model.history import Trial

MIN_RELIABLE_TRIALS = 50  # ten in the best fifth; PED-ANOVA asks for five at least
MIN_TRIALS = 10
SEEDS, SUBSAMPLE = 20, 0.8
EXCHANGES = 99
MAX_CHANCE = APPROXIMATE  # of any false alarm; the same limit as for the rank test, which also exchanges within blocks
MAX_CELLS = 10_000  # trials times parameters times objectives; beyond, trials are drawn
MAX_CHOICES = 1000  # of a parameter; PED-ANOVA has a number for each trial and choice
_SEED = 0


@dataclass(frozen=True, slots=True)
class Importance:
    """One parameter. `share` is of all parameters; `p` is corrected for their number."""

    parameter: str
    share: float
    low: float  # 5 to 95 % of the seeds
    high: float
    p: float

    @property
    def is_distinct(self) -> bool:
        """Return whether chance is no good explanation."""
        return self.p <= MAX_CHANCE


@dataclass(frozen=True, slots=True)
class Importances:
    """The parameters of one objective, the most important first. `trials` were used of `comparable` ones."""

    objective: str
    trials: int
    comparable: int
    seeds: int
    parameters: tuple[Importance, ...]
    notes: tuple[str, ...]


def importances(view: StudyView, objective: int) -> Importances:
    trials = _drawn(view.trials, len(view.space) * len(view.goals))
    name = view.goals[objective].name
    space = [parameter for parameter in view.space if not _is_too_large(parameter) and _varies(parameter, trials)]
    sign = -1.0 if view.goals[objective].is_maximized else 1.0
    losses = sign * np.array([trial.values[objective] for trial in trials], dtype=float)
    reason = _reason(len(trials), space, losses)
    if reason:
        return Importances(name, len(trials), len(view.trials), 0, (), (reason,))
    parameters = _measure(space, trials, losses)
    return Importances(name, len(trials), len(view.trials), SEEDS, parameters, _notes(view, trials, parameters))


def _drawn(trials: Sequence[Trial], columns: int) -> tuple[Trial, ...]:
    """Return all trials, or as many as can be evaluated often enough, drawn with a fixed seed."""
    limit = max(2 * MIN_RELIABLE_TRIALS, MAX_CELLS // max(1, columns))
    if len(trials) <= limit:
        return tuple(trials)
    places = np.random.default_rng(_SEED).choice(len(trials), limit, replace=False)
    return tuple(trials[place] for place in sorted(places))


def _is_too_large(parameter: Parameter) -> bool:
    return parameter.categorical is not None and len(parameter.categorical.choices) > MAX_CHOICES


def _varies(parameter: Parameter, trials: Sequence[Trial]) -> bool:
    values = {key(trial.params[parameter.name]) for trial in trials if parameter.name in trial.params}
    return len(values) > 1


def _reason(trials: int, space: Sequence[Parameter], losses: Floats) -> str:
    """Return why nothing can be known; "" when something can."""
    if trials < MIN_TRIALS:
        return (
            f"Unknown: {trials} comparable trials; at least {MIN_TRIALS} are needed, {MIN_RELIABLE_TRIALS} to rely on."
        )
    if not space:
        return "Unknown: no parameter has two different values."
    if losses.min() == losses.max():
        return "Unknown: all values of the objective are equal."
    return ""


def _measure(space: Sequence[Parameter], trials: Sequence[Trial], losses: Floats) -> tuple[Importance, ...]:
    study, names = _study(space, trials), [parameter.name for parameter in space]
    generator = np.random.default_rng(_SEED)
    raw = _evaluate(study, names, losses)
    subsamples = [_shares(_evaluate(study, names, _subsample(losses, generator))) for _ in range(SEEDS)]
    by_chance = np.array([_evaluate(study, names, _exchanged(losses, generator)) for _ in range(EXCHANGES)])
    chances, shares, seeds = _chances(raw, by_chance), _shares(raw), np.array(subsamples)
    rows = [
        Importance(
            name, float(shares[place]), quantile(seeds[:, place], 0.05), quantile(seeds[:, place], 0.95), chances[place]
        )
        for place, name in enumerate(names)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.share, row.parameter)))


def _evaluate(study: optuna.Study, names: list[str], losses: Floats) -> Floats:
    """Return the importances of Optuna, which leaves trials out whose loss is NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of each use of a target
        evaluator = PedAnovaImportanceEvaluator(target_quantile=ELITE_SHARE)
        result = evaluator.evaluate(study, names, target=lambda trial: float(losses[trial.number]))
    return np.array([result[name] for name in names])


def _subsample(losses: Floats, generator: np.random.Generator) -> Floats:
    """Return the losses with NaN for a fifth of the trials."""
    size = max(2, round(SUBSAMPLE * len(losses)))
    part = np.full(len(losses), np.nan)
    places = generator.choice(len(losses), size, replace=False)
    part[places] = losses[places]
    return part


def _exchanged(losses: Floats, generator: np.random.Generator) -> Floats:
    """Return the losses, exchanged between trials of the same age."""
    blocks = np.arange(len(losses)) // MIN_BLOCK
    order = np.lexsort((generator.random(len(losses)), blocks))
    exchanged: Floats = losses[order]
    return exchanged


def _shares(raw: Floats) -> Floats:
    total = float(raw.sum())
    return raw / total if total > 0 else np.zeros(len(raw))


def _chances(raw: Floats, by_chance: NDArray[np.float64]) -> list[float]:
    """Return how often chance gives any parameter as much, in units of its own spread (Westfall and Young)."""
    draws = np.vstack([by_chance, raw])  # the result counts as a draw, so that few exchanges are not too optimistic
    mean, spread = draws.mean(axis=0), draws.std(axis=0)
    spread = np.where(spread > 0, spread, np.inf)
    largest = ((by_chance - mean) / spread).max(axis=1)
    return [float((1 + (largest >= z - 1e-12).sum()) / (1 + len(largest))) for z in (raw - mean) / spread]


def _study(space: Sequence[Parameter], trials: Sequence[Trial]) -> optuna.Study:
    """Return the trials as a study in memory. Choices become their places: Optuna compares 1 and true as equal."""
    storage = optuna.storages.InMemoryStorage()
    study_id = storage.create_new_study([optuna.study.StudyDirection.MINIMIZE], "analysis")
    distributions = {parameter.name: _distribution(parameter) for parameter in space}
    places = {
        parameter.name: {key(choice): place for place, choice in enumerate(parameter.categorical.choices)}
        for parameter in space
        if parameter.categorical is not None
    }
    for trial in trials:
        params = {
            name: places[name].get(key(trial.params[name]), 0) if name in places else trial.params[name]
            for name in distributions
            if name in trial.params
        }
        storage.create_new_trial(study_id, _frozen(params, {name: distributions[name] for name in params}))
    return optuna.load_study(study_name="analysis", storage=storage)


def _frozen(params: dict[str, object], distributions: dict[str, BaseDistribution]) -> FrozenTrial:
    return optuna.trial.create_trial(state=TrialState.COMPLETE, value=0.0, params=params, distributions=distributions)


def _distribution(parameter: Parameter) -> BaseDistribution:
    """Return the widest range; its steps only matter to a sampler."""
    if parameter.categorical is not None:
        return CategoricalDistribution(tuple(range(max(1, len(parameter.categorical.choices)))))
    if parameter.int_ is not None:
        return IntDistribution(parameter.int_.low, parameter.int_.high, log=parameter.int_.log)
    assert parameter.float_ is not None  # noqa: S101  # a parameter has exactly one of three
    return FloatDistribution(parameter.float_.low, parameter.float_.high, log=parameter.float_.log)


def _notes(view: StudyView, trials: Sequence[Trial], parameters: Sequence[Importance]) -> tuple[str, ...]:
    notes = []
    if len(trials) < len(view.trials):
        notes.append(f"{len(trials)} of {len(view.trials)} comparable trials were drawn at random (seed {_SEED}).")
    if len(trials) < MIN_RELIABLE_TRIALS:
        notes.append(f"Not reliable below {MIN_RELIABLE_TRIALS} comparable trials (got {len(trials)}).")
    large = [f"`{parameter.name}`" for parameter in view.space if _is_too_large(parameter)]
    if large:
        notes.append(f"Left out for more than {MAX_CHOICES} choices: {', '.join(large)}.")
    if not any(parameter.is_distinct for parameter in parameters):
        notes.append("No parameter can be told from chance.")
    return tuple(notes)
