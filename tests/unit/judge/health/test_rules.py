"""The registry of health rules: one module per reason, each documented, each with what it needs."""

from __future__ import annotations

import re

import pytest

from hposweep.judge.health import rules
from hposweep.judge.health.rule import HealthRule
from hposweep.judge.health.rules import RULES
from hposweep.model.findings import Severity
from tests.documents import ROOT

PAGE = (ROOT / "docs/how-to/health.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)`([^|]*)\|", PAGE, re.MULTILINE))
NOT_OF_TRIALS = {
    "DiskLow",
    "StorageSlow",
    "StorageLost",
    "StatusRefused",
    "InternalError",
    "StudyRewound",
    "JudgementTooLong",
}  # of `report.health`


def test_every_reason_has_one_rule() -> None:
    assert len({rule.reason for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_a_module_is_named_by_its_reason(rule: HealthRule) -> None:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", rule.reason).lower()
    assert getattr(rules, name).RULE is rule


def test_the_documentation_has_one_row_for_each_rule_and_no_other() -> None:
    assert set(ROWS) - NOT_OF_TRIALS == {rule.reason for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_the_documentation_marks_errors(rule: HealthRule) -> None:
    assert ("(Error)" in ROWS[rule.reason]) is (rule.severity is Severity.ERROR)
