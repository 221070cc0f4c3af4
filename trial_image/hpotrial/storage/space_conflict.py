"""The errors of an objective that defines a parameter otherwise than the study. `study_storage` raises them.

They cross the pipe to the trial's process, so each is built from its sentence alone when it is unpickled.
"""

from __future__ import annotations

from typing import Any, ClassVar

from optuna.distributions import BaseDistribution

from hpotrial.protocol.spaces import difference


class SpaceConflictError(ValueError):
    """A parameter is defined in two ways that one study cannot hold."""

    PROBLEM: ClassVar = ""
    ADVICE: ClassVar = ""

    def __init__(
        self, name: str, stored: BaseDistribution | None = None, other: BaseDistribution | None = None
    ) -> None:
        sentence = name
        if stored is not None and other is not None:
            sentence = f"parameter `{name}`: {self.PROBLEM} ({difference(stored, other)}). {self.ADVICE}"
        super().__init__(sentence)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args


class SpaceChangedError(SpaceConflictError):
    """The study has trials with another definition, and this worker has none: the code has changed."""

    PROBLEM = "its definition differs from that of earlier trials of the study"
    ADVICE = "Restore the definition, give the parameter another name, or start a new study"


class SpaceVariesError(SpaceConflictError):
    """The definition changes from trial to trial."""

    PROBLEM = "its definition differs from that of an earlier trial"
    ADVICE = "Give each definition a name of its own, for example with the value that it depends on"
