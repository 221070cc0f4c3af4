"""The database of the study as it answered. Made by `observe`, read by `judge.gates` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.model.trials import Study


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the number of connections, and how many of them are in use."""

    name: str
    maximum: int
    in_use: int

    @property
    def free(self) -> int:
        return max(self.maximum - self.in_use, 0)


@dataclass(frozen=True, slots=True)
class Storage:
    """Either it is reachable, with the study when it exists, or `reason` and `message` say what is wrong."""

    is_reachable: bool
    reason: str = ""
    message: str = ""
    study: Study | None = None
    read_seconds: float = 0.0  # duration of the read
    limits: tuple[Limit, ...] = ()  # of its connections; read only before there are workers
