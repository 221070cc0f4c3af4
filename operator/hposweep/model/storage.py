"""How the storage answered. Made by `observe`, read by `judge.gates` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.model.trials import Study


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound on the number of connections: `name` says which, `most` how many, of which `used` are taken."""

    name: str
    most: int
    used: int

    @property
    def free(self) -> int:
        return max(self.most - self.used, 0)


@dataclass(frozen=True, slots=True)
class Storage:
    """Either it is reachable (and holds the study or not yet), or `reason` and `message` say what is wrong."""

    is_reachable: bool
    reason: str = ""
    message: str = ""
    study: Study | None = None
    read_seconds: float = 0.0  # how long the answer took
    limits: tuple[Limit, ...] = ()  # of its connections; only looked at before there are workers
