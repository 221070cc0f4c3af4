"""Optuna's integrations in a worker, and the table of what each came to, which is printed at the end.

`make integrations` runs this level in an environment of its own. PostgreSQL and workers are those of tests/trial.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.trial.builders import until
from tests.trial.conftest import database, make_study, postgres, start_worker

__all__ = ["database", "make_study", "postgres", "start_worker"]

SERVER_SECONDS = 400.0  # its imports and the migrations of its database, on a busy machine
OUTCOMES = pytest.StashKey[dict[tuple[str, str], dict[str, str]]]()


@pytest.fixture
def outcome(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note what the test came to, as a row of the table."""
    rows = request.config.stash.setdefault(OUTCOMES, {})
    parameters = request.node.callspec.params
    row = rows.setdefault((parameters["library"], parameters["call"]), {})
    row[parameters["isolation"]] = "failed"
    yield
    row[parameters["isolation"]] = request.node.stash.get(RESULT, "failed")


RESULT = pytest.StashKey[str]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(OUTCOMES, {})
    lines = [("library", "version", "called", "Process", "None")]
    for (library, call), results in rows.items():
        lines.append((library, version(library), call, results.get("Process", "-"), results.get("None", "-")))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start an MLflow server for the tests of this run; return its address."""
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = f"sqlite:///{folder}/mlflow.db"
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store, "--workers", "1"]
    command += ["--default-artifact-root", str(folder / "artifacts"), "--host", "127.0.0.1", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            until(lambda: is_up(url, server, folder / "log"), "the MLflow server", SERVER_SECONDS)
            yield url
        finally:
            server.terminate()
            server.wait()


def is_up(url: str, server: subprocess.Popen[bytes], log: Path) -> bool:
    assert server.poll() is None, log.read_text()
    try:
        with urllib.request.urlopen(f"{url}/health") as answer:  # noqa: S310  # our server
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False
