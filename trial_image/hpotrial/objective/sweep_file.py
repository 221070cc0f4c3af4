"""The search space of a sweep's file, for an objective that is called without a worker. `params` reads it.

Debugging and tests call an objective from a script. The variable `HPOSWEEP_FILE` then names the file of the sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hpotrial import protocol
from hpotrial.protocol.yaml_scalars import Loader


@dataclass(frozen=True, slots=True)
class SweepFile:
    """The parts of a sweep that an objective needs."""

    fixed: Mapping[str, Any] = field(default_factory=dict)
    search_space: tuple[Mapping[str, Any], ...] = ()


def read(path: str) -> SweepFile:
    """Read the sweep of a file. Raises RuntimeError with a sentence."""
    try:
        documents = list(yaml.load_all(Path(path).read_text(), Loader))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RuntimeError(
            f"{protocol.FILE_ENV}: `{path}` cannot be read ({error}). Name the file of the sweep"
        ) from error
    for document in documents:
        if isinstance(document, dict) and document.get("kind") == "HPOSweep":
            spec = document.get("spec") or {}
            return SweepFile((spec.get("objective") or {}).get("fixed") or {}, tuple(spec.get("searchSpace") or ()))
    raise RuntimeError(f"{protocol.FILE_ENV}: `{path}` holds no document of kind HPOSweep. Name the file of the sweep")
