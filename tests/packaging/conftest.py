"""Fixtures of the packaging tests: helm and kubectl as found on PATH, promtool as `tests.cluster` builds it."""

from __future__ import annotations

import shutil

import pytest

from tests.cluster import binaries, layout
from tests.packaging.checkout import ROOT
from tests.packaging.program import Program


def _program(name: str) -> Program:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not on PATH (`make cluster` builds one)")
    return Program(name)


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
