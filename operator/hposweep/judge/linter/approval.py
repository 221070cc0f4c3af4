"""Approval and questions to people: is each asked where an answer counts, and does each answer have an effect?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import allowed
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    if spec.approval.granted and not spec.approval.required:
        fields = ("spec.approval.granted", "spec.approval.required")
        sentence = "has no effect, because `spec.approval.required` is false. Set it to true, or remove the approval."
        yield warning(LinterRule.GRANTED_WITHOUT_EFFECT, fields, sentence)
    for located in flat_criteria(spec):
        if located.criterion.approval is not None and located.rule is not None:
            sentence = "a decision point does not wait for this answer. Use `then: Ask` or `otherwise: Ask`."
            yield error(LinterRule.ASKS_IN_A_RULE, (f"{located.path}.approval",), sentence)
    questions = _questions(spec)
    for position, answer in enumerate(spec.answers):
        if answer.question is not None and answer.question not in questions:
            sentence = f"no criterion asks `{answer.question}` ({allowed(questions)}). Copy the words of one."
            fields = (f"spec.answers[{position}].question", "spec.success")
            yield error(LinterRule.UNKNOWN_QUESTION, fields, sentence)


def asks_a_person(spec: Spec) -> bool:
    """Return whether the approval or a criterion asks a person."""
    return spec.approval.required or bool(_questions(spec))


def _questions(spec: Spec) -> list[str]:
    """Return the questions of the tiers, each once."""
    approvals = (located.criterion.approval for located in flat_criteria(spec) if located.tier)
    return list(dict.fromkeys(approval.question for approval in approvals if approval is not None))
