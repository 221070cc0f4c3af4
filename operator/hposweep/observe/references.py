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
    """Return a hash that changes with each of the objects; "" where no failed check can be waiting for them.

    It is "" as well when one cannot be read, because a permission that is missing must not stop the sweep.
    """
    run = sweep.status.preflight_run if sweep.status is not None else None
    if sweep.spec.preflight is None or (run is not None and run.outcome != FAILED):
        return ""
    versions = []
    try:
        for kind, name in references(sweep):
            versions.append(f"{kind} {name} {await cluster.object_version(sweep.namespace, kind, name)}")
    except OSError:  # TimeoutError is one too
        return ""
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:CHARACTERS]
