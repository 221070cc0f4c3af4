"""The disk that the baseline trial used, and whether the checkpoints fit. Called by `baseline_trial`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.model.history import Trial
from hposweep.text import binary_bytes, count
from hpotrial import protocol
from hpotrial.protocol.baseline import CHECKPOINT, FREE, WRITTEN
from hpotrial.protocol.config import KEEP_ALL, KEEP_BEST

MIN_BYTES = 2**20  # less is what Python itself writes, and is not told


def used_disk(trial: Trial) -> str:
    """Return how much the trial wrote, and how large its checkpoints are; an empty text where nothing is known."""
    numbers = {
        "it wrote {} to disk": _bytes(trial, WRITTEN) or 0,
        "its checkpoints have {}": _bytes(trial, CHECKPOINT) or 0,
    }
    return " and ".join(words.format(binary_bytes(size)) for words, size in numbers.items() if size >= MIN_BYTES)


def checkpoint_estimate(sweep: Sweep, trial: Trial, finished_count: int) -> str:
    """Return the space that checkpoints of this size take; an empty text where it is unknown."""
    size, trials = _bytes(trial, CHECKPOINT), _checkpoints(sweep, finished_count)
    if not size or not trials:
        return ""
    return f"checkpoints of {count(trials, 'trial')}{_moment(sweep)} take about {binary_bytes(trials * size)}"


def too_little_disk(sweep: Sweep, trial: Trial, finished_count: int) -> str:
    """Return a sentence if these checkpoints do not fit into what was free when the trial had ended."""
    size, free, trials = _bytes(trial, CHECKPOINT), _bytes(trial, FREE), _checkpoints(sweep, finished_count)
    checkpoints = sweep.spec.workers.checkpoints
    if not size or free is None or not trials or checkpoints is None or trials * size <= free:
        return ""
    return (
        f"{binary_bytes(free)} are free at `{checkpoints.path}` (`spec.workers.checkpoints.path`), which is less than "
        f"the checkpoints of {count(trials, 'trial')} take"
    )


def _checkpoints(sweep: Sweep, finished_count: int) -> int:
    """Return how many further trials have checkpoints at one time; 0 where it is unknown.

    All of them with `keep: All`; otherwise those of running trials, and of one best trial. How many trials a Pareto
    front has is unknown.
    """
    spec = sweep.spec.workers.checkpoints
    remaining = max(0, sweep.spec.trials.max - finished_count)
    if spec is None or (spec.keep == KEEP_BEST and len(sweep.spec.study.objectives) > 1):
        return 0
    running = min(remaining, sweep.spec.workers.replicas)
    return remaining if spec.keep == KEEP_ALL else min(remaining, running + (spec.keep == KEEP_BEST))


def _moment(sweep: Sweep) -> str:
    spec = sweep.spec.workers.checkpoints
    return "" if spec is not None and spec.keep == KEEP_ALL else " at a time"


def _bytes(trial: Trial, name: str) -> int | None:
    """Return a number of the attribute. Users who write to the study can write anything there."""
    block: Any = trial.attributes.get(protocol.DISK_WRITTEN)
    value = block.get(name) if isinstance(block, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
