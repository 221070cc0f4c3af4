"""The earlier results that the sweep is compared with. Made by `observe`, read by `judge` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.model.history import History


@dataclass(frozen=True, slots=True)
class Baseline:
    """Either numbers of the spec, or an earlier study with its trials; `fault` says why there is neither.

    `is_temporary`: the fault may pass by itself (a database that does not answer), so that nothing is refused for it.
    """

    best: float | None = None  # of the first objective
    trials: int | None = None  # finished ones
    study: str | None = None
    directions: tuple[str, ...] = ()
    history: History | None = None
    fault: str = ""
    is_temporary: bool = False
