"""The `trial` that the user's objective gets. Each call goes over the pipe to the real Optuna trial.

Only plain numbers, strings and lists leave this process. A value whose type Optuna would refuse is refused here, with
Optuna's own exception, in the user's own stack.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial

from hpotrial import protocol
from hpotrial.process.attributes import checked_choices, checked_key, plain_value
from hpotrial.process.study_proxy import StudyProxy
from hpotrial.process.trial_client import Client
from hpotrial.protocol.spaces import position


class TrialProxy(optuna.Trial):
    """The objective's view of the trial. The real trial is in the worker, with the sampler and the pruner."""

    def __init__(self, client: Client) -> None:
        # Not Optuna's, which would call the sampler's `before_trial` a second time.
        self._client = client
        self._chosen: dict[str, Any] = {}  # choices as the code wrote them: a tuple, where the study has a list
        self._trial_id = client.facts.trial_id
        self.study = StudyProxy(client)
        self.storage = self.study._storage

    @property
    def number(self) -> int:
        return self._client.facts.number

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        name = checked_key("parameter", name)
        distribution = FloatDistribution(low, high, log=log, step=step)
        limits = float(distribution.low), float(distribution.high)
        step = None if distribution.step is None else float(distribution.step)
        return self._client.call("suggest_float", name, *limits, step=step, log=bool(log))  # type: ignore[no-any-return]

    def suggest_uniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:
        return self.suggest_float(name, low, high, step=q)

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        name = checked_key("parameter", name)
        distribution = IntDistribution(low, high, log=log, step=step)
        limits = int(distribution.low), int(distribution.high)
        return self._client.call("suggest_int", name, *limits, step=int(step), log=bool(log))  # type: ignore[no-any-return]

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        name = checked_key("parameter", name)
        distribution = CategoricalDistribution(choices)
        plain = checked_choices(name, distribution.choices)
        place = position(self._client.call("suggest_categorical", name, plain), plain)
        self._chosen[name] = distribution.choices[place]
        return self._chosen[name]

    def report(self, value: float, step: int) -> None:
        try:
            value = float(value)
        except (TypeError, ValueError):
            raise TypeError(f"`value` of report() is of type {type(value).__name__}, must be a float") from None
        try:
            step = int(step)
        except (TypeError, ValueError):
            raise TypeError(f"`step` of report() is of type {type(step).__name__}, must be an int") from None
        self._client.call("report", value, step)

    def should_prune(self) -> bool:
        return self._client.call("should_prune")  # type: ignore[no-any-return]

    def set_user_attr(self, key: str, value: Any) -> None:
        key = checked_key("user attribute", key)
        if key.startswith(protocol.ATTRIBUTE_PREFIX):
            raise ValueError(f"user attribute `{key}`: the prefix `{protocol.ATTRIBUTE_PREFIX}` belongs to the sweep")
        self._client.call("set_user_attr", key, plain_value("user attribute", key, value))

    def note_checkpoint(self, folder: str) -> None:
        """Record the checkpoint folder, for `checkpoint_dir` alone. Users may not use the sweep's prefix."""
        self._client.call("note_checkpoint", folder)

    def set_constraint(self, key: str, value: float) -> None:
        try:
            value = float(value)
        except (TypeError, ValueError):
            raise TypeError(f"`value` of set_constraint() is of type {type(value).__name__}, not a float") from None
        self._client.call("set_constraint", f"{key}", value)  # a text, as Optuna stores it

    @property
    def params(self) -> dict[str, Any]:
        return {**self._client.call("params"), **self._chosen}

    @property
    def relative_params(self) -> dict[str, Any]:
        return self._client.call("relative_params")  # type: ignore[no-any-return]

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        return self._client.call("distributions")  # type: ignore[no-any-return]

    @property
    def user_attrs(self) -> dict[str, Any]:
        return self._client.call("user_attrs")  # type: ignore[no-any-return]

    @property
    def constraints(self) -> dict[str, float]:
        return self._client.call("constraints")  # type: ignore[no-any-return]

    @property
    def datetime_start(self) -> datetime.datetime | None:
        return self._client.call("datetime_start")  # type: ignore[no-any-return]

    @property
    def relative_search_space(self) -> dict[str, BaseDistribution] | None:  # type: ignore[override]
        return self._client.call("relative_search_space")  # type: ignore[no-any-return]

    @property
    def _cached_frozen_trial(self) -> FrozenTrial:  # type: ignore[override]
        """The trial as it is now, for integrations and for Optuna's own methods that are not overridden."""
        return self.storage.get_trial(self._trial_id)

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        """Suggest by distribution, as Optuna's integrations do."""
        match distribution:
            case FloatDistribution():
                return self.suggest_float(
                    name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
                )
            case IntDistribution():
                return self.suggest_int(
                    name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
                )
            case CategoricalDistribution():
                return self.suggest_categorical(name, distribution.choices)
            case _:
                raise TypeError(f"parameter `{name}`: a distribution of type {type(distribution).__name__} is unknown")
