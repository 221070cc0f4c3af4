"""`approval`: a person answers a question about the result, in `spec.answers`."""

from __future__ import annotations

from hposweep.api.criteria import Approval
from hposweep.api.decisions import APPROVE, REJECT, Answer
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome

_HOW = f"answer it in `spec.answers`: `question`, and `answer: {APPROVE}` or `{REJECT}`"


class ApprovalKind(CriterionKind[Approval]):
    """Unknown until a person has answered; of several answers to a question the last one counts."""

    field = "approval"
    stop_refusal = "a person answers it at the end. Use it in `spec.success`."

    def verdict(self, criterion: Approval, evidence: Evidence) -> CriterionVerdict:
        answer = answer_to(criterion.question, evidence.answers)
        question = f"`{criterion.question}`"
        if answer is not None:
            author = f"{answer.by} answered" if answer.by else "answered"
            reason = f": {answer.reason}" if answer.reason else ""
            outcome = Outcome.TRUE if answer.answer == APPROVE else Outcome.FALSE
            return CriterionVerdict(self.name, outcome, f"{question}: {author} {answer.answer}{reason}")
        how = _HOW if evidence.has_ended else "a person answers at the end, in `spec.answers`"
        return CriterionVerdict(self.name, Outcome.UNKNOWN, f"{question}: {how}")

    def is_alike(self, first: Approval, second: Approval, spec: Spec) -> bool:
        return first.question == second.question

    def implies(self, first: Approval, second: Approval, spec: Spec) -> bool:
        return first.question == second.question


def answer_to(question: str, answers: tuple[Answer, ...]) -> Answer | None:
    """Return the last answer to a question; None without one."""
    return next((entry for entry in reversed(answers) if entry.question == question), None)


KIND = ApprovalKind()
