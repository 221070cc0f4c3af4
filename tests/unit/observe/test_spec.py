"""What the cluster says against a spec before there are workers: the user's code, in whatever language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from hposweep.model.source_files import SourceFiles
from hposweep.observe.spec import observe_refusals
from tests.unit import world
from tests.unit.memory import MemoryCluster

SOURCE = {"sourceRef": {"configMap": {"name": "code"}}}


@dataclass
class Holding(MemoryCluster):
    files: tuple[str, ...] | None = ()

    async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
        return SourceFiles(self.files, version="7") if self.files is not None else None


@pytest.mark.parametrize(
    ("objective", "files", "words"),
    [
        ({"python": "train:objective"}, ("train.py",), ""),
        ({"python": "pkg.train:objective"}, ("notes.txt",), "a key `pkg.py` is expected"),
        ({"python": "train:objective"}, None, "ConfigMap `code` does not exist"),
        ({"command": ["bash", "train.sh"]}, ("train.sh",), ""),
        ({"command": ["bash", "train.sh"]}, (), "is empty; it must hold the files of `spec.objective.command`"),
        ({"command": ["bash", "train.sh"]}, None, "ConfigMap `code` does not exist"),
    ],
)
async def test_the_code_has_to_be_there(objective: dict[str, Any], files: tuple[str, ...] | None, words: str) -> None:
    sweep = world.sweep(objective=objective | SOURCE)
    found, version = await observe_refusals(sweep, Holding(sweep, files=files))
    assert version == ("" if files is None else "7")
    assert [fault.reason for fault in found] == (["SourceNotFound"] if words else [])
    assert all(words in fault.message for fault in found)
