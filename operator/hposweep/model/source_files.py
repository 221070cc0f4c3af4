"""The files of an objective's source: names, a digest of the content, and a version. Read by `cluster`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

DIGEST_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """`digest` None: the content was not read, because a folder of this machine may hold any amount of data.

    `version` changes with the content; "" where it is unknown.
    """

    names: tuple[str, ...]
    digest: str | None = None
    version: str = ""

    @classmethod
    def of(cls, texts: Mapping[str, str], version: str = "") -> SourceFiles:
        """Return the files of a ConfigMap; its values as the API has them, base64 of binary ones."""
        content = hashlib.sha256()
        for name in sorted(texts):
            content.update(f"{name}\0{texts[name]}\0".encode())
        return cls(tuple(texts), content.hexdigest()[:DIGEST_CHARACTERS], version)
