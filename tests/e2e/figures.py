"""What a run measured, shown at its end whether it passed or failed: pytest hides what passing tests print."""

from __future__ import annotations

from typing import Any

import pytest

KEY = pytest.StashKey[list[str]]()
OUTPUT = (
    "figures"  # the plugin's name, and that of the lines which a process of pytest-xdist sends to the one that prints
)


class Figures:
    """Lines for the end of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self._lines = config.stash.setdefault(KEY, [])

    def tell(self, line: str) -> None:
        self._lines.append(line)


def register(config: pytest.Config) -> None:
    """Print the lines of this run at its end; the conftest of each level that measures calls it."""
    if not config.pluginmanager.has_plugin(OUTPUT):
        config.pluginmanager.register(Collector(config), OUTPUT)


class Collector:
    """A plugin that prints the lines, after it has brought them together from all processes."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)  # pytest-xdist sets it in its processes only
        if output is not None:
            output[OUTPUT] = self._config.stash.get(KEY, [])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._config.stash.setdefault(KEY, []).extend(getattr(node, "workeroutput", {}).get(OUTPUT, []))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = self._config.stash.get(KEY, [])
        if lines:
            terminalreporter.section("measured")
            terminalreporter.write("".join(f"{line}\n" for line in lines))
