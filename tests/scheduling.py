"""Which tests share a process when tests run side by side: pytest-xdist's scheduler with groups of our own.

tests/conftest.py calls it. Each process writes the groups of the tests that it has collected to one file, where the
scheduler reads them: the process that schedules collects nothing. (`--dist loadgroup` does this by a change of the
tests' names, which pytest 9.2 no longer takes.)
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

INPUT = "groups"  # what a process is told under this name is the path of the file
SHARED_SCOPES = ("class", "module", "package")


class GroupScheduling(LoadScopeScheduling):
    """Gives a process one whole group after the other; a test without a group is one by itself."""

    def __init__(self, config: pytest.Config, log: Any, groups: Path) -> None:
        super().__init__(config, log)
        self._file = groups
        self._groups: dict[str, str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if self._groups is None:
            self._groups = json.loads(self._file.read_text())
        return self._groups.get(nodeid, nodeid)


def write(path: Path, items: Iterable[pytest.Item], tests: Path) -> None:
    """Write the group of each test that has one; all processes write the same."""
    groups = {item.nodeid: name for item in items if (name := group(item, tests))}
    whole = path.with_suffix(f".{os.getpid()}")
    whole.write_text(json.dumps(groups))
    whole.rename(path)


def group(item: pytest.Item, tests: Path) -> str | None:
    """Return the group of a test; None if it may run in any process."""
    if item.get_closest_marker("alone"):
        return "alone"
    if mark := item.get_closest_marker("group"):
        return str(mark.args[0])
    return str(item.path.relative_to(tests)) if _shares_a_fixture(item) else None


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Say whether another process would make the fixture a second time. Names with `_` are pytest-asyncio's own."""
    definitions = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009  (typed nowhere)
    return any(
        each[-1].scope in SHARED_SCOPES and not name.startswith("_") for name, each in definitions.items() if each
    )
