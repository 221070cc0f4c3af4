"""Lines that a person types: what each means at each kind of question, and what has no meaning."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from hposweep.api.conditions import Condition
from hposweep.api.decisions import Answer
from hposweep.api.status import DecisionStatus
from hposweep.cli.run.question import (
    ApprovalQuestion,
    CriterionQuestion,
    DecisionQuestion,
    Question,
    Questions,
    open_question,
)
from tests.unit.cli.test_screen import STATUS

NOW = datetime(2030, 1, 1, tzinfo=UTC)
WAITING = Condition("Approved", "False", "Waiting", "a person must approve\n  grant: type y", 1, NOW)
ASKS = DecisionStatus("mid", "Ask", "?", NOW, deadline=NOW)


@dataclass
class Recorder:
    """Keeps what the answers do."""

    effects: list[object] = field(default_factory=list)

    def answer(self, answer: Answer) -> None:
        self.effects.append((answer.answer, answer.decision or answer.question, answer.reason))

    def approve(self, reason: str) -> None:
        self.effects.append(f"approve {reason}".strip())

    def decline(self) -> None:
        self.effects.append("decline")


APPROVAL, DECISION, CRITERION = ApprovalQuestion("why?"), DecisionQuestion("mid"), CriterionQuestion("ready?")


@pytest.mark.parametrize(
    ("question", "line", "effects"),
    [
        (APPROVAL, "y it is cheap", ["approve it is cheap"]),
        (APPROVAL, "Yes", ["approve"]),
        (APPROVAL, "n", ["decline"]),
        (APPROVAL, "", []),
        (APPROVAL, "yesterday", []),
        (DECISION, "s", [("Stop", "mid", "")]),
        (DECISION, "y", []),
        (CRITERION, "y flat losses", [("Approve", "ready?", "flat losses")]),
        (CRITERION, "reject", [("Reject", "ready?", "")]),
        (CRITERION, "", ["decline"]),
        (CRITERION, "perhaps", []),
    ],
)
def test_a_line_has_the_effect_that_it_names(question: Question, line: str, effects: list[object]) -> None:
    person = Recorder()
    assert question.take(line, person)
    assert person.effects == effects


def test_the_approval_is_asked_first_and_each_question_has_a_prompt() -> None:
    assert open_question(STATUS) is None
    assert open_question(replace(STATUS, decisions=(ASKS,))) == DecisionQuestion("mid")
    both = open_question(replace(STATUS, decisions=(ASKS,), conditions=(WAITING,)))
    assert both == ApprovalQuestion(WAITING.message)
    assert [*both.prompt()][:2] == WAITING.message.splitlines()


def test_a_reason_of_the_command_line_is_the_answer() -> None:
    person, said = Recorder(), []
    questions = Questions(said.append, person, terminal=io.StringIO(), reason="cheap")
    assert questions.may_approve
    questions.show(replace(STATUS, conditions=(WAITING,)))
    assert person.effects == ["approve cheap"]
    assert said == []


def test_without_a_terminal_and_a_reason_an_approval_cannot_be_given() -> None:
    assert not Questions(lambda _: None, Recorder(), terminal=io.StringIO()).may_approve
