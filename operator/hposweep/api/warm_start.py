"""`spec.study.warmStart[]`: other studies whose best trials are the first to be tried again."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.storage import DatabaseSpec


@dataclass(frozen=True, slots=True)
class WarmStartSpec:
    """The best `top` trials of another study; of a study with several objectives, trials of its Pareto front."""

    study: str
    top: int = 10
    storage: DatabaseSpec | None = None
