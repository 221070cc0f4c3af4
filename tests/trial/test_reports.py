"""Steps from a file that grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpotrial.objective.command.reports import Reports
from hpotrial.objective.command.result import InvalidResultError


def read(steps: Reports, is_last: bool = False) -> list[tuple[int, float]]:
    return list(steps.read(is_last=is_last))


def test_steps_are_read_once_and_as_they_come(tmp_path: Path) -> None:
    file = tmp_path / "report.jsonl"
    steps = Reports(file)
    assert read(steps) == []
    file.write_text('{"step": 0, "value": 1}\n{"step": 1, "val')
    assert read(steps) == [(0, 1.0)]
    with file.open("a") as stream:
        stream.write('ue": 2}\n\n{"step": 2, "value": 3, "epoch": 7}')
    assert read(steps) == [(1, 2.0)]
    assert read(steps, is_last=True) == [(2, 3.0)]
    assert read(steps, is_last=True) == []


def test_a_file_that_begins_anew_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "report.jsonl"
    steps = Reports(file)
    file.write_text('{"step": 0, "value": 1}\n{"step": 1, "value": 1}\n')
    assert len(read(steps)) == 2
    file.write_text('{"step": 9, "value": 4}\n')
    assert read(steps) == [(9, 4.0)]


def test_many_steps_at_once(tmp_path: Path) -> None:
    file = tmp_path / "report.jsonl"
    file.write_text("".join(f'{{"step": {step}, "value": 0.5}}\n' for step in range(20_000)))
    assert [step for step, _ in read(Reports(file))] == list(range(20_000))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"step": 0, "value": 1}\nloss=3\n', r"^HPO_REPORT_FILE, line 2: is `loss=3`, must have the form `\{\"step\""),
        ('{"step": 0}\n', "line 1"),
        ("[0, 1]\n", "line 1"),
        ('{"step": "0", "value": 1}\n', "line 1"),
        ('{"step": 0.5, "value": 1}\n', "line 1"),
        ('{"step": 0, "value": "1"}\n', "line 1"),
        ('{"step": 0, "value": true}\n', "line 1"),
        ("x" * 70_000, "line 1: is longer than 65536 bytes"),
    ],
)
def test_a_wrong_line_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "report.jsonl"
    file.write_text(text)
    with pytest.raises(InvalidResultError, match=sentence):
        read(Reports(file))
