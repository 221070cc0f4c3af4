"""Optuna's integrations in a worker, and the table of what each came to, which is printed at the end.

`make integrations` runs this level in an environment of its own. PostgreSQL and workers are those of tests/trial.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

import pytest

from tests.trial.conftest import database, make_study, postgres, start_worker

__all__ = ["database", "make_study", "postgres", "start_worker"]

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
