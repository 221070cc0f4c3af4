"""`make checklist`: its page is read as data, and a line is found only where the run has all that it names."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from demo.checklist.evidence import Evidence
from demo.checklist.look_up import absent_references, look_up
from demo.checklist.page import Line, PageError, Reference, read_page
from demo.checklist.table import rows, show, summary

PAGE = """
## First

| # | line | state | by | note |
|---|---|---|---|---|
| 1 | It is valid | yes | `condition Accepted=Valid`, `verb hposweep validate` |  |
| 2 | It ends | part | `condition Ended` | slowly |

## Second

| 3 | A report | not yet: analysis | `status status.report` |  |
"""
SCRAPE = """
# TYPE hposweep_trials gauge
hposweep_trials{namespace="a",hposweep="x",state="complete"} 3.0
hposweep_trials{namespace="a",hposweep="y",state="complete"} 9.0
hposweep_trial_duration_seconds_bucket{namespace="a",hposweep="x",le="1.0"} 2.0
hposweep_trial_duration_seconds_count{namespace="a",hposweep="x"} 4.0
hposweep_operator_database_up{database="1f"} 1.0
"""


def condition(kind: str, status: str, reason: str) -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": f"{kind} is\n{status}"}


@pytest.fixture
def evidence() -> Evidence:
    first = {
        "conditions": [condition("Accepted", "True", "Valid"), condition("Approved", "False", "Waiting")],
        "workers": {"running": 4},
        "preflight": [{"check": "path", "outcome": "Passed", "name": "/data", "value": "20 files"}],
        "history": {"entries": [{"number": 1, "kind": "Created", "actor": "kubectl", "message": "10 trials"}]},
    }
    second = {
        "conditions": [condition("Accepted", "True", "ValidWithWarnings"), condition("Approved", "True", "Granted")],
        "workers": {"running": 0},
        "success": [{"tier": "best", "criteria": [{"criterion": "anyOf", "outcome": "True", "message": "one of"}]}],
        "history": {"entries": [{"number": 9, "kind": "End", "actor": "operator", "message": "ended"}]},
    }
    spec = {"stop": "None", "success": {"best": [{"bestValue": {"lessThan": 2}}]}, "approval": {"required": True}}
    evidence = Evidence("a", "x", outputs={"hposweep validate": "valid, no findings"})
    evidence.add_body({"spec": spec, "status": first})
    evidence.add_body({"spec": spec, "status": second})
    evidence.add_scrape(SCRAPE)
    return evidence


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("field spec.stop", "None"),
        ("field spec.approval.required", "true"),
        ("field spec.success.<name>[].bestValue.lessThan", "2"),
        ("field spec.success.<name>[].bestValue.greaterThan", None),
        ("status status.workers.running", "0, and 4 at most"),
        ("status status.best.value", None),
        ("condition Accepted", "True (ValidWithWarnings) Accepted is True"),
        ("condition Accepted=Valid", "True (Valid) Accepted is True"),
        ("condition Approved/Revoked", "True (Granted) Approved is True"),
        ("condition Approved=Revoked", None),
        ("check path", "Passed: /data 20 files"),
        ("check gpu", None),
        ("check path:/data", "Passed: /data 20 files"),
        ("check path:/other", None),
        ("criterion best.anyOf", "True: one of"),
        ("criterion best.anyOf:two of", None),
        ("criterion worst.anyOf", None),
        ("history Created", "kubectl: 10 trials"),
        ("history Stop", None),
        ("metric hposweep_trials", "3.0 (state=complete)"),
        ("metric hposweep_trial_duration_seconds", "4.0"),
        ("metric hposweep_operator_database_up", "1.0"),
        ("metric hposweep_cost", None),
        ("alert HPOSweepFailed", "in the repository"),
        ("alert HPOSweepTired", None),
        ("file README.md", "in the repository"),
        ("file NOTHING.md", None),
        ("verb hposweep validate", "valid, no findings"),
        ("verb hposweep judge", "not run here"),
    ],
)
def test_a_reference_has_the_value_of_the_run(reference: str, value: str | None, evidence: Evidence) -> None:
    assert look_up(Reference(*reference.split(" ", 1)), evidence) == value


def test_the_page_is_read_as_lines() -> None:
    lines = read_page(PAGE)
    assert [(line.number, line.section, line.state, line.reason) for line in lines] == [
        (1, "First", "yes", ""),
        (2, "First", "part", ""),
        (3, "Second", "not yet", "analysis"),
    ]
    assert lines[0].references == (Reference("condition", "Accepted=Valid"), Reference("verb", "hposweep validate"))
    assert lines[1].note == "slowly"


@pytest.mark.parametrize(
    "row",
    ["| 1 | a | perhaps | `field spec` |  |", "| 1 | a | yes | `fields spec` |  |", "| 1 | a | yes | `spec` |  |"],
)
def test_a_row_that_says_something_else_is_named(row: str) -> None:
    with pytest.raises(PageError, match="line 1: "):
        read_page(row)


def test_a_line_is_not_there_if_one_of_its_references_is_not(evidence: Evidence) -> None:
    valid, ends, _ = read_page(PAGE)
    assert absent_references(valid, evidence) == ()
    assert absent_references(ends, evidence) == (Reference("condition", "Ended"),)


def test_the_table_has_each_line_and_counts_those_that_were_not_looked_for(evidence: Evidence) -> None:
    lines = read_page(PAGE)
    values = [row[-1] for row in rows(lines, evidence)]
    assert values == ["True (Valid) Accepted is True", "NOT FOUND: condition Ended", "analysis"]
    assert summary(lines, evidence).startswith("1 of 2 lines were found in this run")
    assert "1 not yet" in summary(lines, evidence)
    output = io.StringIO()
    show(lines, evidence, Console(file=output, width=160))
    assert [word for word in ("First", "Second", "A report", "1 of 2 lines") if word not in output.getvalue()] == []


def test_a_sweep_that_is_read_again_unchanged_is_kept_once() -> None:
    evidence = Evidence("a", "x")
    for _ in range(2):
        evidence.add_body({"status": {"state": "Running"}})
    assert len(evidence.bodies) == 1


def test_a_line_that_the_example_cannot_show_is_not_looked_for() -> None:
    line = Line(1, "s", "a GPU", "not here", "a GPU", (Reference("check", "gpu"),), "")
    assert not line.is_shown
    assert [row[-1] for row in rows([line], Evidence("a", "x"))] == ["a GPU"]
