"""How the storage answered. Made by `observe`, read by `judge.gates` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.model.trials import Study


@dataclass(frozen=True, slots=True)
class Storage:
    """Either it is reachable (and holds the study or not yet), or `reason` and `message` say what is wrong."""

    is_reachable: bool
    reason: str = ""
    message: str = ""
    study: Study | None = None
