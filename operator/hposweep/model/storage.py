"""The database of the study as it answered. Made by `observe`, read by `judge.gates` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.model.ownership import OtherOwner
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
class Probe:
    """The database as it was measured before the first worker."""

    sslmode: str  # of the URL; "" when it says nothing
    encryption: str  # the protocol of the connection; "" without
    revision: str  # of Optuna's tables
    latency_seconds: float  # median of a few queries
    ahead_seconds: float  # its clock against the operator's


@dataclass(frozen=True, slots=True)
class Storage:
    """Either it is reachable, with the study when it exists, or `reason` and `message` say what is wrong."""

    is_reachable: bool
    reason: str = ""
    message: str = ""
    study: Study | None = None
    other_owner: OtherOwner | None = None  # of the study; None when it is this sweep's own, or without an owner
    read_seconds: float = 0.0  # duration of the read
    limits: tuple[Limit, ...] = ()  # of its connections; read only before there are workers
    probe: Probe | None = None  # likewise
    server_ahead_seconds: float | None = None  # the API server's clock against the operator's; None where there is none
