"""The guide to the next sweep works as written: its study is made, its sweep is written, and that sweep is valid."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import optuna
import pytest
import yaml

from bench import next_space_truth
from bench.judge_sim.sweep import SAMPLERS
from hposweep.analysis import elite_bootstrap, next_choices, next_freeze, next_range
from hposweep.cli import main
from hposweep.cli.next.base import PLACEHOLDERS
from hposweep.judge.sample import MIN_VALUED_TRIALS
from tests.documents import ROOT

GUIDE = (ROOT / "docs/how-to/next-sweep.md").read_text()
PAGE = (ROOT / "docs/analysis.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def _words(command: str) -> tuple[list[str], str]:
    """The arguments of a command, and the file that its output goes to."""
    words, _, file = command.partition(" > ")
    program, *arguments = shlex.split(words)
    assert program == "hposweep"
    return arguments, file


def test_the_example_is_written_as_shown_and_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,), (commands, with_file), (example,) = _blocks("python"), _blocks("console"), _blocks("yaml")
    monkeypatch.chdir(tmp_path)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    exec(compile(program, "next-sweep.md", "exec"), {})  # noqa: S102  # the example of the guide
    outputs = []
    for command in commands.splitlines():
        arguments, file = _words(command)
        assert main(arguments) == 0
        outputs.append(capsys.readouterr().out)
        if file:
            Path(file).write_text(outputs[-1])
    start = outputs[0].index("  searchSpace:")
    assert outputs[0][start : outputs[0].index("  objective:")] == example
    assert main([*_words(commands.splitlines()[0])[0], "-o", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["sweep"] == yaml.safe_load(outputs[0])
    assert {edit["kind"] for edit in document["space"]["edits"]} >= {"widen", "narrow", "drop"}
    Path("digits-v4.yaml").rename("digits-v3.yaml")
    arguments, _ = _words(with_file.strip())
    assert main(arguments) == 0
    assert "the file has another range than the study" in capsys.readouterr().out.replace("\n  # ", " ")


def test_a_missing_sweep_or_study_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["next", "--storage", str(tmp_path / "no.db")]) == 2
    assert capsys.readouterr().err.startswith("hposweep next: --storage: no such file")


def test_the_numbers_of_the_guide_are_those_of_the_code() -> None:
    assert f"All rules need {MIN_VALUED_TRIALS} comparable trials" in GUIDE
    assert f"{elite_bootstrap.SAMPLES} resampled studies" in GUIDE
    assert f"at least {next_choices.MIN_CHOICE_TRIALS} trials" in GUIDE
    assert f"at least {next_freeze.MIN_FREEZE_TRIALS} trials" in GUIDE
    assert f"within ±{next_freeze.MAX_CORRELATION}" in GUIDE
    assert next_range.WIDEN_BY == 0.5
    for path in PLACEHOLDERS:
        assert path.partition("…")[0] in GUIDE


def test_the_simulation_of_the_page_has_a_row_for_each_sampler() -> None:
    header, line = list(next_space_truth.table({}))
    assert f"{header}\n{line}\n" in PAGE
    part = PAGE[PAGE.index(header) :]
    for sampler in SAMPLERS:
        assert re.search(rf"^\| {sampler} \| 0\.\d+ \(|^\| {sampler} \| 1\.000 \(", part, re.MULTILINE)
