"""Tables that repeat a list of the code name all of it: reasons, health rules, failure classes."""

from __future__ import annotations

import inspect
import re

import pytest

from hposweep.api import conditions
from hposweep.judge.health import findings
from hposweep.judge.health.causes import remedy
from hpotrial import protocol
from tests.packaging.checkout import ROOT
from tests.unit.judge.health.builders import RULE_REASONS, failed

HOW_TO = ROOT / "docs" / "how-to"
TYPES = {
    conditions.ACCEPTED,
    conditions.STORAGE_READY,
    conditions.WORKERS_READY,
    conditions.HEALTHY,
    conditions.ON_TRACK,
    conditions.SUSPENDED,
    conditions.COMPLETE,
    conditions.FAILED,
    "<Tier>Success",
}
REASON = re.compile(r'^[A-Z_]+ = "(\w+)"', re.MULTILINE)


def first_column(page: str, heading: str) -> list[str]:
    """Return the words in backticks in the first column of the table with this header row."""
    table = (HOW_TO / page).read_text().partition(heading)[2].partition("\n\n")[0]
    return [word for line in table.splitlines() if line.startswith("| `") for word in _words(line.split("|")[1])]


def _words(cell: str) -> list[str]:
    return re.findall(r"`([\w<>]+)`", cell)


def trouble() -> set[tuple[str, str]]:
    """Return the pairs of condition and reason that the guide to trouble lists."""
    rows = re.findall(r"^\| `([\w<>]+)` \| ([^|]+) \|", (HOW_TO / "trouble.md").read_text(), re.MULTILINE)
    return {(condition, reason) for condition, reasons in rows for reason in _words(reasons)}


def reasons_by_section() -> dict[str, set[str]]:
    """Return the reasons of `api.conditions` by the comment above them, which names their conditions."""
    sections = re.split(r"^# ", inspect.getsource(conditions), flags=re.MULTILINE)[1:]
    return {section.partition("\n")[0]: set(REASON.findall(section)) for section in sections}


def test_the_guide_to_trouble_names_nothing_that_does_not_exist() -> None:
    known = set.union(*reasons_by_section().values()) | {conditions.SUSPENDED, conditions.HEALTHY}
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


def test_every_health_rule_is_called_and_explained() -> None:
    modules = {getattr(value, "__module__", "").rpartition(".")[2] for value in vars(findings).values()}
    assert len(RULE_REASONS) >= 9
    assert set(RULE_REASONS) - modules == set()
    assert set(RULE_REASONS.values()) - set(first_column("health.md", "| finding |")) == set()


@pytest.mark.parametrize("failure_class", protocol.FAILURE_CLASSES)
def test_every_failure_class_has_a_remedy(failure_class: str) -> None:
    """`Terminated` needs none: the user ended the trial, and it is not charged."""
    has_remedy = remedy([failed(0, failure_class)]) != remedy([failed(0, "NoSuchClass")])
    assert has_remedy is (failure_class != protocol.TERMINATED)


def test_the_page_on_failures_has_every_class() -> None:
    assert first_column("failures.md", "| class |") == list(protocol.FAILURE_CLASSES)


def test_the_page_on_objectives_has_every_class_that_an_objective_can_cause() -> None:
    from_outside = {*protocol.INFRASTRUCTURE_CLASSES, protocol.TERMINATED}
    expected = [name for name in protocol.FAILURE_CLASSES if name not in from_outside]
    assert first_column("objective.md", "| class |") == expected
