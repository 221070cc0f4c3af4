"""Fixtures of the packaging tests: helm, kubectl and promtool as `tests.cluster` builds them, or those on PATH."""

from __future__ import annotations

import shutil

import pytest

from tests.cluster import binaries, layout
from tests.packaging.checkout import ROOT
from tests.packaging.program import Program


def _program(name: str) -> Program:
    """Return the program that the test cluster pins; the machine's own may be older than a page asks for."""
    pinned = binaries.locate(layout.of(ROOT).cache)[name]
    path = str(pinned) if pinned.exists() else shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is neither built nor on PATH (`make cluster` builds one)")
    return Program(path)


@pytest.fixture(scope="session")
def helm() -> Program:
    return _program("helm")


@pytest.fixture(scope="session")
def kubectl() -> Program:
    return _program("kubectl")


@pytest.fixture(scope="session")
def promtool() -> Program:
    path = binaries.locate(layout.of(ROOT).cache)["promtool"]
    if not path.exists():
        pytest.skip("promtool is not built (`python3 -m tests.cluster prometheus` builds it)")
    return Program(str(path))
