"""Every input of tests/cases, with the result that its author expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.case import Case, cases
from tests.cases.databases import Databases
from tests.cases.execution import differences


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """One server for each process of the tests, so that cases run side by side."""
    with Databases() as databases:
        yield databases


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_case_is_right(case: Case, databases: Databases, tmp_path: Path) -> None:
    assert not (lines := differences(case, databases, tmp_path / "case")), "\n".join([str(case), *lines])
