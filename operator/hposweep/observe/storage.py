"""Open the database that a Secret names, and read the study in it. Called by `observation` and `baseline`."""

from __future__ import annotations

import time
from dataclasses import replace

from hposweep.api import conditions
from hposweep.api.storage import DatabaseSpec
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.history import History
from hposweep.model.storage import Storage
from hposweep.observe.certificates import read_certificate


async def open_studies(sweep: Sweep, cluster: Cluster, databases: Databases) -> Studies:
    """Open the database of the sweep's own study. Raises StorageError when it is not described usably."""
    return await open_database(sweep.spec.study.storage, "spec.study.storage", sweep, cluster, databases)


async def open_database(
    storage: DatabaseSpec, field: str, sweep: Sweep, cluster: Cluster, databases: Databases
) -> Studies:
    """Open the database that `field` of the spec describes. Raises StorageError likewise."""
    secret = storage.secret_ref
    place = f"key `{secret.key}` of Secret `{secret.name}` in namespace `{sweep.namespace}`"
    try:
        text = await cluster.secret_value(sweep.namespace, secret.name, secret.key)
    except UnicodeDecodeError:
        raise StorageError(conditions.INVALID_URL, f"the value of {place} is not text in UTF-8") from None
    if text is None:
        message = f"{place} does not exist; `{field}.secretRef` must name a key that holds a database URL"
        raise StorageError(conditions.SECRET_NOT_FOUND, message)
    try:
        dsn = Dsn(text)
        if storage.tls is not None:
            certificate = await read_certificate(storage.tls, f"{field}.tls", sweep, cluster, databases.certificates)
            dsn = dsn.secured(storage.tls.mode, certificate)
        return databases.open(dsn, (sweep.namespace, sweep.name), field)
    except ValueError as error:
        raise StorageError(conditions.INVALID_URL, f"the value of {place} {error}") from None


async def observe_study(sweep: Sweep, studies: Studies) -> Storage:
    """Read the study. Raises StorageError."""
    is_maximized = [objective.is_maximized for objective in sweep.spec.study.objectives]
    start = time.monotonic()
    study = await studies.lane.run(studies.read, sweep.study_name, is_maximized)
    return Storage(is_reachable=True, study=study, read_seconds=time.monotonic() - start)


async def observe_history(sweep: Sweep, storage: Storage, studies: Studies) -> History | None:
    """Read all trials of the study when it is the sweep's own. Raises StorageError."""
    study = storage.study
    if study is None or study.owner != sweep.uid or sweep.is_deleting:
        return None
    return await studies.lane.run(studies.history, study.id, study.counts)


async def observe_limits(storage: Storage, studies: Studies) -> Storage:
    """Add the limits of the database's connections. Raises StorageError."""
    return replace(storage, limits=await studies.lane.run(studies.limits))


async def observe_probe(storage: Storage, studies: Studies, cluster: Cluster) -> Storage:
    """Add what is measured before the first worker. Raises StorageError."""
    probe = await studies.lane.run(studies.probe)
    return replace(storage, probe=probe, server_ahead_seconds=cluster.server_ahead_seconds())


def unreachable_storage(sweep: Sweep, error: StorageError) -> Storage:
    """Name the Secret to look at, unless the error's sentence does already."""
    secret = sweep.spec.study.storage.secret_ref
    is_named = f"`{secret.name}`" in error.message
    message = (
        error.message if is_named else f"the database of Secret `{secret.name}` (key `{secret.key}`): {error.message}"
    )
    return Storage(is_reachable=False, reason=error.reason, message=message)
