"""Every failure class is documented, with what becomes of the trial."""

from __future__ import annotations

import re

from hpotrial import protocol
from tests.documents import ROOT

REQUEUED = "requeued"


def rows(page: str) -> dict[str, list[str]]:
    """Return the other cells of each row that starts with a failure class."""
    lines = re.findall(r"^\| `([A-Z][A-Za-z]+)` \| (.*) \|$", (ROOT / page).read_text(), re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in lines}


def test_the_guide_to_failures_has_every_class_and_says_which_are_requeued() -> None:
    table = rows("docs/how-to/failures.md")
    assert tuple(table) == protocol.FAILURE_CLASSES
    assert tuple(name for name, cells in table.items() if cells[-1] == REQUEUED) == protocol.INFRASTRUCTURE_CLASSES


def test_the_guide_to_objectives_has_the_classes_that_an_objective_causes() -> None:
    others = {*protocol.INFRASTRUCTURE_CLASSES, protocol.TERMINATED}
    assert tuple(rows("docs/how-to/objective.md")) == tuple(
        name for name in protocol.FAILURE_CLASSES if name not in others
    )
