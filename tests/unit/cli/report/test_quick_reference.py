"""One line for each study in a file that a team keeps: the same study never twice, and other lines stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hposweep.analysis.analyze import analyze
from hposweep.cli.report.quick_reference import COLUMNS, MAX_BYTES, quick_reference, update_file
from hposweep.cli.run.errors import RefusedInputError
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import random_study, stored
from tests.unit.analysis.test_bad_input import STUDIES

FIRST = analyze(random_study(12, lambda p: p["x"]))
SECOND = replace(FIRST, study="digits-v3")


def test_the_same_study_has_one_line() -> None:
    once = quick_reference("", FIRST)
    assert once.splitlines()[0] == f"| {' | '.join(COLUMNS)} |"
    assert len(once.splitlines()) == 3
    assert quick_reference(once, FIRST) == once
    later = analyze(random_study(20, lambda p: p["x"]))
    assert len(quick_reference(once, later).splitlines()) == 3
    assert "20, 20 comparable" in quick_reference(once, later)


def test_another_study_is_appended_and_what_people_wrote_stays() -> None:
    text = f"# Sweeps\n\n{quick_reference('', FIRST)}\nNotes below.\n"
    lines = quick_reference(text, SECOND).splitlines()
    assert [lines[0], lines[-1]] == ["# Sweeps", "Notes below."]
    assert lines[4].startswith("| digits |")
    assert lines[5].startswith("| digits-v3 |")
    assert quick_reference("Only text\n", FIRST).startswith("Only text\n\n| study |")


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_a_line_of_as_many_cells(name: str) -> None:
    line = quick_reference("", analyze(STUDIES[name]())).splitlines()[2]
    assert line.replace("\\|", "").count("|") == len(COLUMNS) + 1
    assert "<" not in line.replace("\\<", "")


def test_a_study_of_the_same_name_elsewhere_has_a_line_of_its_own() -> None:
    text = quick_reference(quick_reference("", FIRST), replace(FIRST, place="other.db"))
    assert len(text.splitlines()) == 4


def test_the_file_is_created_and_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new" / "quick-reference.md"
    update_file(path, FIRST, 0o644)
    update_file(path, FIRST, 0o644)
    assert path.read_text().count("| digits |") == 1
    assert [item.name for item in path.parent.iterdir()] == [path.name]
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RefusedInputError):
        update_file(path, FIRST, 0o644)
    path.write_text(" " * (MAX_BYTES + 1))
    with pytest.raises(RefusedInputError):
        update_file(path, FIRST, 0o644)


def test_a_study_without_a_trial_has_no_best() -> None:
    empty: StoredStudy = stored([])
    assert "| 0, 0 comparable | - | - | - |" in quick_reference("", analyze(empty))
