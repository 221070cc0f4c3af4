"""The guide to reports works as written: its command writes the files, and a best trial runs again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import optuna
import pytest

from hposweep.analysis import points
from hposweep.cli import main
from hposweep.cli.report import builder, plots
from hposweep.cli.run import live_report, report_pages
from tests.documents import ROOT

GUIDE = (ROOT / "docs/how-to/report.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.timeout(180)
def test_the_example_is_made_reported_and_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (study, again), (command, with_reference) = _blocks("python"), _blocks("console")
    monkeypatch.chdir(tmp_path)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    names: dict[str, Any] = {}
    exec(compile(study, "report.md", "exec"), names)  # noqa: S102  # the example of the guide
    assert main(shlex.split(command)[1:]) == 0
    assert main(shlex.split(with_reference)[1:]) == 0
    assert "| digits |" in Path("quick-reference.md").read_text()
    listed = re.findall(r"^\| `([\w.]+)` \|", GUIDE, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in Path("digits-report").iterdir())
    page = Path("digits-report/report.html").read_text()
    assert "Important beyond chance: dropout, encoder." in page
    assert "Widen the range: the best trials are at a bound of dropout." in page
    exec(compile(again, "report.md", "exec"), names)  # noqa: S102  # the same
    assert names["again"].best_value == pytest.approx(names["study"].best_value)


def test_the_numbers_of_the_guide_are_those_of_the_code() -> None:
    assert f"the {plots.MAX_BARS} most important parameters" in GUIDE
    assert f"the {builder.MAX_PLOTTED_PARAMETERS} most important parameters" in GUIDE
    assert f"the first {builder.MAX_PLOTTED_OBJECTIVES} objectives" in GUIDE
    assert f"at most {points.MAX_POINTS:,} trials" in GUIDE
    assert f"beyond {report_pages.MAX_TRIALS:,} trials, or {report_pages.MAX_PARAMETERS} parameters" in GUIDE
    assert f"beyond {live_report.MAX_TRIALS:,} trials only at the end" in GUIDE
    assert f"at most every {live_report.REFRESH_SECONDS:.0f}\nseconds" in GUIDE
    assert all(f"`{name}`" in GUIDE.partition("## The report of a run")[2] for name in report_pages.PAGES)
