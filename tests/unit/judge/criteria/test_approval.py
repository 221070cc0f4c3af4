"""A question that a person answers: Unknown until then, and the last answer counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.api.criteria import Approval, SingleCriterion
from hposweep.api.decisions import Answer
from hposweep.judge.criteria.criterion import verdict
from hposweep.model.verdicts import CriterionVerdict
from tests.unit import world
from tests.unit.judge.deciding import evidence
from tests.unit.judge.histories import of_values

QUESTION = "ready for production?"


def decide(*answers: Answer, ended: bool = True) -> CriterionVerdict:
    of = world.sweep()
    base = replace(evidence(of, of_values([0.1] * 5)), answers=answers)
    return verdict(SingleCriterion(approval=Approval(QUESTION)), base.ended() if ended else base)


def test_it_is_unknown_and_says_how_to_answer() -> None:
    result = decide()
    assert result.outcome == "Unknown"
    assert not result.cannot_tell, "no source has failed"
    assert result.message.startswith(f"`{QUESTION}`: answer it in `spec.answers`")
    assert "a person answers at the end" in decide(ended=False).message


@pytest.mark.parametrize(("word", "outcome"), [("Approve", "True"), ("Reject", "False")])
def test_the_answer_decides_and_names_its_author(word: str, outcome: str) -> None:
    result = decide(Answer(word, question=QUESTION, by="ada", reason="it holds"))
    assert result.outcome == outcome
    assert result.message == f"`{QUESTION}`: ada answered {word}: it holds"


def test_of_several_answers_the_last_one_counts_and_other_questions_do_not() -> None:
    first, last = Answer("Reject", question=QUESTION), Answer("Approve", question=QUESTION)
    other = Answer("Reject", question="anything else?")
    assert decide(first, last, other, Answer("Stop", decision="mid")).outcome == "True"
