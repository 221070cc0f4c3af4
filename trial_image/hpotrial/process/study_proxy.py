"""`trial.study`: an `optuna.Study` that reads, writes attributes, enqueues trials, and can be stopped.

Optuna's own code runs here on `storage_proxy`. The methods of `ABSENT` would start or end trials beside the worker,
which alone counts them against the budget.
"""

from __future__ import annotations

from typing import Any, NoReturn

import optuna
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler
from optuna.study import StudyDirection

from hpotrial.process.storage_proxy import StorageProxy
from hpotrial.process.trial_client import Client

# What a study of a trial does not do, and the way to do it. docs/reference/trial.md has the same table.
ABSENT = {
    "ask": "the worker asks for trials; enqueue parameters with trial.study.enqueue_trial",
    "optimize": "the worker runs the trials; return the value from the objective",
    "set_metric_names": "name the objectives in spec.study.objectives",
    "tell": "return the value from the objective, or raise optuna.TrialPruned",
}


class StudyProxy(optuna.Study):
    """The study of the running trial."""

    _client: Client

    def __init__(self, client: Client) -> None:
        # Not Optuna's, which would read the storage and create a sampler and a pruner.
        self.__setstate__(
            {
                "_client": client,
                "study_name": client.facts.study_name,
                "_study_id": client.facts.study_id,
                "_storage": StorageProxy(client),
                "_directions": [StudyDirection[name] for name in client.facts.directions],
                "_stop_flag": False,
            }
        )

    @property
    def sampler(self) -> BaseSampler:
        """The worker's sampler; with `isolation: Process`, a copy of it."""
        return self._client.call("study.sampler")  # type: ignore[no-any-return]

    @sampler.setter
    def sampler(self, value: object) -> NoReturn:
        raise AttributeError("trial.study.sampler cannot be replaced inside a trial; set spec.study.sampler")

    @property
    def pruner(self) -> BasePruner:
        """The worker's pruner; with `isolation: Process`, a copy of it."""
        return self._client.call("study.pruner")  # type: ignore[no-any-return]

    @pruner.setter
    def pruner(self, value: object) -> NoReturn:
        raise AttributeError("trial.study.pruner cannot be replaced inside a trial; set spec.study.pruner")

    def stop(self) -> None:
        """Make this worker claim no trial after the current one."""
        self._client.call("study.stop")

    def ask(self, *arguments: Any, **keywords: Any) -> NoReturn:
        raise _absent("ask")

    def tell(self, *arguments: Any, **keywords: Any) -> NoReturn:
        raise _absent("tell")

    def optimize(self, *arguments: Any, **keywords: Any) -> NoReturn:
        raise _absent("optimize")

    def set_metric_names(self, *arguments: Any, **keywords: Any) -> NoReturn:
        raise _absent("set_metric_names")


def _absent(name: str) -> NotImplementedError:
    return NotImplementedError(f"trial.study.{name} is not available inside a trial; {ABSENT[name]}")
