"""The worker of HPOSweep, and the functions that a user's objective may call: `params`, `report`, `checkpoint_dir`."""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpotrial.objective.checkpoint import checkpoint_dir
    from hpotrial.objective.params import params
    from hpotrial.objective.pruning import report

__all__ = ["checkpoint_dir", "params", "report"]

_MODULES = {"checkpoint_dir": "checkpoint", "params": "params", "report": "pruning"}

# Optuna warns about lists and tuples, which some storages lose. Ours keeps them, and every process would warn again.
warnings.filterwarnings("ignore", "Choices for a categorical distribution should be a tuple", UserWarning)


def __getattr__(name: str) -> Any:
    # Import Optuna only when a function is used, because the worker's first lines and the operator do without it.
    if name in _MODULES:
        return getattr(importlib.import_module(f"hpotrial.objective.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
