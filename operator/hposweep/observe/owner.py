"""Ask the cluster whether another sweep that owns the study still exists. Called by `observation`."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.study import Studies
from hposweep.model.ownership import OtherOwner, SweepIdentity
from hposweep.model.storage import Storage
from hposweep.model.trials import Study


async def observe_identity(sweep: Sweep, cluster: Cluster) -> SweepIdentity:
    """Return the names under which other operators can find this sweep."""
    return SweepIdentity(sweep.namespace, sweep.name, await cluster.cluster_id())


async def observe_owner(
    identity: SweepIdentity, sweep: Sweep, storage: Storage, cluster: Cluster, studies: Studies
) -> Storage:
    """Add what is known of another owner, and the parameters that its study defines. Raises StorageError."""
    study = storage.study
    if study is None or study.owner in (None, sweep.uid):
        return storage
    owner = await _owner(identity, study, cluster)
    if not owner.exists:
        study = replace(study, definitions=await studies.lane.run(studies.definitions, study.id))
    return replace(storage, study=study, other_owner=owner)


async def _owner(identity: SweepIdentity, study: Study, cluster: Cluster) -> OtherOwner:
    """Ask for the owner under its names, also where it names another cluster: a uid is the same in no two of them."""
    other = study.sweep
    if other is None:
        return OtherOwner(other)
    is_here = bool(identity.cluster) and other.cluster == identity.cluster
    if is_here and other == identity:
        return OtherOwner(other, exists=False, is_predecessor=True)
    uid = await cluster.sweep_uid(other.namespace, other.name)
    if uid == study.owner:
        return OtherOwner(other, exists=True)
    return OtherOwner(other, exists=False if is_here and uid is not None else None)
