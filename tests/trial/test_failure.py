"""From the end of a process to what the study is told."""

from __future__ import annotations

import math
from typing import Any

import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState

from hpotrial.failure import judge
from hpotrial.messages import Died, End, Pruned, Raised, Returned, ReturnedNonsense

MINIMIZE, MAXIMIZE = StudyDirection.MINIMIZE, StudyDirection.MAXIMIZE


def test_numbers_complete_a_trial() -> None:
    assert judge(Returned((1.0, 2.0)), [MINIMIZE, MAXIMIZE]).values == (1.0, 2.0)


def test_infinitely_bad_is_a_value_as_in_optuna() -> None:
    assert judge(Returned((math.inf,)), [MINIMIZE]).state == TrialState.COMPLETE
    assert judge(Returned((-math.inf,)), [MAXIMIZE]).state == TrialState.COMPLETE


def test_pruned_has_no_class() -> None:
    assert judge(Pruned(), [MINIMIZE]).failure_class == ""


@pytest.mark.parametrize(
    ("end", "failure_class", "sentence"),
    [
        (Returned((math.nan,)), "NotFinite", "the objective returned NaN"),
        (Returned((-math.inf,)), "NotFinite", "the objective returned -inf, which no other trial could beat"),
        (Returned((1.0, 2.0)), "ObjectiveError", "the objective returned 2 values, the study has 1"),
        (Returned(()), "ObjectiveError", "the objective returned 0 values, the study has 1"),
        (ReturnedNonsense("the objective returned None"), "ObjectiveError", "the objective returned None"),
        (Raised("ValueError", "empty", ""), "ObjectiveError", "ValueError: empty"),
        (Died(-9), "Crashed", "the process was killed by SIGKILL"),
        (Died(-99), "Crashed", "the process was killed by signal 99"),
        (Died(3), "Crashed", "the process ended with exit code 3 and without a result"),
    ],
)
def test_every_other_end_has_a_class_and_a_sentence(end: End, failure_class: str, sentence: str) -> None:
    verdict = judge(end, [MINIMIZE])
    assert (verdict.state, verdict.values) == (TrialState.FAIL, None)
    assert (verdict.failure_class, verdict.error) == (failure_class, sentence)


def test_sentences_are_bounded() -> None:
    end: Any = Raised("ValueError", "x" * 10_000, "")
    assert len(judge(end, [MINIMIZE]).error) == 2000
