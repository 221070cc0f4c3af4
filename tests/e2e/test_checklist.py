"""`make checklist` on a real cluster: every line that docs/checklist.md calls done was found in the run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from demo.checklist.page import PAGE, Line, read_page
from demo.checklist.run import NAME, NAMESPACE, REASON
from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl
from tests.e2e.demo_command import demonstrated
from tests.e2e.figures import Figures
from tests.e2e.installation import Installation
from tests.image_choices import WITHOUT_TORCH

RUN_SECONDS = 400
WIDE = "240"  # columns: a line of the checklist is one or two lines of the table

pytestmark = [pytest.mark.timeout(RUN_SECONDS + 60), pytest.mark.group("heavy")]

LINES = read_page((ROOT / PAGE).read_text())


@pytest.fixture(scope="module")
def checklist(kubectl: Kubectl, installation: Installation) -> Iterator[str]:
    """What it printed."""
    wide = WITHOUT_TORCH | {"COLUMNS": WIDE}
    with demonstrated(kubectl, "checklist", NAMESPACE, RUN_SECONDS, wide) as printed:
        yield printed


def test_every_line_that_is_done_was_found_and_the_others_are_counted(checklist: str, figures: Figures) -> None:
    (found,) = re.findall(r"^(\d+) of (\d+) lines were found in this run.*$", checklist, re.MULTILINE)
    (sentence,) = re.findall(r"^\d+ of \d+ lines were found.*$", checklist, re.MULTILINE)
    figures.tell(f"checklist: {sentence}")
    done = [line for line in LINES if line.is_shown]
    assert found == (str(len(done)), str(len(done)))
    assert len(done) > len(LINES) / 2
    assert "NOT FOUND" not in checklist


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line.number))
def test_the_table_has_the_line(checklist: str, line: Line) -> None:
    table = checklist[checklist.index("in this run") :]
    (row,) = re.findall(rf"^[│|]{line.number} *[│|] (.*)$", table, re.MULTILINE)
    assert line.state in row
    assert line.text.split()[0] in row


def test_the_sweep_went_from_its_gates_through_approval_and_decision_to_a_verdict(
    checklist: str, kubectl: Kubectl
) -> None:
    status = json.loads(kubectl("get", "hposweep", NAME, "-n", NAMESPACE, "-o", "json"))["status"]
    reasons = {entry["type"]: entry["reason"] for entry in status["conditions"]}
    assert (reasons["Accepted"], reasons["StorageReady"], reasons["Approved"]) == ("Valid", "Connected", "Granted")
    assert (reasons["OnTrack"], reasons["Complete"]) == ("Continue", "BudgetReached")
    assert {row["outcome"] for row in status["preflight"]} <= {"Passed", "Warning"}
    assert status["approval"]["granted"]["reason"] == REASON
    assert status["verdict"] in ("minimum", "full", "?")
    assert status["trials"]["finished"] == status["trials"]["max"] == 100
