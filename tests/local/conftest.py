"""Runs of their own folder each; whatever a test leaves running is killed and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.local.command import Command
from tests.postgres_server import PostgresServer, running

Runner = Callable[..., Command]
OBJECTIVES = Path(__file__).parent / "objectives"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with the objective in it."""
    for source in OBJECTIVES.glob("*.py"):
        (tmp_path / source.name).write_text(source.read_text())
    (tmp_path / "offset.txt").write_text("3.0")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Iterator[Runner]:
    started: list[Command] = []

    def start(
        *documents: dict[str, Any], arguments: tuple[str, ...] = (), out: str = "out", **environment: str
    ) -> Command:
        file = folder / "sweep.yaml"
        file.write_text(yaml.safe_dump_all(documents))
        command = Command(file, folder / out, arguments, environment)
        started.append(command)
        return command

    yield start
    for command in started:
        if command.process.poll() is None:
            command.kill()
        print(f"--- {command.arguments} ended with {command.process.returncode}:\n{command.text()}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A database that the run does not own."""
    with running() as server:
        yield server
