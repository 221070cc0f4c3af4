"""Settings of all levels of tests: hypothesis, each level's time limit, and what may run side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests import grouping
from tests.stages import SECONDS_PER_TEST

# Machines here are shared and noisy: a slow example is no fault. A fixed seed keeps a run repeatable.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("steady")

ROOT = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its level's time limit and the marks by which `stages` divides and keeps together."""
    for item in items:
        level = item.path.relative_to(ROOT).parts[0]
        if item.get_closest_marker("timeout") is None and level in SECONDS_PER_TEST:
            item.add_marker(pytest.mark.timeout(SECONDS_PER_TEST[level]))
        if level == "integration":
            item.add_marker(pytest.mark.apart)
        if group := grouping.group(item, level):
            item.add_marker(pytest.mark.xdist_group(group))
