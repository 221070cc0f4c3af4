"""The worker's configuration: the blocks of the spec that never change while a worker runs.

The operator writes them as JSON into the variable `HPOSWEEP_WORK` (`plan.environment`). The worker reads them at start
(`config`), and so do the functions that a user's objective calls (`params`, `checkpoint_dir`).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hpotrial import protocol
from hpotrial.protocol.constraints import Constraint
from hpotrial.protocol.metrics import Metric

PROCESS, NONE = ISOLATIONS = ("Process", "None")
KEEP_NONE, KEEP_BEST, KEEP_ALL = KEEP = ("None", "Best", "All")
OUTAGE_SECONDS = 900  # how long a worker waits for a database that does not answer, unless the spec says otherwise


@dataclass(frozen=True, slots=True)
class PythonObjective:
    """A function `module:function`; `fixed` holds the parameters that every trial uses."""

    reference: str
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reference

    def to_json(self) -> dict[str, Any]:
        return {"python": self.reference, "fixed": self.fixed}


@dataclass(frozen=True, slots=True)
class CommandObjective:
    """A program and its arguments; `fixed` holds the parameters that every trial uses, `metrics` what it prints."""

    arguments: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()

    def __str__(self) -> str:
        return shlex.join(self.arguments)

    def to_json(self) -> dict[str, Any]:
        metrics = [metric.to_json() for metric in self.metrics]
        return {"command": list(self.arguments), "fixed": self.fixed, **({"metrics": metrics} if metrics else {})}


Objective = PythonObjective | CommandObjective


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder in which trials keep their checkpoints, and which checkpoints outlive their trial."""

    path: str
    keep: str = KEEP_BEST

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "keep": self.keep}


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """The variable's content; `source_path` comes from a variable of its own.

    `objectives`, `search_space`, `sampler` and `pruner` are blocks of the spec, unchanged.
    """

    objective: Objective
    objectives: tuple[Mapping[str, Any], ...] = ()
    search_space: tuple[Mapping[str, Any], ...] = ()
    sampler: Mapping[str, Any] = field(default_factory=dict)
    pruner: Mapping[str, Any] = field(default_factory=dict)
    isolation: str = PROCESS
    checkpoints: Checkpoints | None = None
    outage_seconds: float = OUTAGE_SECONDS
    callbacks: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    source_path: str | None = None
    checkout: str | None = None  # whose git commit each trial records
    disk: Mapping[str, str] = field(default_factory=dict)  # where each path of `spec.preflight.disk` is

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> WorkerConfig:
        """Read the variables of a worker. Raises KeyError without them, ValueError when they hold no configuration."""
        return cls.from_json(environ[protocol.WORK_ENV], environ.get(protocol.SOURCE_PATH_ENV))

    @classmethod
    def from_json(cls, text: str, source_path: str | None = None) -> WorkerConfig:
        """Read the variable's JSON; ValueError names the field that is wrong."""
        try:
            block = json.loads(text)
            return cls(
                objective=_objective(block["objective"]),
                objectives=tuple(block.get("objectives") or ()),
                search_space=tuple(block.get("searchSpace") or ()),
                sampler=block.get("sampler") or {},
                pruner=block.get("pruner") or {},
                isolation=_isolation(block.get("isolation")),
                checkpoints=_checkpoints(block.get("checkpoints")),
                outage_seconds=_outage_seconds(block.get("outageSeconds")),
                callbacks=tuple(str(reference) for reference in block.get("callbacks") or ()),
                constraints=tuple(map(Constraint.from_json, block.get("constraints") or ())),
                source_path=source_path,
                checkout=block.get("checkout"),
                disk=dict(block.get("disk") or {}),
            )
        except json.JSONDecodeError as error:
            raise ValueError(f"{protocol.WORK_ENV}: not JSON ({error})") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{protocol.WORK_ENV}: `objective` is missing or has a wrong type ({error!r})") from error

    def to_json(self) -> str:
        """Return the variable's JSON."""
        block = {
            "objective": self.objective.to_json(),
            "objectives": list(self.objectives),
            "searchSpace": list(self.search_space),
            "sampler": self.sampler,
            "pruner": self.pruner,
            "isolation": self.isolation,
            "checkpoints": self.checkpoints.to_json() if self.checkpoints is not None else None,
            "outageSeconds": self.outage_seconds,
            "callbacks": list(self.callbacks) or None,
            "constraints": [constraint.to_json() for constraint in self.constraints] or None,
            "checkout": self.checkout,
            "disk": dict(self.disk) or None,
        }
        return json.dumps({key: value for key, value in block.items() if value is not None})

    @property
    def objective_names(self) -> tuple[str, ...]:
        return tuple(entry["name"] for entry in self.objectives)


def _objective(block: Mapping[str, Any]) -> Objective:
    reference, command, fixed = block.get("python"), block.get("command"), block.get("fixed") or {}
    if bool(reference) is bool(command):
        has = "both" if reference else "none"
        raise ValueError(f"spec.objective: must have exactly one of python and command, has {has}")
    if reference:
        return PythonObjective(str(reference), fixed)
    if not isinstance(command, list) or not all(isinstance(argument, str) for argument in command):
        raise ValueError("spec.objective.command: must be a list of strings")
    return CommandObjective(tuple(command), fixed, tuple(map(Metric.from_json, block.get("metrics") or ())))


def _isolation(value: Any) -> str:
    isolation = value or PROCESS
    if isolation not in ISOLATIONS:
        raise ValueError(f"spec.workers.isolation: is {isolation!r}, must be {' or '.join(ISOLATIONS)}")
    return str(isolation)


def _checkpoints(block: Mapping[str, Any] | None) -> Checkpoints | None:
    if not block:
        return None
    path, keep = block.get("path"), block.get("keep") or KEEP_BEST
    if not isinstance(path, str) or not path.startswith("/"):
        raise ValueError(f"spec.workers.checkpoints.path: is {path!r}, must be an absolute path")
    if keep not in KEEP:
        raise ValueError(f"spec.workers.checkpoints.keep: is {keep!r}, must be one of {', '.join(KEEP)}")
    return Checkpoints(path, keep)


def _outage_seconds(value: Any) -> float:
    if value is None:
        return OUTAGE_SECONDS
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise ValueError(f"spec.study.storage.outageSeconds: is {value!r}, must be a number of seconds, 0 or more")
    return value
