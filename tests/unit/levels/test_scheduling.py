"""Tests that share a fixture, or that run alone, get the same process; all others run in any."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import scheduling


def item(*marks: str, **scopes: str) -> Any:
    """A test with these marks, and with fixtures of these scopes."""
    definitions = {name: [SimpleNamespace(scope=scope)] for name, scope in scopes.items()}
    return SimpleNamespace(
        path=Path("tests/e2e/test_it.py"),
        get_closest_marker=lambda name: SimpleNamespace(args=["gpus"]) if name in marks else None,
        _fixtureinfo=SimpleNamespace(name2fixturedefs=definitions),
    )


@pytest.mark.parametrize("marks", [("alone",), ("alone", "group")])
def test_all_tests_that_run_alone_are_in_one_group(marks: tuple[str, ...]) -> None:
    assert scheduling.group(item(*marks, shared="module"), Path("tests")) == "alone"


@pytest.mark.parametrize("scope", ["class", "module", "package"])
def test_a_fixture_of_the_file_keeps_its_tests_together(scope: str) -> None:
    assert scheduling.group(item(shared=scope, place="function"), Path("tests")) == "e2e/test_it.py"


def test_a_group_that_a_file_has_chosen_stays() -> None:
    assert scheduling.group(item("group", shared="module"), Path("tests")) == "gpus"


def test_fixtures_of_one_test_or_of_one_process_keep_nothing_together() -> None:
    assert (
        scheduling.group(item(place="function", server="session", _module_event_loop="module"), Path("tests")) is None
    )
