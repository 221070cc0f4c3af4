"""The version of the user's code: hash of its files, and commit of its checkout. Called by `start` and `claim`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hpotrial.objective.code import code_hash
from hpotrial.objective.commit import commit
from hpotrial.protocol.config import CommandObjective, WorkerConfig


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """`code`: hash of the files beside the objective. `commit`: of the checkout. Each is "" where it is unknown."""

    code: str = ""
    commit: str = ""

    @classmethod
    def of(cls, config: WorkerConfig) -> CodeVersion:
        """Read the version as it is now."""
        return cls(code_hash(config.source_path), commit(config.checkout))


def version_reader(config: WorkerConfig) -> Callable[[], CodeVersion]:
    """Return a function for the version that the next trial runs.

    A worker imports a Python objective once, when it starts. Each trial of a command reads its files again.
    """
    if isinstance(config.objective, CommandObjective):
        return lambda: CodeVersion.of(config)
    version = CodeVersion.of(config)
    return lambda: version
