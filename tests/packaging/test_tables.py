"""The guide to trouble names every reason of every condition, and no other."""

from __future__ import annotations

import inspect
import re

import pytest

from hposweep.api import conditions
from hposweep.report.workers import TROUBLES
from tests.packaging.checkout import ROOT

HOW_TO = ROOT / "docs" / "how-to"
TYPES = {
    conditions.ACCEPTED,
    conditions.STORAGE_READY,
    conditions.PREFLIGHT_PASSED,
    conditions.BASELINE_PASSED,
    conditions.APPROVED,
    conditions.WORKERS_READY,
    conditions.HEALTHY,
    conditions.ON_TRACK,
    conditions.ANALYZED,
    conditions.SUSPENDED,
    conditions.CHAMPIONS_VALIDATED,
    conditions.NOTIFIED,
    conditions.ENDED,
    conditions.COMPLETE,
    conditions.FAILED,
    "<Tier>Success",
}
ENDS = {conditions.COMPLETE, conditions.FAILED}  # reasons of `Ended`
REASON = re.compile(r'^[A-Z_]+ = "(\w+)"', re.MULTILINE)


def _words(cell: str) -> list[str]:
    return re.findall(r"`([\w<>]+)`", cell)


def trouble() -> set[tuple[str, str]]:
    """Return the pairs of condition and reason that the guide to trouble lists."""
    rows = re.findall(r"^\| `([\w<>]+)` \| ([^|]+) \|", (HOW_TO / "trouble.md").read_text(), re.MULTILINE)
    return {(condition, reason) for condition, reasons in rows for reason in _words(reasons)}


def test_the_guide_to_trouble_names_every_trouble_of_a_preflight_pod() -> None:
    named = {reason for condition, reason in trouble() if condition == conditions.PREFLIGHT_PASSED}
    assert {*TROUBLES, conditions.PULLING_IMAGE, conditions.SCALING_UP} <= named


def reasons_by_section() -> dict[str, set[str]]:
    """Return the reasons of `api.conditions` by the comment above them, which names their conditions."""
    sections = re.split(r"^# ", inspect.getsource(conditions), flags=re.MULTILINE)[1:]
    return {section.partition("\n")[0]: set(REASON.findall(section)) for section in sections}


def test_the_guide_to_trouble_names_nothing_that_does_not_exist() -> None:
    known = set.union(*reasons_by_section().values()) | {conditions.SUSPENDED, conditions.HEALTHY, *ENDS}
    assert {condition for condition, _ in trouble()} == TYPES
    assert {reason for _, reason in trouble()} <= known


@pytest.mark.parametrize("section", reasons_by_section())
def test_the_guide_to_trouble_names_every_reason_under_its_condition(section: str) -> None:
    allowed = {"tiers": {"<Tier>Success"}, "several": TYPES}.get(section, set(section.split(", ")))
    assert allowed <= TYPES, "the comment names the conditions"
    reasons = {reason for condition, reason in trouble() if condition in allowed}
    assert reasons_by_section()[section] - reasons == set()


def test_no_reason_is_without_a_section() -> None:
    values = {value for name, value in vars(conditions).items() if name.isupper() and isinstance(value, str)}
    statuses = {conditions.TRUE, conditions.FALSE, conditions.UNKNOWN}
    assert set.union(*reasons_by_section().values()) == values - TYPES - statuses
