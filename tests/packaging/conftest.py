"""Fixtures of the packaging tests: the checkout's files, and helm and kubectl as they are found on PATH."""

from __future__ import annotations

import shutil

import pytest

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
