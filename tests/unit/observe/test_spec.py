"""What the cluster says against a spec before there are workers: the user's code, in whatever language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from hposweep.model.source_files import SourceFiles
from hposweep.observe.spec import observe_refusals, observe_source
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made

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
    cluster = Holding(sweep, files=files)
    source = await observe_source(sweep, cluster, before_start=True)
    assert source == (None if files is None else SourceFiles(files, version="7"))
    found = await observe_refusals(sweep, cluster, source)
    assert [fault.reason for fault in found] == (["SourceNotFound"] if words else [])
    assert all(words in fault.message for fault in found)


@pytest.mark.parametrize(("required", "before_start"), [(True, True), (True, False), (False, True)])
async def test_files_that_cannot_be_read_stop_only_what_has_not_started(required: bool, before_start: bool) -> None:
    class Silent(MemoryCluster):
        async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
            raise TimeoutError("no answer")

    sweep = world.sweep(objective={"python": "train:objective"} | SOURCE, approval={"required": required})
    if before_start:
        with pytest.raises(TimeoutError):
            await observe_source(sweep, Silent(sweep), before_start=True)
    else:
        assert await observe_source(sweep, Silent(sweep), before_start=False) is None


async def test_a_pass_before_the_start_reads_the_files_once_also_for_an_approval() -> None:
    reads = []

    class Counting(MemoryCluster):
        async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
            reads.append(config_map)
            return await super().source_files(namespace, config_map)

    sweep = world.sweep(objective={"python": "train:objective"} | SOURCE, approval={"required": True})
    await made(Counting(sweep), MemoryStudies()).reconcile("default", "digits")
    assert reads == ["code"]
