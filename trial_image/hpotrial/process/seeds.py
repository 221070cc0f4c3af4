"""Random state across a fork.

Every trial is forked from one warm parent, so each would draw the same "random" numbers: the same initial weights, the
same noise. `random` renews itself after a fork; NumPy and torch do not. A module that seeds them while it is imported
wants equal numbers in every trial, and keeps them.
"""

from __future__ import annotations

import sys
from typing import Any

# torch draws 64 bits for itself; people give small numbers to `manual_seed`.
MAX_USER_SEED = 2**32


def state() -> Any:
    """NumPy's global state, to be taken before the user's module is imported."""
    import numpy

    kind, keys, *position = numpy.random.get_state(legacy=True)
    return (kind, numpy.asarray(keys).tobytes(), *position)


def renew(was_seeded: bool) -> None:
    """In the child: fresh entropy for every generator that the user did not seed."""
    import numpy

    if not was_seeded:
        numpy.random.seed()
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "initial_seed") and torch.initial_seed() >= MAX_USER_SEED:
        torch.seed()
