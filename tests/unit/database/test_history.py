"""The memory that the trials of a study take is estimated before they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hposweep.database import history
from hposweep.database.errors import StorageError
from hposweep.database.history import HistoryReader
from hposweep.model.trials import Counts

TRIALS, LIMIT_BYTES = 80, 500_000
LARGE = LIMIT_BYTES // TRIALS // 3  # of a definition: a trial is small, and all definitions are beyond the limit


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_STUDY_BYTES", LIMIT_BYTES)


def definition(number: int) -> str:
    choices = [f"{number}{'x' * LARGE}", "b"]
    return json.dumps({"name": "CategoricalDistribution", "attributes": {"choices": choices}})


def reader(definitions: Sequence[str]) -> HistoryReader:
    """Return a reader of a study with one trial for each definition."""
    page = [
        (number, "COMPLETE", [["p", "1.0", text]], [["0.5", "FINITE"]], 1.0, {}, None, True, False, len(definitions))
        for number, text in enumerate(definitions)
    ]

    def rows(statement: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        return [row for row in page if row[0] >= parameters["below"]]

    return HistoryReader(rows)


def test_definitions_that_differ_count_against_the_memory_of_a_study() -> None:
    with pytest.raises(StorageError) as caught:
        reader([definition(number) for number in range(TRIALS)]).read(7, Counts(complete=TRIALS))
    assert caught.value.reason == "StudyUnreadable"
    assert "definitions" in caught.value.message


def test_a_definition_that_trials_share_counts_once() -> None:
    trials = reader([definition(0)] * TRIALS).read(7, Counts(complete=TRIALS)).trials
    assert [trial.params for trial in trials] == [{"p": "b"}] * TRIALS
