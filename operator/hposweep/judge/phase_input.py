"""The identity of what a phase before the search examines: an equal input is not examined twice.

Called by `preflight` and `baseline_trial`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire

CHARACTERS = 16
SEPARATOR = "."


def checked_input(text: str) -> str:
    """Return the part of an attempt's input that `input_hash` made. An equal one that passed is not checked again."""
    return text.partition(SEPARATOR)[0]


def references_of(text: str) -> str:
    """Return the part about Secrets and ConfigMaps, "" when it is unknown."""
    return text.partition(SEPARATOR)[2]


def attempt_input(current: str, references_version: str) -> str:
    """Return what an attempt that starts now records of its input."""
    return f"{current}{SEPARATOR}{references_version}" if references_version else current


def input_hash(sweep: Sweep, block: Any, code_version: str, request: str = "") -> str:
    """Return a hash of the phase's own block, of all that runs in its pod, and of the last request to repeat it.

    `code_version` is that of the ConfigMap with the objective's code. No Secret is part of it.
    """
    spec = sweep.spec
    parts = [
        block,
        to_wire(spec.objective),
        to_wire(spec.search_space),
        to_wire(spec.study.sampler),
        to_wire(spec.study.pruner),
        to_wire(spec.workers.checkpoints),
        spec.workers.template,
        code_version,
        request,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:CHARACTERS]
