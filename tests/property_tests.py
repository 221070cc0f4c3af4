"""A property test that discards most of its examples proves nothing, so it fails. Loaded by `tests/conftest.py`.

A property test discards an example with `hypothesis.assume`; a bare `return` is forbidden (tests/packaging), because
Hypothesis would count such an example as passed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis.statistics import collector

MIN_SHARE_PERCENT = 50


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a property test when less than half of its examples reached the assertions."""
    if not hasattr(getattr(item, "obj", None), "hypothesis"):
        return (yield)
    runs: list[dict[str, Any]] = []
    report = collector.value

    def collect(statistics: dict[str, Any]) -> None:
        runs.append(statistics)
        if report is not None:
            report(statistics)

    with collector.with_value(collect):
        result = yield
    assert runs, "Hypothesis gave no statistics; adapt tests/property_tests.py to this release"
    for run in runs:
        check(run)
    return result


def check(statistics: dict[str, Any]) -> None:
    """Compare the discarded examples of a run with the limit."""
    statuses = [case["status"] for case in statistics["generate-phase"]["test-cases"]]
    valid = sum(status == "valid" for status in statuses)
    if 100 * valid < MIN_SHARE_PERCENT * len(statuses):
        pytest.fail(
            f"only {valid} of {len(statuses)} examples reached the assertions; at least {MIN_SHARE_PERCENT} % must. "
            "Draw examples that pass the `assume`.",
            pytrace=False,
        )
