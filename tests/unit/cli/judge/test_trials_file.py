"""Trials of a file of JSON lines: what is read, and what each line that cannot be read is told."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.cli.judge.trials_file import MAX_FAULTS, read_trials
from hposweep.cli.run.errors import RefusedInputError
from hposweep.model.history import History

ONE = (StudyObjectiveSpec("acc", "Maximize"),)
TWO = (StudyObjectiveSpec("acc", "Maximize"), StudyObjectiveSpec("ms", "Minimize"))


def row(number: int = 0, state: str = "COMPLETE", **more: Any) -> dict[str, Any]:
    whole = {"number": number, "state": state, "params": {"x": 1.0}, "values": [0.5], "seconds": 1.5, "attributes": {}}
    return whole | more


def read(folder: Path, *rows: Any, goals: tuple[StudyObjectiveSpec, ...] = ONE) -> History:
    file = folder / "trials.jsonl"
    file.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in rows))
    return read_trials(str(file), goals)


def faults(folder: Path, *rows: Any, goals: tuple[StudyObjectiveSpec, ...] = ONE) -> list[str]:
    with pytest.raises(RefusedInputError) as caught:
        read(folder, *rows, goals=goals)
    return [fault.removeprefix(f"{folder}/trials.jsonl") for fault in caught.value.faults]


def test_a_line_is_a_trial_and_a_blank_line_is_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, row(1), "", "  \r", row(0, "PRUNED", values=None), "")
    assert [(trial.number, trial.state, trial.values) for trial in found.trials] == [
        (0, "PRUNED", ()),
        (1, "COMPLETE", (0.5,)),
    ]
    assert found.trials[1].seconds == 1.5
    assert found.trials[1].params == {"x": 1.0}


def test_only_number_state_and_the_values_of_a_complete_trial_are_needed(tmp_path: Path) -> None:
    (trial,) = read(tmp_path, {"number": 3, "state": "FAIL", "note": "kept by somebody"}).trials
    assert (trial.params, trial.seconds, trial.attributes, trial.is_feasible, trial.completed) == (
        {},
        None,
        {},
        True,
        None,
    )


def test_an_empty_file_has_no_trials(tmp_path: Path) -> None:
    assert read(tmp_path).trials == ()


def test_the_standard_input_is_a_file_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(row())))
    assert len(read_trials("-", ONE).trials) == 1


@pytest.mark.parametrize(
    ("values", "goals", "expected"),
    [
        ([0.5], ONE, (0.5,)),
        (0.5, ONE, (0.5,)),
        ({"acc": 0.5, "more": 1}, ONE, (0.5,)),
        ([0.5, 7], TWO, (0.5, 7.0)),
        ({"ms": 7, "acc": 0.5}, TWO, (0.5, 7.0)),
        (["inf"], ONE, (math.inf,)),
        (["-inf", 1], TWO, (-math.inf, 1.0)),
    ],
)
def test_values_in_any_of_three_shapes(
    tmp_path: Path, values: Any, goals: tuple[StudyObjectiveSpec, ...], expected: Any
) -> None:
    (trial,) = read(tmp_path, row(values=values), goals=goals).trials
    assert trial.values == expected


def test_optional_keys_say_when_it_ended_and_whether_a_constraint_is_broken(tmp_path: Path) -> None:
    (trial,) = read(tmp_path, row(completed="2026-01-31T12:00:00.5Z", feasible=False)).trials
    assert trial.completed is not None
    assert trial.completed.isoformat() == "2026-01-31T12:00:00.500000+00:00"
    assert not trial.is_feasible


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", ", line 1: not JSON: Expecting property name"),
        ("9" * 5000, ", line 1: JSON with a number or a nesting that is too long"),
        ("[1]", ", line 1: must be a JSON object"),
        ({"state": "FAIL"}, ", line 1: `number` is missing; it must be a whole number"),
        (row(-1), ", line 1: `number` must be a whole number of at least 0 (got -1)"),
        (row(True), ", line 1: `number` must be a whole number of at least 0 (got true)"),  # the value that is refused
        (row(1.0), ", line 1: `number` must be a whole number of at least 0 (got 1.0)"),  # type: ignore[arg-type]  # what is refused
        (row(state="DONE"), ', line 1: `state` must be one of COMPLETE, PRUNED, FAIL, RUNNING, WAITING (got "DONE")'),
        (row(params=[1]), ", line 1: `params` must be an object: a value for each parameter (got [1])"),
        (row(values=None), ", line 1: `values` is missing; a COMPLETE trial needs one for each of `acc`"),
        (row(values=[1, 2]), ", line 1: `values` has 2; a COMPLETE trial needs one for each of `acc`"),
        (row(values={"loss": 1}), ", line 1: `values` has no value for `acc`; a COMPLETE trial needs"),
        (
            row(values=[None]),
            ', line 1: each of `values` must be a number, "Infinity", "-Infinity" or "NaN" (got null)',
        ),
        (
            row(values=[True]),
            ', line 1: each of `values` must be a number, "Infinity", "-Infinity" or "NaN" (got true)',
        ),
        (
            row(values=["high"]),
            ', line 1: each of `values` must be a number, "Infinity", "-Infinity" or "NaN" (got "high")',
        ),
        (row(seconds=-1), ", line 1: `seconds` must be a number of at least 0, or null (got -1)"),
        (row(attributes="x"), ', line 1: `attributes` must be an object (got "x")'),
        (row(completed="noon"), ", line 1: `completed` must be a time like"),
        (row(feasible=1), ", line 1: `feasible` must be true or false (got 1)"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path: Path, line: Any, words: str) -> None:
    (fault,) = faults(tmp_path, line)
    assert fault.startswith(words)


def test_a_number_stands_there_once(tmp_path: Path) -> None:
    assert faults(tmp_path, row(4), row(5), row(4)) == [
        ", line 3: `number` 4 exists already; each trial needs its own number"
    ]


def test_every_bad_line_is_named_but_not_ten_thousand_of_them(tmp_path: Path) -> None:
    assert [fault.partition(":")[0] for fault in faults(tmp_path, "x", row(), "y")] == [", line 1", ", line 3"]
    many = faults(tmp_path, *["x"] * 1000)
    assert len(many) == MAX_FAULTS + 1
    assert many[-1] == ": 980 more lines cannot be used"


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(RefusedInputError, match="cannot be read: No such file"):
        read_trials(str(tmp_path / "no.jsonl"), ONE)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefusedInputError, match="is not text in UTF-8"):
        read_trials(str(tmp_path / "binary"), ONE)
