"""The report of a run has its verdict with evidence, decisions, conditions and history; all texts are escaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hposweep.analysis.analyze import AnalysisOptions
from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.record import RecordEntry, RecordStatus
from hposweep.api.status import CriterionStatus, DecisionStatus, Status, TierStatus
from hposweep.cli.report.files import run_pages
from hposweep.cli.report.outcome import SweepOutcome
from tests.unit.analysis.studies import random_study
from tests.unit.cli.report.page_check import PageCheck, faults
from tests.unit.cli.test_screen import STATUS

NOW = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
EVIL = "<script>alert(1)</script> | [x](http://x)"


def pages(status: Status) -> tuple[str, str]:
    files = run_pages(
        random_study(20, lambda p: p["x"]), AnalysisOptions(), {}, SweepOutcome(status, f"hposweep run '{EVIL}'", "out")
    )
    assert list(files) == ["report.html", "report.md"]
    page, text = (content.decode() for content in files.values())
    assert faults(page) == []
    return page, text


def anchors(page: str) -> list[str]:
    return [name for name in PageCheck(page).ids if not name.endswith(("title", "desc")) and "table" not in name]


def test_all_of_an_outcome_is_in_the_page_and_escaped() -> None:
    tiers = (TierStatus("minimum", "False", (CriterionStatus("bestValue", "False", f"best 0.2 {EVIL}"),)),)
    status = replace(
        STATUS,
        success=tiers,
        verdict="none",
        conditions=(
            Condition(c.ACCEPTED, c.TRUE, "Valid", f"the spec is valid {EVIL}", 1, NOW),
            Condition(c.HEALTHY, c.FALSE, "SlowTrials", f"slow {EVIL}", 1, NOW),
        ),
        decisions=(DecisionStatus(f"early {EVIL}", "Continue", f"because {EVIL}", NOW),),
        history=RecordStatus(5, entries=(RecordEntry(5, NOW, "Spec", f"ann {EVIL}", f"raised {EVIL}"),)),
    )
    page, text = pages(status)
    assert anchors(page)[:6] == ["summary", "verdict", "gates", "decisions", "conditions", "best"]
    assert anchors(page)[-3:] == ["history", "environment", "reproduce"]
    assert "<li>Verdict: no tier is reached.</li>" in page
    for words in (
        "best 0.2",
        "the spec is valid",
        "slow",
        "because",
        "raised",
        "2030-01-02 03:04",
        "4 earlier entries",
    ):
        assert words in page
        assert words.replace(":", r"\:") in text
    assert "<script>" not in text.replace(r"\<script\>", "").partition("```")[0]


@pytest.mark.parametrize("status", [STATUS, replace(STATUS, history=RecordStatus())], ids=["nothing", "no entries"])
def test_a_sweep_without_tiers_says_so(status: Status) -> None:
    page, text = pages(status)
    assert anchors(page)[:3] == ["summary", "verdict", "best"]
    assert "history" not in anchors(page)
    assert "No verdict: `spec.success` names no tier." in page
    assert "*Note:* No verdict" in text
