"""Settings of all levels of tests: hypothesis, each level's time limit, and what may run side by side.

Property tests have two profiles. `quick` draws the same 50 examples in each run, so that `make check` is repeatable.
`explore` draws new examples in each run and prints how to repeat a failure; `make explore` uses it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.property_tests import pytest_runtest_call
from tests.stages import SECONDS_PER_TEST

__all__ = ["pytest_runtest_call"]

# No deadline: machines are shared and noisy, and a slow example is no fault.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ROOT = Path(__file__).parent
SHARED_SCOPES = ("class", "module", "package")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its level's time limit, and keep tests together whose file shares a fixture."""
    for item in items:
        level = item.path.relative_to(ROOT).parts[0]
        if item.get_closest_marker("timeout") is None and level in SECONDS_PER_TEST:
            item.add_marker(pytest.mark.timeout(SECONDS_PER_TEST[level]))
        if item.get_closest_marker("xdist_group") is None and _shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(f"{level}-{item.path.stem}"))


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Say whether another process would make the fixture a second time. Names with `_` are pytest-asyncio's own."""
    definitions = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009  (typed nowhere)
    return any(
        each[-1].scope in SHARED_SCOPES and not name.startswith("_") for name, each in definitions.items() if each
    )
