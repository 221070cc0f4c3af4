"""Check the worker's configuration before the first trial, and make the sampler and the pruner that it names.

Called by `start`. Every refusal is one sentence that names the field, because it becomes the pod's termination message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

from hpotrial import protocol
from hpotrial.objective import params
from hpotrial.objective.command import environment
from hpotrial.protocol import metrics
from hpotrial.protocol.config import NONE, CommandObjective, WorkerConfig
from hpotrial.samplers import build

MAX_WORKERS = 100_003  # a prime above the 100,000 indexes that a Job has at most


class InvalidConfigError(Exception):
    """The configuration is invalid for every worker."""


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """The pod that runs a trial."""

    pod: str
    uid: str
    node: str
    index: int
    gpus: float = 0.0  # that its pod holds

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> WorkerIdentity:
        return cls(
            pod=environ.get(protocol.POD_NAME_ENV, ""),
            uid=environ.get(protocol.POD_UID_ENV, ""),
            node=environ.get(protocol.NODE_NAME_ENV, ""),
            index=int(environ.get(protocol.WORKER_INDEX_ENV) or 0),
            gpus=float(environ.get(protocol.GPUS_ENV) or 0),
        )


def load_config(environ: Mapping[str, str]) -> WorkerConfig:
    """Read and check the configuration. Raises InvalidConfigError."""
    try:
        config = WorkerConfig.from_environ(environ)
        _check(config)
    except ValueError as error:
        raise InvalidConfigError(str(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidConfigError(f"{protocol.WORK_ENV}: a block has a wrong type ({error!r})") from error
    return config


def make_sampler(config: WorkerConfig, index: int, earlier_pods: int = 0) -> BaseSampler:
    """Return the sampler of worker `index`. Raises InvalidConfigError.

    `earlier_pods` had the same index before. Each pod gets a seed of its own, because the same seed would repeat the
    points of an earlier pod.
    """
    try:
        return build.sampler(config.sampler, index + earlier_pods * MAX_WORKERS, config.source_path)
    except ValueError as error:
        raise InvalidConfigError(str(error)) from error


def make_pruner(config: WorkerConfig) -> BasePruner:
    """Return the pruner. Raises InvalidConfigError."""
    try:
        return build.pruner(config.pruner, config.source_path)
    except ValueError as error:
        raise InvalidConfigError(str(error)) from error


def _check(config: WorkerConfig) -> None:
    fixed = config.objective.fixed
    distributions = params.distributions(config.search_space).keys()
    duplicates = fixed.keys() & distributions
    if duplicates:
        name = min(duplicates)
        raise ValueError(f"spec.searchSpace: `{name}` is also in `spec.objective.fixed`. Remove it from one of the two")
    if not isinstance(config.objective, CommandObjective):
        return
    _check_metrics(config.objective)
    if config.isolation == NONE:
        raise ValueError(
            "spec.workers.isolation: is None, but spec.objective.command always runs as a process. Leave isolation out"
        )
    if sentence := environment.name_conflict([*distributions, *fixed]):
        raise ValueError(sentence)


def _check_metrics(objective: CommandObjective) -> None:
    for position, metric in enumerate(objective.metrics):
        for name, pattern in (("pattern", metric.pattern), ("stepPattern", metric.step_pattern)):
            try:
                _ = metrics.compiled(pattern) if pattern is not None else None
            except metrics.PatternError as error:
                raise ValueError(f"{metrics.FIELD}[{position}].{name}: {error}") from error
