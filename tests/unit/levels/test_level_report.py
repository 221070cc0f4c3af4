"""The table at the end of `make test` counts each test once, at its level, and hides no failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import level_report
from tests.level_report import Record
from tests.stages import STAGES, Run

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_a" name="test_quick" time="0.1" />
<testcase classname="tests.e2e.test_b" name="test_slow[x.y]@gpus" time="30.5" />
<testcase classname="tests.e2e.test_b" name="test_bad" time="2"><failure>no</failure></testcase>
<testcase classname="tests.e2e.test_b.TestIt" name="test_left" time="0"><skipped /></testcase>
<testcase classname="" name="tests.unit.test_c" time="0"><error>cannot be imported</error></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def run(report: Path, status: int = 1) -> Run:
    return Run(STAGES[0], seconds=40.0, status=status, report=report)


def test_each_test_has_its_level_and_its_outcome(report: Path) -> None:
    records = list(level_report.read(report))
    assert [(record.level, record.outcome) for record in records] == [
        ("unit", "passed"), ("e2e", "passed"), ("e2e", "failed"), ("e2e", "skipped"), ("unit", "failed"),
    ]  # fmt: skip
    assert records[1] == Record("e2e", "tests/e2e/test_b::test_slow[x.y]", 30.5, "passed")


def test_a_failed_test_fails_the_run_and_the_last_line_counts_all(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not level_report.show([run(report)], ("unit", "e2e"), seconds=90)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "2 passed, 2 failed, 1 skipped"
    assert "    30.5 s  tests/e2e/test_b::test_slow[x.y]" in lines
    assert any(line.split() == ["e2e", "1", "1", "1", "32"] for line in lines)


def test_a_stage_that_ends_without_a_report_is_one_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not level_report.show([run(tmp_path / "absent.xml", status=3)], ("unit",), seconds=1)
    said = capsys.readouterr().out
    assert "pytest ended with 3" in said
    assert "unit         did not run" in said
    assert said.endswith("\n0 passed, 1 failed, 0 skipped\n")


def test_an_error_of_pytest_itself_is_one_failure_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testcase classname="pytest" name="internal"><error>no file</error></testcase></testsuites>'
    )
    assert not level_report.show([run(report, status=3)], ("unit",), seconds=1)
    output = capsys.readouterr().out
    assert "pytest itself failed" in output
    assert output.endswith("\n0 passed, 1 failed, 0 skipped\n")


def test_a_level_without_a_passed_test_fails_the_run(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text('<testsuite><testcase classname="tests.unit.a" name="b" time="1" /></testsuite>')
    assert level_report.show([run(path, status=0)], ("unit",), seconds=1)
    assert not level_report.show([run(path, status=0)], ("unit", "trial"), seconds=1)


def test_a_step_without_tests_that_failed_is_named_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert not level_report.show_steps({"make lint": False, "the cluster and its images": True})
    assert capsys.readouterr().out == "failed: make lint; its output is above\n"
    assert level_report.show_steps({"make lint": True})
