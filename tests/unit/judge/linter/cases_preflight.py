"""Checks of the preflight."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests.unit.judge.linter.case import Case

Json = dict[str, Any]
ONE, OTHER = {"path": "/data", "minFiles": 2}, {"path": "/data", "minFiles": 3}
CHECKSUM = {"path": "/data/labels.json", "sha256": "0" * 64}


def preflight(**blocks: Any) -> Json:
    return {"preflight": blocks}


CASES = (
    Case(
        LinterRule.VERSION_UNREADABLE,
        preflight(imports=[{"module": "torch", "version": "2.4 or newer"}]),
        preflight(imports=[{"module": "torch", "version": ">=2.4,<3"}]),
        ("`2.4 or newer` is no version specifier",),
        "Error",
        ("spec.preflight.imports[0].version",),
    ),
    Case(
        LinterRule.CHECKSUM_OF_SEVERAL_FILES,
        preflight(paths=[{**CHECKSUM, "minFiles": 2}]),
        preflight(paths=[{**CHECKSUM, "minFiles": 1}]),
        ("is 2, but `sha256` is of one file",),
        "Error",
        ("spec.preflight.paths[0].minFiles", "spec.preflight.paths[0].sha256"),
    ),
    Case(
        LinterRule.RELATIVE_PATH,
        preflight(minReadBytesPerSecond={"data": 1}),
        preflight(minReadBytesPerSecond={"/data": 1}),
        ("`data` is a relative path",),
        "Error",
        ("spec.preflight.minReadBytesPerSecond",),
    ),
    Case(
        LinterRule.CHECKED_TWICE,
        preflight(paths=[ONE, ONE]),
        preflight(paths=[ONE, OTHER]),
        ("the same as `spec.preflight.paths[0]`",),
        fields=("spec.preflight.paths[1]", "spec.preflight.paths[0]"),
    ),
)
