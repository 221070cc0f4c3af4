"""What the baseline trial's memory says: how much it held, and whether a larger trial may not fit. Called by
`baseline_trial`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.model.history import Trial
from hposweep.text import binary_bytes
from hpotrial import protocol
from hpotrial.protocol.baseline import GPU, GPU_LIMIT, HOST, HOST_LIMIT

_KINDS = (("memory", HOST, HOST_LIMIT), ("GPU memory", GPU, GPU_LIMIT))


def used_memory(trial: Trial) -> str:
    """Return how much the trial held, where a limit is known; an empty text otherwise."""
    parts = [f"{binary_bytes(used)} of {binary_bytes(limit)} {name}" for name, used, limit in _measured(trial)]
    return f"It held {' and '.join(parts)}" if parts else ""


def too_much_memory(trial: Trial, max_share: float) -> Iterator[str]:
    """Yield a sentence for each kind of which the trial held more than this share of the limit."""
    for name, used, limit in _measured(trial):
        if used > max_share * limit:
            allowed = f"`spec.baselineTrial.maxMemoryShare` is {max_share:g}"
            yield f"{used / limit:.0%} of the {name} was in use ({allowed}), so a larger trial may not fit"


def _measured(trial: Trial) -> Iterator[tuple[str, int, int]]:
    """Yield name, bytes and limit. Users who write to the study can write anything there."""
    block: Any = trial.attributes.get(protocol.MEMORY)
    if not isinstance(block, Mapping):
        return
    for name, used_key, limit_key in _KINDS:
        used, limit = _bytes(block.get(used_key)), _bytes(block.get(limit_key))
        if used is not None and limit:
            yield name, used, limit


def _bytes(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
