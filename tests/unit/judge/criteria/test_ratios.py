"""`completedRatio` and `failedRatio`: only the end decides, and only with ten trials."""

from __future__ import annotations

import pytest

from hposweep.api.criteria import CompletedRatio, FailedRatio
from hposweep.model.verdicts import Outcome
from tests.unit.judge.criteria.builders import F, T, U, judged


@pytest.mark.parametrize(
    ("criterion", "counts", "ended", "outcome", "value"),
    [
        (CompletedRatio(0.9), {"complete": 80, "pruned": 10, "failed": 10}, True, T, 0.9),
        (CompletedRatio(0.9), {"complete": 79, "pruned": 10, "failed": 11}, True, F, 0.89),
        (CompletedRatio(0.9), {"complete": 100}, False, U, 1.0),
        (CompletedRatio(0.9), {"complete": 9}, True, U, 1.0),
        (CompletedRatio(0.9), {"complete": 9, "failed": 3, "uncharged": 2}, True, T, 0.9),
        (FailedRatio(0.05), {"complete": 95, "failed": 5}, True, T, 0.05),
        (FailedRatio(0.05), {"complete": 94, "failed": 6}, True, F, 0.06),
        (FailedRatio(0.05), {"complete": 20, "failed": 9}, False, U, 9 / 29),
        (FailedRatio(0.05), {"complete": 2, "failed": 7}, True, U, 7 / 9),
        (FailedRatio(0.3), {"complete": 7, "failed": 3}, True, T, 0.3),  # 0.3 is no binary number
    ],
)
def test_ratios(
    criterion: CompletedRatio | FailedRatio, counts: dict[str, int], ended: bool, outcome: Outcome, value: float
) -> None:
    found = judged(criterion, **counts, ended=ended)
    finished = sum(counts.values()) - 2 * counts.get("uncharged", 0)
    assert found.outcome == outcome
    assert found.value == pytest.approx(value)
    assert found.trials == finished
    assert f"of {finished} (" in found.message


def test_nothing_finished_is_unknown_and_a_study_that_cannot_be_read_says_so() -> None:
    for criterion in (CompletedRatio(0.9), FailedRatio(0.1)):
        assert judged(criterion, []).outcome == U
        lost = judged(criterion, None)
        assert (lost.outcome, lost.cannot_tell) == (U, True)
