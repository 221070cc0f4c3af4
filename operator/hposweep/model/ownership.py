"""The owner of a study: a sweep by its uid, and the names under which it is found. Made by `observe`, for `judge`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from hposweep.api.object_names import is_namespace, is_object_name

_MAX_CHARACTERS = 253  # of the text that names a cluster


@dataclass(frozen=True, slots=True)
class SweepIdentity:
    """A sweep by its names. `cluster`: a text that no other cluster has; empty when the operator does not know it."""

    namespace: str
    name: str
    cluster: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def of_json(cls, value: Any) -> Self | None:
        """Read an attribute that any program may have written; None when it is no identity.

        The names become a path of the cluster's API, so that only names of objects are accepted.
        """
        if not isinstance(value, Mapping):
            return None
        namespace, name, cluster = (value.get(key) for key in ("namespace", "name", "cluster"))
        if not (isinstance(namespace, str) and isinstance(name, str) and isinstance(cluster, str)):
            return None
        is_valid = is_namespace(namespace) and is_object_name(name) and len(cluster) <= _MAX_CHARACTERS
        return cls(namespace, name, cluster) if is_valid else None


@dataclass(frozen=True, slots=True)
class OtherOwner:
    """Another sweep that owns the study. `exists`: None when the operator cannot know it.

    `is_predecessor`: it had the names of this sweep in this cluster, so that it is gone, because this one has them now.
    """

    identity: SweepIdentity | None = None  # None when it did not write one
    exists: bool | None = None
    is_predecessor: bool = False
