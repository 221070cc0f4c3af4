"""May a sweep take over a study that another sweep owns? Called by `gates`.

Only from an owner that is gone: with `adopt` from the sweep that had the same names in this cluster, and from any other
one when `takeOverFrom` has its uid. Never from a sweep that exists.
"""

from __future__ import annotations

from hposweep.api.sweep import Sweep
from hposweep.model.ownership import OtherOwner
from hposweep.model.trials import Study
from hposweep.text import printable, truncate

_MAX_NAME = 100  # characters of a name that another program may have written


def may_take_over(sweep: Sweep, study: Study, owner: OtherOwner | None) -> bool:
    """Return whether the owner is gone, and the spec says that its study is to be continued."""
    if owner is None or owner.exists:
        return False
    return (owner.is_predecessor and sweep.spec.study.adopt) or sweep.spec.study.take_over_from == study.owner


def refusal(sweep: Sweep, study: Study, owner: OtherOwner | None) -> str:
    """Return why the study stays with its owner, and what to do."""
    uid, requested = truncate(printable(study.owner or ""), _MAX_NAME), sweep.spec.study.take_over_from
    mismatch = f" (`spec.study.takeOverFrom` is `{requested}`)" if requested and requested != study.owner else ""
    prefix = f"study `{study.name}` belongs to another sweep ({_names(owner)}uid {uid})"
    take_over = f"set `spec.study.takeOverFrom: {uid}`"
    if owner is not None and owner.exists:
        return (
            f"{prefix}, which exists. Choose another `spec.study.name`, or delete that sweep first, and create this "
            "one with `spec.study.adopt: true`"
        )
    if owner is not None and owner.is_predecessor:
        return f"{prefix}, which had the name of this sweep and is deleted. To continue its study, {take_over}"
    if owner is not None and owner.exists is False:
        return f"{prefix}, which does not exist any more{mismatch}. To continue its study, {take_over}"
    return (
        f"{prefix}{mismatch}. Choose another `spec.study.name`, or delete that sweep first. If it is gone for sure, as "
        f"after the restore of a cluster, {take_over}"
    )


def _names(owner: OtherOwner | None) -> str:
    if owner is None or owner.identity is None:
        return ""
    identity = owner.identity
    return f"`{truncate(printable(f'{identity.namespace}/{identity.name}'), _MAX_NAME)}`, "
