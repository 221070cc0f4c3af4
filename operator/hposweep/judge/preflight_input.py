"""The identity of what a preflight checks: an equal input is not checked twice. Called by `preflight`."""

from __future__ import annotations

import hashlib
import json

from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire

CHARACTERS = 16


def input_hash(sweep: Sweep, code_version: str) -> str:
    """Return a hash of the checks, of all that runs in the pod, and of the last request to check again.

    `code_version` is that of the ConfigMap with the objective's code. No Secret is part of it.
    """
    spec = sweep.spec
    parts = [
        to_wire(spec.preflight),
        to_wire(spec.objective),
        to_wire(spec.search_space),
        to_wire(spec.study.sampler),
        to_wire(spec.study.pruner),
        to_wire(spec.workers.checkpoints),
        spec.workers.template,
        code_version,
        sweep.retry_preflight,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:CHARACTERS]
