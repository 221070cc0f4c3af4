"""Write the JSON of the boards into `manifests/base/boards`, where chart and kustomize take it from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from boards import fleet, sweep
from boards.layout import FLEET_UID, SWEEP_UID

FOLDER = Path(__file__).parents[1] / "manifests" / "base" / "boards"


def files() -> Mapping[str, str]:
    """Return the JSON of each board by the name of its file."""
    return {f"{SWEEP_UID}.json": sweep.json_text(), f"{FLEET_UID}.json": fleet.json_text()}


def write() -> None:
    for name, text in files().items():
        (FOLDER / name).write_text(text)
