"""The worker's side of HPOSweep, and the few functions that a user's objective may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpotrial.space import params

__all__ = ["params"]


def __getattr__(name: str) -> Any:
    # Optuna is imported when a function is used: the worker's first lines, and the operator's contract, do without it.
    if name == "params":
        from hpotrial.space import params

        return params
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
