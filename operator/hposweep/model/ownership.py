"""The owner of a study: a sweep by its uid, and the names under which it is found. Made by `observe`, for `judge`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

_MAX_CHARACTERS = 253  # of a name in Kubernetes


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
        """Read an attribute that any program may have written; None when it is no identity."""
        if not isinstance(value, Mapping):
            return None
        texts = [value.get(name) for name in ("namespace", "name", "cluster")]
        names = [text for text in texts if isinstance(text, str) and len(text) <= _MAX_CHARACTERS]
        return cls(*names) if len(names) == len(texts) else None


@dataclass(frozen=True, slots=True)
class OtherOwner:
    """Another sweep that owns the study. `exists`: None when the operator cannot know it.

    `is_predecessor`: it had the names of this sweep in this cluster, so that it is gone, because this one has them now.
    """

    identity: SweepIdentity | None = None  # None when it did not write one
    exists: bool | None = None
    is_predecessor: bool = False
