"""Random state across a fork.

Every trial is forked from one parent with the same random state, so each would draw the same numbers: the same initial
weights, the same noise. `random` reseeds itself after a fork; NumPy, torch and generators of the user's own do not. A
module that seeds them at import wants equal numbers in every trial, so its seed is kept.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from hpotrial.process.generators import MAX_USER_SEED, Watch


def state() -> Any:
    """Return NumPy's global state, to compare before and after the import of the user's module."""
    import numpy

    kind, keys, *position = numpy.random.get_state(legacy=True)
    return (kind, numpy.asarray(keys).tobytes(), *position)


def renew(was_seeded: bool, generators: Watch | None = None) -> None:
    """Reseed, in the child, every generator that the user did not seed."""
    import numpy

    if not was_seeded:
        numpy.random.seed()
    if generators is not None:
        generators.renew()
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "initial_seed") and torch.initial_seed() >= MAX_USER_SEED:
        torch.seed()


def set_seed(seed: int) -> None:
    """Seed the global generators with the seed of a champion, so that its training can be repeated.

    An objective that seeds them itself must read the seed (`HPO_SEED`); otherwise each seed gives the same value.
    """
    import numpy

    random.seed(seed)
    numpy.random.seed(seed)
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "manual_seed"):
        torch.manual_seed(seed)
