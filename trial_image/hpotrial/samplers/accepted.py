"""The defaults, and the names and options that every Optuna 5 accepts. The linter asks here before it imports Optuna.

The import takes a third of the time that a check of a file takes, so that the usual cases do without it. A test holds
the table against Optuna.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEFAULT_SAMPLER = "TPESampler"
DEFAULT_PRUNER = "MedianPruner"
NO_PRUNER = "NopPruner"  # ends no trial

# The type of each option. An integer is accepted from 1 on; whether 0 is, Optuna decides.
ACCEPTED: Mapping[str, Mapping[str, type]] = {
    "TPESampler": {"n_startup_trials": int, "n_ei_candidates": int, "multivariate": bool, "constant_liar": bool},
    "RandomSampler": {},
    "MedianPruner": {"n_startup_trials": int, "n_warmup_steps": int, "interval_steps": int, "n_min_trials": int},
    NO_PRUNER: {},
}


def is_surely_accepted(name: str, options: Mapping[str, Any]) -> bool:
    """Return whether Optuna accepts the class with these options. False says nothing: ask `build`."""
    types = ACCEPTED.get(name)
    return types is not None and all(_fits(types.get(option), value) for option, value in options.items())


def _fits(kind: type | None, value: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return kind is int and isinstance(value, int) and value >= 1
