"""The questions about each simulated sweep, and the answers of the product's own criteria. Used by `processes`.

Each question is asked once per sweep, so that the answers of a row are independent of each other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bench.judge_sim import truth
from bench.judge_sim.sweep import BASELINE_TRIALS, WORKERS, Plan, search, shifted, with_contrast
from hposweep.api.criteria import BoundariesResolved, ClearTrend, Criterion, EliteShare, ImprovementIsReal
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.evidence import Evidence
from hposweep.judge.study_from_trials import study_of
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome

NOTHING, FAMILY = "a parameter without effect", "family"
INSIDE, AT_BOUND = "a parameter whose optimum is inside", "a parameter whose optimum is at its bound"


@dataclass(frozen=True, slots=True)
class Question:
    """A rule and the subject of the question. `claim` is the result that the rule must not give if it is false."""

    rule: str
    about: str
    claim: str
    is_true: bool  # in this sweep

    @property
    def title(self) -> str:
        return f"`{self.rule}` {self.claim}: {self.about}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `has_pairs`: contrast trials took a part of the budget."""

    question: Question
    claims: bool
    is_unknown: bool
    has_pairs: bool = False


def answers(plan: Plan) -> Iterator[Answer]:
    """Simulate one sweep and yield all answers about it."""
    history = search(plan)
    does_nothing = truth.DOES_NOTHING[plan.seed % len(truth.DOES_NOTHING)]
    for question, criterion, claims, probed in _questions(plan, does_nothing):
        yield _answer(plan, question, criterion, claims, history)
        if probed is not None and (mixed := with_contrast(plan, history, probed)) is not None:
            yield replace(_answer(plan, question, criterion, claims, mixed), has_pairs=True)
    yield from _compared(plan, history)


Claims = Callable[[CriterionVerdict], bool]


def _questions(plan: Plan, does_nothing: str) -> Iterator[tuple[Question, Criterion, Claims, str | None]]:
    """Yield each question with its criterion, the test for its claim, and the parameter of the contrast trials."""
    has_effect = plan.effect > 0
    for least in (0.7, 0.5):
        yield (
            Question(f"eliteShare min {least:g}", FAMILY, "True", has_effect),
            Criterion(elite_share=EliteShare(FAMILY, min=least)),
            lambda found: _is(found, Outcome.TRUE) and (not has_effect or found.evidence["choice"] == truth.WINNER),
            FAMILY,
        )
    for about, parameter, is_true in (
        (NOTHING, does_nothing, False),
        (FAMILY, FAMILY, has_effect),
        (AT_BOUND, "x2", True),
    ):
        yield (
            Question("clearTrend", about, "True", is_true),
            Criterion(clear_trend=ClearTrend((parameter,))),
            lambda found: _is(found, Outcome.TRUE),
            None,
        )
    for about, parameter, is_true in (
        (NOTHING, does_nothing, False),
        (INSIDE, "x1", False),
        (AT_BOUND, "x2", True),
    ):
        yield (
            Question("boundariesResolved", about, "False", is_true),
            Criterion(boundaries_resolved=BoundariesResolved((parameter,))),
            lambda found: _is(found, Outcome.FALSE),
            parameter,
        )
    yield (
        Question("boundariesResolved", AT_BOUND, "True", False),
        Criterion(boundaries_resolved=BoundariesResolved(("x2",))),
        lambda found: _is(found, Outcome.TRUE),
        "x2",
    )


def _compared(plan: Plan, history: History) -> Iterator[Answer]:
    """Compare with an earlier sweep that was as good, and with one that was a standard deviation worse everywhere."""
    rng = random.Random(plan.seed + 2)
    size = min(plan.trials, rng.choice((BASELINE_TRIALS, 50)))
    earlier = search(replace(plan, seed=rng.getrandbits(32), trials=size))
    for worse_by in (0.0, truth.DEVIATION):
        baseline = shifted(earlier, -worse_by * truth.SCALE)
        about = "an earlier sweep that was as good" if not worse_by else "one that was worse by 1 sd"
        real = _judged(plan, Criterion(improvement_is_real=ImprovementIsReal()), history, baseline)
        equal_budget = Question("comparison", about, "better", worse_by > 0)
        low = real.evidence.get("superiorityLow")
        yield Answer(equal_budget, claims=low is not None and low > 0.5, is_unknown=low is None)
        question = Question("improvementIsReal", about, "True", worse_by > 0)
        yield Answer(question, claims=_is(real, Outcome.TRUE), is_unknown=_is(real, Outcome.UNKNOWN))


def _answer(plan: Plan, question: Question, criterion: Criterion, claims: Claims, history: History) -> Answer:
    found = _judged(plan, criterion, history, None)
    return Answer(question, claims(found), is_unknown=_is(found, Outcome.UNKNOWN))


def _judged(plan: Plan, criterion: Criterion, history: History, baseline: History | None) -> CriterionVerdict:
    goals = (truth.GOAL,)
    against = None
    if baseline is not None:
        best = study_of(baseline, goals).best.trial
        against = Baseline(best=best.values[0] if best else None, trials=len(baseline.finished), history=baseline)
    evidence = Evidence(
        goals=goals,
        space=plan.parameters,
        study=study_of(history, goals),
        history=history,
        baseline=against,
        workers=WORKERS,
        has_ended=True,
    )
    return verdict(criterion, evidence)


def _is(found: CriterionVerdict, outcome: Outcome) -> bool:
    return found.outcome == outcome
