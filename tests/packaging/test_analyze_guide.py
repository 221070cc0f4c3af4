"""The guide to the analysis works as written: its study is made, and its commands analyze it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import optuna
import pytest

from bench import analysis_truth
from bench.judge_sim.sweep import SAMPLERS
from hposweep.analysis import convergence, elite, importances
from hposweep.cli import main
from hposweep.database.study_reader import MAX_TRIALS
from tests.documents import ROOT

GUIDE = (ROOT / "docs/how-to/analyze.md").read_text()
PAGE = (ROOT / "docs/analysis.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_example_is_made_and_analyzed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,), (commands, best, comparisons) = _blocks("python"), _blocks("console")
    monkeypatch.chdir(tmp_path)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    exec(compile(program, "analyze.md", "exec"), {})  # noqa: S102  # the example of the guide
    outputs = []
    for command in commands.splitlines():
        program_name, *arguments = shlex.split(command)
        assert program_name == "hposweep"
        assert main(arguments) == 0
        outputs.append(capsys.readouterr().out)
    for command in best.splitlines()[:2]:  # the third reads the files of a run
        assert main(shlex.split(command)[1:]) == 0
    text_of_best, _, document_of_best = capsys.readouterr().out.partition("\n{\n")
    assert text_of_best.startswith("Best 5 trials of 60")
    assert len(json.loads(f"{{{document_of_best}")["trials"]) == 1
    Path("digits.db").rename("v2.db")
    shutil.copyfile("v2.db", "v3.db")
    assert main(shlex.split(comparisons.splitlines()[-1])[1:]) == 0
    assert "All studies searched the same space" in capsys.readouterr().out
    text, page, document = outputs[0], outputs[1], json.loads(outputs[2])
    titles = [line for line in text.splitlines() if line and not line.startswith(" ")]
    for section in (
        "Study",
        "Best",
        "Importance",
        "Direction",
        "Best of each choice",
        "Interactions",
        "Elite",
        "Course",
        "Failures",
    ):
        assert any(title.startswith(section) for title in titles), section
    assert "only with encoder = cnn" in text
    assert "at its bound: widen it" in text
    assert page.startswith("# Study digits")
    assert document["summary"]["counts"]["complete"] == 60


def test_the_numbers_of_the_pages_are_those_of_the_code() -> None:
    for text in (GUIDE, PAGE):
        assert f"{importances.SEEDS} seeds" in text
        assert f"{importances.MIN_RELIABLE_TRIALS} comparable trials" in text
        assert f"{importances.MAX_CELLS:,} cells" in text
    assert f"{MAX_TRIALS:,} trials" in GUIDE
    assert f"{importances.EXCHANGES} exchanges" in PAGE
    assert elite.SHARE == 0.1
    assert f"number of trials at random than {convergence.DEFAULT_RANDOM_TRIALS}" in GUIDE


def test_the_simulation_of_the_page_has_a_row_for_each_question_and_parameter() -> None:
    rows = re.findall(rf"^\| ({'|'.join(analysis_truth.QUESTIONS)}) \| ([\w ]+) \|", PAGE, re.MULTILINE)
    assert len(rows) == len(set(rows)) == 7 * len(analysis_truth.QUESTIONS) - 1, "choices have no bounds"
    assert f"| {' | '.join(SAMPLERS)} |" in PAGE
