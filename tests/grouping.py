"""Which tests share a process when tests run side by side; tests/conftest.py asks for each one that is collected."""

from __future__ import annotations

import pytest

SHARED_SCOPES = ("class", "module", "package")


def group(item: pytest.Item, level: str) -> str | None:
    """Return the group of a test; None if it has one already, or if it may run in any process."""
    if item.get_closest_marker("alone"):
        return "alone"
    if item.get_closest_marker("xdist_group"):
        return None
    return f"{level}-{item.path.stem}" if _shares_a_fixture(item) else None


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Say whether another process would make the fixture a second time. Names with `_` are pytest-asyncio's own."""
    definitions = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009  (typed nowhere)
    return any(
        each[-1].scope in SHARED_SCOPES and not name.startswith("_") for name, each in definitions.items() if each
    )
