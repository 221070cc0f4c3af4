"""What a run measured, shown at its end whether it passed or failed: pytest hides what passing tests print."""

from __future__ import annotations

import pytest

KEY = pytest.StashKey[list[str]]()


class Figures:
    """Lines for the end of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self._lines = config.stash.setdefault(KEY, [])

    def tell(self, line: str) -> None:
        self._lines.append(line)


def show(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(KEY, [])
    if lines:
        reporter.section("measured")
        reporter.write("".join(f"{line}\n" for line in lines))
