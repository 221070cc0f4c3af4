"""The `trial` that the user's objective gets. Each call goes over the pipe to the real Optuna trial.

Only plain numbers, strings and lists leave this process. A value whose type Optuna would refuse is refused here, with
Optuna's own exception, in the user's own stack.
"""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import BaseTrial

from hpotrial import protocol
from hpotrial.protocol.messages import Call, Reply
from hpotrial.protocol.spaces import plain_choices, position

MAX_ATTRIBUTE_CHARACTERS = 16 * 2**20  # larger ones cost supervisor and database too much


class TrialClient:
    """One call at a time over the pipe, from any thread."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        with self._lock:
            self._connection.send(Call(name, arguments, keywords))
            reply = self._connection.recv()
        if isinstance(reply, Reply):
            return reply.value
        raise reply.exception


class StudyProxy:
    """`trial.study`, which can be read and stopped."""

    def __init__(self, client: TrialClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"trial.study.{name} is not available inside a trial")
        return self._client.call(f"study.{name}")

    def get_trials(self, deepcopy: bool = True, states: Any = None) -> Any:
        return self._client.call("study.get_trials", states=states)

    def stop(self) -> None:
        """Make this worker claim no trial after the current one."""
        self._client.call("study.stop")


class TrialProxy(BaseTrial):
    """The objective's view of the trial, with the interface of `optuna.trial.Trial`."""

    def __init__(self, connection: Connection[Any, Any], number: int) -> None:
        self._client = TrialClient(connection)
        self._number = number
        self._chosen: dict[str, Any] = {}  # choices as the code wrote them: a tuple, where the study has a list
        self.study = StudyProxy(self._client)

    @property
    def number(self) -> int:
        return self._number

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        distribution = FloatDistribution(low, high, log=log, step=step)
        limits = float(distribution.low), float(distribution.high)
        return self._client.call("suggest_float", name, *limits, step=distribution.step, log=log)  # type: ignore[no-any-return]

    def suggest_uniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:
        return self.suggest_float(name, low, high, step=q)

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        distribution = IntDistribution(low, high, log=log, step=step)
        limits = int(distribution.low), int(distribution.high)
        return self._client.call("suggest_int", name, *limits, step=int(step), log=log)  # type: ignore[no-any-return]

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        distribution = CategoricalDistribution(choices)
        plain = plain_choices(distribution.choices)  # raises here what the database would raise
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
        if key.startswith(protocol.ATTRIBUTE_PREFIX):
            raise ValueError(f"user attribute `{key}`: the prefix `{protocol.ATTRIBUTE_PREFIX}` belongs to the sweep")
        text = json.dumps(value)
        if len(text) > MAX_ATTRIBUTE_CHARACTERS:
            raise ValueError(
                f"user attribute `{key}`: {len(text)} characters of JSON, must be {MAX_ATTRIBUTE_CHARACTERS} at most"
            )
        self._client.call("set_user_attr", key, json.loads(text))

    def note_checkpoint(self, folder: str) -> None:
        """Record the checkpoint folder, for `checkpoint_dir` alone. Users may not use the sweep's prefix."""
        self._client.call("set_user_attr", protocol.CHECKPOINT, folder)

    def set_constraint(self, key: str, value: float) -> None:
        try:
            value = float(value)
        except (TypeError, ValueError):
            raise TypeError(f"`value` of set_constraint() is of type {type(value).__name__}, not a float") from None
        self._client.call("set_constraint", key, value)

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
