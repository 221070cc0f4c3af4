"""The report that a run writes at its end: the pages beside `status.yaml`, and a run whose report fails."""

from __future__ import annotations

from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.unit.cli.report.page_check import faults


def test_a_run_ends_with_its_report(run: Runner) -> None:
    command = run(spaced_sweep())
    assert command.wait() == 0
    page, text = ((command.out / name).read_text() for name in ("report.html", "report.md"))
    assert faults(page) == []
    assert "<li>Verdict: `minimum` is reached.</li>" in page
    assert "at least 12 trials finished: 12" in page
    assert "folder /" in page, "the storage is the database of the run, not a port of this moment"
    assert "12: 12 complete" in page
    assert "hposweep study serve --out out" in page
    assert "## History" in text
    assert "  report.html          the verdict and the analysis" in command.text()
    assert "No report was written" not in command.text()


def test_a_failing_report_changes_neither_verdict_nor_exit_code(run: Runner) -> None:
    first = run(spaced_sweep(trials=4))
    assert first.wait() == 0
    (first.out / "report.html").unlink()
    (first.out / "report.html").mkdir()  # which no file replaces
    last = run(spaced_sweep(trials=7))
    assert last.wait() == 0
    assert last.condition("Complete") == ("True", "BudgetReached")
    assert "No report was written: Is a directory. The verdict does not depend on it." in last.text()
    assert "report.html  " not in last.text()
    assert not (last.out / "report.md").exists(), "an old page would tell of other trials"
