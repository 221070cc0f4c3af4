"""The volume with the certificate of the database's authority, in the pods of every phase. Called by `podtemplate`.

The kubelet updates the file after a rotation, and the driver reads it at each connection.
"""

from __future__ import annotations

from typing import Any

from hposweep.api.storage import CaSpec
from hposweep.api.sweep import Sweep
from hposweep.plan.environment import CA_FILE, CA_PATH

CA_VOLUME = "hposweep-database-ca"


def ca_volumes(sweep: Sweep) -> list[dict[str, Any]]:
    """Return the volume, with the named key only; none without `caRef`."""
    ca = _ca(sweep)
    if ca is None:
        return []
    items = [{"key": ca.reference.key, "path": CA_FILE}]
    if ca.secret is not None:
        return [{"name": CA_VOLUME, "secret": {"secretName": ca.reference.name, "items": items}}]
    return [{"name": CA_VOLUME, "configMap": {"name": ca.reference.name, "items": items}}]


def ca_mounts(sweep: Sweep) -> list[dict[str, Any]]:
    """Return the mount of the volume in the container `trial`."""
    return [{"name": CA_VOLUME, "mountPath": CA_PATH, "readOnly": True}] if _ca(sweep) is not None else []


def _ca(sweep: Sweep) -> CaSpec | None:
    tls = sweep.spec.study.storage.tls
    return tls.ca_ref if tls is not None else None
