"""The first lines of a run. Pure; called by `command`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.sweep import Sweep
from hposweep.cluster.local import gpus
from hposweep.text import count


def start_lines(sweep: Sweep, place: str, devices: tuple[str, ...]) -> Iterator[str]:
    """Yield what runs and where its study is, and whether workers share GPUs."""
    workers = sweep.spec.workers.replicas
    yield (
        f"sweep {sweep.name}: up to {count(sweep.spec.trials.max, 'trial')}, {count(workers, 'worker')}, "
        f"study `{sweep.study_name}` in {place}"
    )
    containers = sweep.spec.workers.template["spec"]["containers"]
    limits = [gpus.per_worker(entry) for entry in containers if entry.get("name") == TRIAL_CONTAINER]
    sentence = gpus.shortage(devices, workers, limits[0] if limits else None)
    if sentence:
        yield sentence
    if sweep.spec.notify:
        yield "`spec.notify` has no effect here: only the operator in a cluster sends notifications"
