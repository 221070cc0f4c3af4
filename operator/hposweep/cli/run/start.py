"""The first lines of a run. Pure; called by `command`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.cli.run.load import RunInput
from hposweep.cli.validate import yaml_words
from hposweep.cluster.local import gpus
from hposweep.cluster.local.template import left_out
from hposweep.text import count


def start_lines(
    run_input: RunInput, place: str, devices: tuple[str, ...], exists: Callable[[str], bool]
) -> Iterator[str]:
    """Yield what runs and where its study is, then what a user should know before the trials start.

    These are values that YAML reads otherwise, GPUs that workers share, and what of the pod template is left out.
    """
    sweep = run_input.sweep
    workers = sweep.spec.workers.replicas
    yield (
        f"sweep {sweep.name}: up to {count(sweep.spec.trials.max, 'trial')}, {count(workers, 'worker')}, "
        f"study `{sweep.study_name}` in {place}"
    )
    yield from yaml_words.sentences(run_input.documents)
    containers = sweep.spec.workers.template["spec"]["containers"]
    limits = [gpus.per_worker(entry) for entry in containers if entry.get("name") == TRIAL_CONTAINER]
    sentence = gpus.shortage(devices, workers, limits[0] if limits else None)
    if sentence:
        yield sentence
    if not devices and (sweep.spec.budget.gpu_seconds is not None or sweep.spec.cost is not None):
        yield "no GPU found on this machine: GPU seconds stay 0, so `budget.gpuSeconds` and `cost` have no effect"
    yield from left_out(sweep, run_input.documents, bool(run_input.variables), exists)
    if _has_tls(run_input.documents.sweep):
        yield "`spec.study.storage.tls` has no effect here: `sslmode` and `sslrootcert` of the run's own URL count"
    if sweep.spec.notify:
        yield "`spec.notify` has no effect here: only the operator in a cluster sends notifications"


def _has_tls(document: Mapping[str, Any]) -> bool:
    """Return whether the file has the field, which the sweep of a run has not."""
    study = document["spec"].get("study") or {}
    return bool((study.get("storage") or {}).get("tls"))
