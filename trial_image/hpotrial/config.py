"""What a worker is to do: the spec's own blocks, as the operator put them into one environment variable.

Parsed once at start; whatever cannot work is refused here with a sentence that names the field, before the first trial.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

from hpotrial import protocol
from hpotrial.objective import checkpoint, params
from hpotrial.objective.command import environment
from hpotrial.samplers import build
from hpotrial.storage.retry import OUTAGE_SECONDS

PROCESS, NONE = ISOLATIONS = ("Process", "None")

MOST_WORKERS = 100_003  # a Job has at most 100,000 places


class InvalidConfigError(Exception):
    """No worker could do this."""


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """Who runs a trial."""

    pod: str
    uid: str
    node: str
    index: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> WorkerIdentity:
        return cls(
            pod=environ.get(protocol.POD_NAME_ENV, ""),
            uid=environ.get(protocol.POD_UID_ENV, ""),
            node=environ.get(protocol.NODE_NAME_ENV, ""),
            index=int(environ.get(protocol.WORKER_INDEX_ENV) or 0),
        )


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where trials keep their checkpoints, and which of them stay."""

    path: str
    keep: str


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """`objective`, `searchSpace`, `sampler`, `pruner`, `objectives` of the sweep, and how its workers run trials.

    Of `reference` and `command` exactly one is not empty.
    """

    reference: str
    command: tuple[str, ...]
    search_space: tuple[Mapping[str, Any], ...]
    sampler: Mapping[str, Any]
    pruner: Mapping[str, Any]
    objectives: tuple[str, ...]
    isolation: str
    outage_seconds: float
    checkpoints: Checkpoints | None
    source_path: str | None

    @classmethod
    def from_json(cls, text: str, environ: Mapping[str, str] = os.environ) -> WorkerConfig:
        try:
            block = json.loads(text)
            objective = block["objective"]
            work = cls(
                reference=objective.get("python") or "",
                command=tuple(objective.get("command") or ()),
                search_space=tuple(block.get("searchSpace") or ()),
                sampler=block.get("sampler") or {},
                pruner=block.get("pruner") or {},
                objectives=tuple(entry["name"] for entry in block.get("objectives") or ()),
                isolation=block.get("isolation") or PROCESS,
                outage_seconds=_outage(block.get("outageSeconds")),
                checkpoints=_checkpoints(block.get("checkpoints")),
                source_path=environ.get(protocol.SOURCE_PATH_ENV),
            )
            work._check(objective.get("fixed") or {})
        except json.JSONDecodeError as error:
            raise InvalidConfigError(f"{protocol.WORK_ENV}: not JSON ({error})") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidConfigError(f"{protocol.WORK_ENV}: `objective` and such are missing: {error!r}") from error
        except ValueError as error:
            raise InvalidConfigError(str(error)) from error
        return work

    @property
    def objective(self) -> str:
        """As people know it, for logs."""
        return self.reference or shlex.join(self.command)

    def _check(self, fixed: Mapping[str, Any]) -> None:
        if bool(self.reference) is bool(self.command):
            has = "both" if self.reference else "none"
            raise ValueError(f"spec.objective: must have exactly one of python and command, has {has}")
        if not all(isinstance(argument, str) for argument in self.command):
            raise ValueError("spec.objective.command: must be a list of strings")
        if self.isolation not in ISOLATIONS:
            raise ValueError(f"spec.workers.isolation: is {self.isolation!r}, must be {' or '.join(ISOLATIONS)}")
        searched = params.distributions(self.search_space).keys()
        both = fixed.keys() & searched
        if both:
            raise ValueError(f"searchSpace: `{min(both)}` is in `objective.fixed` too; it must be in one of them only")
        if self.command:
            self._check_command([*searched, *fixed])

    def _check_command(self, parameters: list[str]) -> None:
        if self.isolation == NONE:
            raise ValueError(
                "spec.workers.isolation: is None, but spec.objective.command is a process in any case; "
                "leave isolation out"
            )
        if sentence := environment.fault(parameters):
            raise ValueError(sentence)

    def make_sampler(self, worker: int, earlier: int = 0) -> BaseSampler:
        """`earlier` pods had this worker's place before: with their seed, this one would repeat their points."""
        try:
            return build.sampler(self.sampler, worker + earlier * MOST_WORKERS, self.source_path)
        except ValueError as error:
            raise InvalidConfigError(str(error)) from error

    def make_pruner(self) -> BasePruner:
        try:
            return build.pruner(self.pruner, self.source_path)
        except ValueError as error:
            raise InvalidConfigError(str(error)) from error


def _outage(given: Any) -> float:
    if given is None:
        return OUTAGE_SECONDS
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given < float("inf"):
        raise ValueError(f"spec.study.storage.outageSeconds: is {given!r}, must be a number of seconds, 0 or more")
    return float(given)


def _checkpoints(given: Any) -> Checkpoints | None:
    if not given:
        return None
    path, keep = given.get("path"), given.get("keep") or "Best"
    if not isinstance(path, str) or not path.startswith("/"):
        raise ValueError(f"spec.workers.checkpoints.path: is {path!r}, must be an absolute path")
    if keep not in checkpoint.KEEP:
        raise ValueError(f"spec.workers.checkpoints.keep: is {keep!r}, must be one of {', '.join(checkpoint.KEEP)}")
    return Checkpoints(path, keep)
