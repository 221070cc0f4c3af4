"""`spec.study.warmStart[]`: other studies whose best trials are the first to be tried again."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.secret_key import SecretKey


@dataclass(frozen=True, slots=True)
class WarmStartStorageSpec:
    """Another database than the sweep's own."""

    secret_ref: SecretKey


@dataclass(frozen=True, slots=True)
class WarmStartSpec:
    """The best `top` trials of another study; of a study with several objectives, trials of its Pareto front."""

    study: str
    top: int = 10
    storage: WarmStartStorageSpec | None = None
