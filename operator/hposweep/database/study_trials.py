"""Turn Optuna's trials into the trials that the pure layers read. Called by `study_reader`."""

from __future__ import annotations

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.trial import FrozenTrial

from hposweep.model.history import Trial, build_trial


class Distributions:
    """Keeps one object of equal distributions, because each trial brings its own."""

    def __init__(self) -> None:
        self._by_text: dict[str, BaseDistribution] = {}

    def shared(self, distribution: BaseDistribution) -> BaseDistribution:
        return self._by_text.setdefault(distribution_to_json(distribution), distribution)


def trial_of(trial: FrozenTrial, distributions: Distributions) -> Trial:
    duration = trial.duration
    return build_trial(
        trial.number,
        trial.state.name,
        trial.params,
        trial.values,
        duration.total_seconds() if duration is not None else None,
        trial.user_attrs,
        completed=trial.datetime_complete,
        is_feasible=all(value <= 0 for value in trial.constraints.values()),
        distributions={name: distributions.shared(item) for name, item in trial.distributions.items()},
    )
