"""The person at the terminal of a run: their answers become changes of the sweep. Used by `command`."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hposweep.api.conditions import UNKNOWN
from hposweep.api.decisions import Answer
from hposweep.api.names import tier_order
from hposweep.api.sweep import Sweep
from hposweep.cli.run.loop import Loop
from hposweep.cli.run.question import CriterionQuestion, Questions
from hposweep.cluster.local.cluster import LocalCluster

NOT_APPROVED = "the sweep was not approved, so nothing was run"


@dataclass
class LocalPerson:
    """Acts on one run."""

    cluster: LocalCluster
    loop: Loop
    is_at_end: bool = False
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, answer: Answer) -> None:
        self.cluster.answer(replace(answer, by=_user_name()))
        self._answered.set()

    def approve(self, reason: str) -> None:
        self.cluster.approve(_user_name(), reason)

    def decline(self) -> None:
        """End a run that is not approved; at the end, leave the question open."""
        if self.is_at_end:
            self._answered.set()
        else:
            self.loop.refuse(NOT_APPROVED)

    async def ask_at_end(self, questions: Questions) -> None:
        """Ask the questions of criteria that are open, and judge the answers in one more pass."""
        open_questions = list(open_criteria(self.cluster.held))
        if not questions.has_terminal or not open_questions:
            return
        self.is_at_end = True
        for question in open_questions:
            self._answered.clear()
            questions.ask(question)
            await self._answered.wait()
        questions.ask(None)
        await self.loop.pass_once()


def open_criteria(sweep: Sweep) -> Iterator[CriterionQuestion]:
    """Yield each question without an answer of a tier whose verdict depends on it."""
    unknown_tiers = {tier.tier for tier in (sweep.status.success if sweep.status else ()) if tier.outcome == UNKNOWN}
    answered = {answer.question for answer in sweep.spec.answers}
    for name in tier_order(sweep.spec.success):
        for criterion in sweep.spec.success[name] if name in unknown_tiers else ():
            for part in criterion.parts:
                if part.approval is not None and part.approval.question not in answered:
                    answered.add(part.approval.question)
                    yield CriterionQuestion(part.approval.question)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        return ""
