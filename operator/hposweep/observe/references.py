"""The versions of the Secrets and ConfigMaps that a preflight needs, while it has not passed. Called by `observation`.

Each pass reads them with the permission `get`, which the operator has for the names in a spec anyway. A watch would
need `list`, which shows all Secrets of a namespace.
"""

from __future__ import annotations

import hashlib

from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.plan.references import references
from hpotrial.protocol.preflight import FAILED

CHARACTERS = 12


async def observe_references(sweep: Sweep, cluster: Cluster) -> str:
    """Return a hash that changes with each of the objects; "" where no failed check can be waiting for them."""
    run = sweep.status.preflight_run if sweep.status is not None else None
    if sweep.spec.preflight is None or (run is not None and run.outcome != FAILED):
        return ""
    versions = [
        f"{kind} {name} {await cluster.object_version(sweep.namespace, kind, name)}" for kind, name in references(sweep)
    ]
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:CHARACTERS]
