"""The linter on the examples, and its page: the checklist shows what it finds, the others have nothing in them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from hposweep.cli.validate.findings import findings
from hposweep.cluster.local.documents import read
from hposweep.judge.linter.rules import LinterRule
from tests.documents import ROOT, sweeps
from tests.packaging.test_examples import SWEEPS

PAGE = (ROOT / "docs/how-to/validate.md").read_text()
CHECKLIST = ROOT / "examples/checklist"
EXPECTED = {
    "AdaptiveSamplerComparesChoices": 1,
    "BestsAtUnequalBudget": 1,
    "DeadlineTooShort": 1,
    "DifferentDenominators": 1,
    "EliteTooSmall": 1,
    "ExpectedBeyondDeadline": 1,
    "HealthDisagreesWithSuccess": 1,
    "LabelDisagrees": 1,
    "LongerThanExpected": 1,
    "NearlyAlwaysHolds": 1,
    "ShareExpectedBySampling": 2,
    "SilentDecision": 1,
    "StopBelowBaseline": 1,
    "ThresholdsDisagree": 2,
    "TiersNotNested": 1,
    "UnknownCriterion": 2,
    "UnreachableRule": 1,
}


@pytest.mark.parametrize("path", SWEEPS, ids=str)
def test_an_example_has_no_finding(path: Path) -> None:
    assert findings(read(ROOT / path).sweep) == ()


def test_every_contradiction_of_the_checklist_is_found() -> None:
    found = findings(read(CHECKLIST / "sweep.yaml").sweep)
    assert Counter(finding.rule for finding in found) == EXPECTED
    sentences = " ".join(f"{finding.message} {finding.detail}" for finding in found)
    for numbers in (
        "run 8 trials",
        "one worker runs 2",
        "45000 s (12 h 30 min)",
        "43200 s (12 h)",
        "in [0.26, 0.3]",
        "baseline is 0.286",
        "+4.9 %",
        "0.3146",
        "0.3003",
        "0.32032",
        "best of 100",
        "best of 20",
        "0.05",
        "tolerates 10 %",
        "± 17 points",
        "75 %",
    ):
        assert numbers in sentences


def test_the_readme_of_the_checklist_names_what_is_found() -> None:
    named = set(re.findall(r"`([A-Z]\w+)`", (CHECKLIST / "README.md").read_text()))
    assert named == set(EXPECTED)


def test_the_page_has_every_rule_and_no_other() -> None:
    rows = re.findall(r"^\| (`[A-Z]\w+`(?:, `[A-Z]\w+`)*) \| (?:Error|Warning|Info) \|", PAGE, re.MULTILINE)
    named = re.findall(r"`(\w+)`", " ".join(rows))
    assert Counter(named) == Counter(set(LinterRule))


@pytest.mark.parametrize("body", sweeps().values(), ids=sweeps().keys())
def test_a_sweep_in_the_documentation_has_no_error(body: dict[str, object]) -> None:
    assert [finding for finding in findings(body) if finding.severity == "Error"] == []
