"""Free space at the workers' paths, as they report it to the study. Read by `disk_space`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hpotrial.protocol import DISK

MAX_BYTES = 2**63  # a larger number is no size


@dataclass(frozen=True, slots=True)
class DiskReport:
    """The free bytes that one worker measured last, by path as `spec.preflight.disk` has it."""

    pod_uid: str
    free_bytes: Mapping[str, float]


def read_reports(attributes: Mapping[str, Any]) -> tuple[DiskReport, ...]:
    """Read the attributes of a study, of which a user may have made anything."""
    return tuple(_reports(attributes))


def _reports(attributes: Mapping[str, Any]) -> Iterator[DiskReport]:
    for key, value in attributes.items():
        if key.startswith(f"{DISK}:") and isinstance(value, Mapping) and isinstance(value.get("free"), Mapping):
            free = {path: float(number) for path, number in value["free"].items() if _is_size(number)}
            yield DiskReport(str(value.get("uid", "")), free)


def _is_size(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value < MAX_BYTES
