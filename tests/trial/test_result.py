"""The result of a command objective, and one sentence for each way to get it wrong."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from hpotrial.objective.command import result
from hpotrial.objective.command.result import InvalidResultError, Result


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", Result((0.5,))),
        (" 3 \n", Result((3,))),
        ("[1, 2.5]", Result((1, 2.5))),
        ('{"value": 1}', Result((1,))),
        (
            '{"values": [1, 2], "attributes": {"a": [1]}, "constraints": {"c": -1}}',
            Result((1, 2), {"a": [1]}, {"c": -1}),
        ),
        ("-inf", Result((-math.inf,))),
        (".5", Result((0.5,))),
        (f'{{"value": -{"9" * 400}, "constraints": {{"c": {"9" * 400}}}}}', Result((-math.inf,), {}, {"c": math.inf})),
    ],
)
def test_results_in_a_file(file: Path, text: str, expected: Result) -> None:
    file.write_text(text)
    assert result.read(file, "not this") == expected
    assert result.read(file.with_name("absent"), text.strip()) == expected


def test_nan_is_a_number_that_the_study_refuses(file: Path) -> None:
    file.write_text("NaN")
    found = result.read(file, "")
    assert found is not None
    assert math.isnan(found.values[0])


def test_nothing_at_all_is_no_result(file: Path) -> None:
    assert result.read(file, "") is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"^HPO_RESULT_FILE: is empty; it must hold a number"),
        (b" \n", "is empty"),
        (b'{"value": 0.', r"^HPO_RESULT_FILE: ends in the middle of its JSON, after `\{\"value\": 0.`"),
        (b"[1, 2", "ends in the middle"),
        (b"{broken", r"`\{broken` is not JSON; it must be a number, a list"),
        (b"accuracy=1", "`accuracy=1` is not JSON"),
        (b"1" * (2**20 + 1), "is larger than 1048576 bytes"),
        (b'{"value": 1, "attributes": {"note": "half', "ends in the middle"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe1", "is not UTF-8 text"),
        (b'"0.5"', r"`0.5` is not a number"),
        (b"true", r"`true` is not a number"),
        (b"null", r"`null` is not a number"),
        (b"[1, null]", r"`null` is not a number"),
        (b"{}", "exactly one of `value` and `values`"),
        (b'{"value": 1, "values": [1]}', "exactly one of `value` and `values`"),
        (b'{"value": 1, "acc": 2}', r"has `acc`; allowed are attributes, constraints, value, values"),
        (b'{"value": 1, "attributes": [1]}', "`attributes` and `constraints` must be objects"),
        (b'{"value": 1, "constraints": {"c": "x"}}', "constraint `c` is `x`, must be a number"),
    ],
)
def test_a_wrong_file_is_one_sentence(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    with pytest.raises(InvalidResultError, match=sentence) as caught:
        result.read(file, "0.5")
    assert "\n" not in str(caught.value)


def test_a_wrong_last_line_names_both_places(file: Path) -> None:
    with pytest.raises(
        InvalidResultError, match=r"^the last line of its output: `done` is not JSON; .*FILE was not written$"
    ):
        result.read(file, "done")


def test_a_pipe_is_not_waited_for(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(InvalidResultError, match="is not a regular file"):
        result.read(file, "")
