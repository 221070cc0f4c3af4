"""The trial of a worker: Optuna's own, with choices that survive the database. Created by `claim`.

Samplers, other workers and later trials read choices from the study, where a tuple is a list. So Optuna gets them in
that form, and the code gets the choice as it wrote it, by its position in the list.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.trial import FrozenTrial

from hpotrial.protocol.spaces import stored_form
from hpotrial.storage.space_conflict import SpaceConflictError
from hpotrial.storage.study_storage import StudyStorage


class WorkerTrial(optuna.Trial):
    """A running trial of this worker."""

    def __init__(self, study: optuna.Study, trial_id: int) -> None:
        super().__init__(study, trial_id)
        self._asked: dict[str, CategoricalDistribution] = {}  # as the code wrote them

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        stored = stored_form(distribution)
        self._check_definition(name, stored)
        if not isinstance(stored, CategoricalDistribution) or not isinstance(distribution, CategoricalDistribution):
            return super()._suggest(name, stored)
        if name not in self._cached_frozen_trial.distributions:
            self._check_fixed(name, stored)
            super()._suggest(name, stored)
        self._asked[name] = distribution
        return distribution.choices[self._position(name)]

    @property
    def params(self) -> dict[str, Any]:
        """Return the parameters as the code got them."""
        asked = {name: distribution.choices[self._position(name)] for name, distribution in self._asked.items()}
        return {**super().params, **asked}

    def _check_definition(self, name: str, stored: BaseDistribution) -> None:
        """Refuse another definition than the study's before Optuna does, whose error does not name the parameter."""
        try:
            cast("StudyStorage", self.storage).check_distribution(name, stored)
        except SpaceConflictError:
            # Plain Optuna samples before it compares. Do the same, so that later trials get the same numbers.
            with suppress(Exception):
                super()._suggest(name, stored)
            raise

    def _position(self, name: str) -> int:
        """Return the position that the study stores. Of choices that are equal in Python it is the first."""
        trial: FrozenTrial = self._cached_frozen_trial
        return int(trial.distributions[name].to_internal_repr(trial.params[name]))

    def _check_fixed(self, name: str, distribution: CategoricalDistribution) -> None:
        """Refuse with the list an enqueued value that is none of the choices."""
        if name not in self._fixed_params:
            return
        value = self._fixed_params[name]
        try:
            distribution.to_internal_repr(value)
        except ValueError:
            raise ValueError(
                f"parameter `{name}`: the trial was enqueued with a value that is not a choice "
                f"(got {value!r}; allowed {list(distribution.choices)!r}). Enqueue one of the choices"
            ) from None
