"""Tests that share a fixture, or that run alone, get the same process; all others run in any."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import scheduling

ROOT = Path(__file__).parents[3]


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


def test_the_groups_are_written_before_the_scheduler_is_told(tmp_path: Path) -> None:
    """With a writer that takes a second: the scheduler reads the file as soon as all processes have collected."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text("def test_first(): pass\ndef test_second(): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope", "-c", os.devnull, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


CONFTEST = """
import time
from tests import scheduling
from tests.conftest import pytest_collection_finish, pytest_configure_node
from tests.conftest import pytest_unconfigure, pytest_xdist_make_scheduler

write = scheduling.write

def slow(path, items, tests):
    time.sleep(1)
    write(path, items, tests)

scheduling.write = slow
"""
